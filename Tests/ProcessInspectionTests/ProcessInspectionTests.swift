import Testing

@testable import ProcessInspection

@Suite struct ProcessInspectionTests {}
