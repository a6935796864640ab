import Testing

@testable import Shell

@Suite struct ShellTests {}
