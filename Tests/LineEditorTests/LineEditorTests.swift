import Testing

@testable import LineEditor

@Suite struct LineEditorTests {}
