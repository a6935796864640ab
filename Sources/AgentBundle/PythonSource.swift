/// Python source as it is put together: ASCII only, whatever the literals hold.
struct PythonSource {
    private(set) var bytes: [UInt8] = []

    /// Appends source text as it is.
    mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends a string literal whose value is the text.
    ///
    /// Everything outside printable ASCII is escaped: the target may run under any source encoding.
    mutating func write(literal text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": bytes.append(contentsOf: #"\n"#.utf8)
            case "\"": bytes.append(contentsOf: #"\""#.utf8)
            case "\\": bytes.append(contentsOf: #"\\"#.utf8)
            case " "..."~": bytes.append(UInt8(ascii: scalar))
            default:
                let hex = String(scalar.value, radix: 16)
                bytes.append(contentsOf: #"\U"#.utf8)
                bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 8 - hex.utf8.count))
                bytes.append(contentsOf: hex.utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends the entries of a dict display: each file's text by its path.
    mutating func write(entries files: [AgentBundle.File]) {
        for file in files {
            write(literal: file.path)
            write(":")
            write(literal: file.contents)
            write(",")
        }
    }
}
