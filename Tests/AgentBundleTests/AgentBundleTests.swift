import Glibc
import Testing

@testable import AgentBundle

@Suite struct AgentBundleTests {
    @Test func carriesTheBootstrapAndTheServer() {
        let paths = AgentBundle.files.map(\.path)
        #expect(paths.contains(AgentBundle.bootstrapPath))
        #expect(paths == paths.sorted())
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
    ])
    func literals(_ text: String, _ expected: String) {
        var source = PythonSource()
        source.write(literal: text)
        #expect(String(decoding: source.bytes, as: UTF8.self) == expected)
    }
}
