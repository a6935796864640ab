/// A version of CPython, as far as it is known.
public struct PythonVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first number: 3.
    public var major: Int
    /// The second number, which decides what can be done.
    public var minor: Int
    /// The third number, nil when only a file's name told the version.
    public var micro: Int?
    /// `a1`, `b2`, `rc1`, or nothing for a final release.
    public var prerelease: String

    /// Takes the parts.
    ///
    /// - Parameters:
    ///   - major: The first number.
    ///   - minor: The second number.
    ///   - micro: The third number, if it is known.
    ///   - prerelease: `a1`, `b2`, `rc1`, or nothing.
    public init(_ major: Int, _ minor: Int, _ micro: Int? = nil, prerelease: String = "") {
        self.major = major
        self.minor = minor
        self.micro = micro
        self.prerelease = prerelease
    }

    /// Takes the version from CPython's `PY_VERSION_HEX`.
    ///
    /// - Parameter hex: The number, such as 0x030d00f0.
    /// - Returns: nil for a number that cannot be a version.
    public init?(hex: UInt64) {
        guard hex >> 32 == 0, hex >> 24 == 2 || hex >> 24 == 3 else { return nil }
        let letters: [UInt64: String] = [0xa: "a", 0xb: "b", 0xc: "rc", 0xf: ""]
        guard let level = letters[hex >> 4 & 0xf] else { return nil }
        self.init(
            Int(hex >> 24), Int(hex >> 16 & 0xff), Int(hex >> 8 & 0xff),
            prerelease: level.isEmpty ? "" : level + String(hex & 0xf))
    }

    /// Takes the version from a text that begins with one.
    ///
    /// - Parameter text: `3.12.1`, `3.14.0rc2`, `3.11.2+`, `3.11`, also with more behind it after a blank.
    /// - Returns: nil when the text does not begin so.
    public init?(parsing text: some StringProtocol) {
        var rest = Substring(text)
        func number() -> Int? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, digits.count <= 3 else { return nil }
            rest = rest[digits.endIndex...]
            return Int(digits)
        }
        guard let major = number(), rest.first == "." else { return nil }
        rest.removeFirst()
        guard let minor = number() else { return nil }
        self.init(major, minor)
        guard rest.first == "." else { return }
        let dot = rest
        rest.removeFirst()
        guard let micro = number() else {
            rest = dot
            return
        }
        self.micro = micro
        let level = rest.prefix { $0 == "a" || $0 == "b" || $0 == "r" || $0 == "c" }
        guard ["a", "b", "rc"].contains(String(level)) else { return }
        rest = rest[level.endIndex...]
        if let serial = number() { prerelease = level + String(serial) }
    }

    /// Takes the version that a file's name tells, such as `libpython3.11.so.1.0`, `libpython3.13t.so` or `python3.8`.
    ///
    /// - Parameter path: The file.
    /// - Returns: nil when the name tells none.
    public init?(fileName path: some StringProtocol) {
        let name = path.split(separator: "/").last.map { Substring($0) } ?? ""
        for prefix in ["libpython", "python"] where name.hasPrefix(prefix) {
            guard let version = PythonVersion(parsing: name.dropFirst(prefix.count)) else { return nil }
            // The third number of libpython3.11.so.1.0 is not the version's, and a name has no other.
            self.init(version.major, version.minor)
            return
        }
        return nil
    }

    /// The first two numbers, such as `3.12`.
    public var series: String { "\(major).\(minor)" }

    /// The version as CPython writes it: `3.12.1`, `3.14.0rc2`, or `3.12` when no more is known.
    public var description: String { micro.map { "\(series).\($0)\(prerelease)" } ?? series }

    /// Whether it belongs to the same series, so that both have the same insides.
    public func isSameSeries(as other: PythonVersion) -> Bool { major == other.major && minor == other.minor }

    /// Orders by the numbers; a pre-release comes before its release.
    public static func < (left: PythonVersion, right: PythonVersion) -> Bool {
        let numbers = (left.major, left.minor, left.micro ?? 0)
        let others = (right.major, right.minor, right.micro ?? 0)
        guard numbers == others else { return numbers < others }
        // a < b < rc is also the order of the letters; a release has none and comes last.
        guard left.prerelease.isEmpty || right.prerelease.isEmpty else {
            let letters = left.prerelease.prefix { !$0.isNumber }
            let otherLetters = right.prerelease.prefix { !$0.isNumber }
            if letters != otherLetters { return letters < otherLetters }
            return (Int(left.prerelease.dropFirst(letters.count)) ?? 0)
                < (Int(right.prerelease.dropFirst(letters.count)) ?? 0)
        }
        return !left.prerelease.isEmpty && right.prerelease.isEmpty
    }
}
