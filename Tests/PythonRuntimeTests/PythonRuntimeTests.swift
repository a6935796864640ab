import Testing

@testable import PythonRuntime

@Suite struct PythonRuntimeTests {}
