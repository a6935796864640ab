import Testing

@testable import ProcessInspection

@Suite struct PythonVersionTests {
    @Test(arguments: [
        ("3.12.1", "3.12.1"), ("3.14.0rc2", "3.14.0rc2"), ("3.11.2+ (main, x)", "3.11.2"), ("3.11", "3.11"),
        ("3.15.0a1+", "3.15.0a1"), ("3.8.18 (default)", "3.8.18"), ("3.9.x", "3.9"),
    ])
    func parses(text: String, expected: String) {
        #expect(PythonVersion(parsing: text)?.description == expected)
    }

    @Test(arguments: ["", "3", "3.", "x", ".3", "12345.1", "-3.1"])
    func refuses(text: String) { #expect(PythonVersion(parsing: text) == nil) }

    @Test(arguments: [
        ("/usr/lib/libpython3.11.so.1.0", "3.11"), ("/x/libpython3.13t.so.1.0", "3.13"), ("/usr/bin/python3.8", "3.8"),
        ("python3.14t", "3.14"), ("/opt/libpython3.7m.so.1.0", "3.7"),
    ])
    func fromFileName(path: String, expected: String) {
        #expect(PythonVersion(fileName: path)?.description == expected)
    }

    @Test(arguments: ["/usr/bin/python3", "/usr/lib/libpython3.so", "/usr/lib/python3.11/x.so", "/bin/bash", ""])
    func noVersionInName(path: String) { #expect(PythonVersion(fileName: path) == nil) }

    @Test func fromHexadecimal() {
        #expect(PythonVersion(hex: 0x030d_00f0)?.description == "3.13.0")
        #expect(PythonVersion(hex: 0x030e_00c2)?.description == "3.14.0rc2")
        #expect(PythonVersion(hex: 0x030f_00a1)?.description == "3.15.0a1")
        #expect(PythonVersion(hex: 0) == nil)
        #expect(PythonVersion(hex: 0x0909_00f0) == nil)
        #expect(PythonVersion(hex: 0xdead_beef_030d_00f0) == nil)
    }

    @Test func order() throws {
        let texts = [
            "2.7.18", "3.8", "3.8.18", "3.9.1", "3.13.0", "3.14.0a7", "3.14.0b1", "3.14.0rc2", "3.14.0rc10", "3.14.0",
        ]
        let versions = try texts.map { try #require(PythonVersion(parsing: $0)) }
        for (index, version) in versions.enumerated() {
            for later in versions[(index + 1)...] { #expect(version < later && !(later < version)) }
        }
    }

    @Test func textAmongConstants() {
        func search(_ text: String, _ named: PythonVersion?) -> String? {
            Interpreter.versionText(in: Array(text.utf8), named: named)?.description
        }
        #expect(search("a\0/usr/local/3.8.18\0b", PythonVersion(3, 8)) == "3.8.18")
        #expect(search("x\0 3.11.2\0", PythonVersion(3, 11)) == "3.11.2")
        #expect(search("x\0" + "3.13.0rc1+\0", nil) == "3.13.0rc1")
        #expect(search("x\0" + "13.11.2\0", PythonVersion(3, 11)) == nil)
        #expect(search("1.3.11.2\0", PythonVersion(3, 11)) == nil)
        #expect(search("3.8.18-beta\0", PythonVersion(3, 8)) == nil)
        // Two answers are none.
        #expect(search("3.8.18\0" + "3.8.19\0", PythonVersion(3, 8)) == nil)
        #expect(search("3.8.18\0" + "3.8.18\0", PythonVersion(3, 8)) == "3.8.18")
        #expect(search("3.0.14\0" + "3.8.18\0", nil) == nil)
    }

    @Test func debugOffsetsHeader() throws {
        let bytes = Array("xdebugpy".utf8) + [0xf0, 1, 0x0e, 3, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0]
        let header = try #require(DebugOffsetsHeader(bytes))
        #expect(header.version.description == "3.14.1" && header.isFreeThreaded)
        #expect(DebugOffsetsHeader(Array(bytes.dropLast())) == nil)
        #expect(DebugOffsetsHeader([0] + bytes) == nil)
    }
}
