/// Takes numbers and words from one line of a `/proc` file.
struct LineScanner {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// What is left of the line, without blanks before it.
    var rest: ArraySlice<UInt8> { bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

    /// Takes a byte if it comes next.
    mutating func eat(_ character: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes.removeFirst()
        return true
    }

    /// Takes the next word.
    mutating func word() -> ArraySlice<UInt8>? {
        bytes = rest
        let word = bytes.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        bytes = bytes[word.endIndex...]
        return word.isEmpty ? nil : word
    }

    /// Takes an unsigned number, with or without `0x` before it when the radix is 16.
    mutating func number(radix: UInt64) -> UInt64? {
        bytes = rest
        if radix == 16, bytes.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")]) { bytes.removeFirst(2) }
        var value: UInt64 = 0
        var digits = 0
        while let byte = bytes.first {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f") where radix == 16: digit = byte - UInt8(ascii: "a") + 10
            default: return digits > 0 ? value : nil
            }
            let (product, tooBig) = value.multipliedReportingOverflow(by: radix)
            guard !tooBig else { return nil }
            value = product &+ UInt64(digit)
            digits += 1
            bytes.removeFirst()
        }
        return digits > 0 ? value : nil
    }
}
