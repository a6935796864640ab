import Foundation
import Testing

@testable import AgentBundle

@Suite struct AgentBundleTests {
    static let folder = URL(filePath: #filePath).appending(path: "../../../Sources/AgentBundle/Python").standardized

    /// A file that was added or renamed needs `scripts/generate-agent-bundle`.
    @Test func carriesEveryFileAsItIs() throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path)
        let files = AgentBundle.files
        #expect(files.map(\.path) == names.filter { $0.hasSuffix(".py") }.sorted())
        for file in files {
            let contents = try String(contentsOf: Self.folder.appending(path: file.path), encoding: .utf8)
            #expect(file.contents == contents, "\(file.path)")
        }
    }

    @Test func sourceIsPlainASCIIWithoutNUL() {
        let source = AgentBundle.source(.init(socketPath: "/tmp/ü\"\\\n", errorPath: "/tmp/e", userID: 7))
        #expect(source.allSatisfy { (1..<127).contains($0) })
        let text = String(decoding: source, as: UTF8.self)
        #expect(text.contains(#"'socket':"/tmp/\U000000fc\"\\\n""#))
        #expect(text.contains("'uid':7"))
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#), ("\n\t\u{7f}", #""\n\U00000009\U0000007f""#),
        ("é😀", #""\U000000e9\U0001f600""#), ("", #""""#),
        ("a\\\n'b''\n", "r'''a\\\n'b''\n'''"), ("a\nb", #""a\nb""#), ("'''\n", #""'''\n""#),
        ("é\n", #""\U000000e9\n""#), ("a\r\n", #""a\U0000000d\n""#),
    ])
    func literals(_ text: String, _ expected: String) {
        var source = PythonSource()
        source.write(literal: text)
        #expect(String(decoding: source.bytes, as: UTF8.self) == expected)
    }
}
