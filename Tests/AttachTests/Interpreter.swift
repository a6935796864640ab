import Glibc
import Testing

/// A Python found on this machine.
struct Interpreter: Sendable, CustomTestStringConvertible {
    /// The command that starts it: its path, or its loader with the library path and its path.
    var command: [String]
    /// Its version, such as `3.11`.
    var version: String

    var testDescription: String { command.last! }

    /// Whether it has the remote debugging interface.
    var hasRemoteDebugging: Bool { minor >= 14 }

    var minor: Int { Int(version.split(separator: ".").last ?? "0") ?? 0 }

    /// Every CPython from 3.8 on among pyenv's versions and on the path.
    static let all: [Interpreter] = {
        var found: [Interpreter] = []
        let root = (getenv("PYENV_ROOT").map { String(cString: $0) }) ?? "\(String(cString: getenv("HOME")))/.pyenv"
        for name in entries(of: "\(root)/versions").sorted() {
            let parts = name.split(separator: ".").compactMap { Int($0) }
            let path = "\(root)/versions/\(name)/bin/python3"
            guard parts.count == 3, parts[0] == 3, parts[1] >= 8, access(path, X_OK) == 0 else { continue }
            found.append(Interpreter(command: [path], version: "3.\(parts[1])"))
        }
        // Unpacked below the build folder and started through a loader of their own.
        for version in ["3.14", "3.15"] {
            guard let root = realpath(".build/pythons/\(version)/bin/python\(version)", nil) else { continue }
            found.append(Interpreter(command: [String(cString: root)], version: version))
            free(root)
        }
        if let real = realpath("/usr/bin/python3", nil) {
            let path = String(cString: real)
            free(real)
            found.append(Interpreter(command: [path], version: String(path.drop { !$0.isNumber })))
        }
        return found
    }()

    /// Those that can be asked to run a script.
    static let withRemoteDebugging = all.filter { $0.hasRemoteDebugging }

    private static func entries(of path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }
}
