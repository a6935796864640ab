/// Python source as it is put together: ASCII only, whatever the literals hold.
struct PythonSource {
    private(set) var bytes: [UInt8] = []

    /// Appends source text as it is.
    mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends a string literal whose value is the text.
    ///
    /// Everything outside printable ASCII is escaped: the target may run under any source encoding. Lines that need no
    /// escape but for their ends stand in a raw literal, which the target's parser copies at once: the agent's files
    /// take it 2 to 3 ms that way, and 4 to 5 ms with every line feed escaped (CPython 3.9 to 3.13).
    mutating func write(literal text: String) {
        if Self.isPlainLines(text) {
            bytes.append(contentsOf: "r'''".utf8)
            bytes.append(contentsOf: text.utf8)
            bytes.append(contentsOf: "'''".utf8)
            return
        }
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

    /// Whether a text is lines that mean themselves between three quotes: printable ASCII, without three quotes, and
    /// ended by a line feed.
    private static func isPlainLines(_ text: String) -> Bool {
        var quotes = 0
        var last: UInt8 = 0
        for byte in text.utf8 {
            guard byte == 0x0A || 0x20...0x7E ~= byte else { return false }
            quotes = byte == 0x27 ? quotes + 1 : 0
            if quotes == 3 { return false }
            last = byte
        }
        return last == 0x0A
    }

    /// Appends an expression whose value is the bytes. It needs no name: the program may have made its own `bytes`.
    mutating func write(code: some Collection<UInt8>) {
        write("b''.fromhex('")
        bytes.reserveCapacity(bytes.count + 2 * code.count)
        let digits = Array("0123456789abcdef".utf8)
        for byte in code {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        write("')")
    }

    /// A file of the agent's as it is sent.
    enum Contents {
        case text(String)
        case code(CompiledAgent.Bytes)
    }

    /// Appends a dict display: each file's contents by its path.
    mutating func write(entries: [(path: String, contents: Contents)]) {
        write("{")
        for (path, contents) in entries {
            write(literal: path)
            write(":")
            switch contents {
            case .text(let text): write(literal: text)
            case .code(let code): write(code: code)
            }
            write(",")
        }
        write("}")
    }

    /// Appends a dict display: the namespace in which the agent's first file is run.
    mutating func write(namespace settings: AgentBundle.Settings, entries: [(path: String, contents: Contents)]) {
        write("{'__name__':'_sonde_start','SONDE':{'socket':")
        write(literal: settings.socketPath)
        write(",'error':")
        write(literal: settings.errorPath)
        write(",'uid':\(settings.userID),'patience':\(settings.patience.components.seconds),'version':")
        write(literal: AgentBundle.version)
        write(",'sources':")
        write(entries: entries)
        write("}}")
    }
}
