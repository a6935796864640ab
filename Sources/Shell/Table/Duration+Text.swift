extension Duration {
    /// Reads a time as it is written: `250ms`, `10s`, `1.5s`, `2m`, `1h`.
    ///
    /// - Returns: nil when it is none, or is longer than a year.
    public init?(written text: String) {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard !digits.isEmpty, let number = Double(digits), number.isFinite else { return nil }
        let unit: Double
        switch text.dropFirst(digits.count) {
        case "us": unit = 1e-6
        case "ms": unit = 1e-3
        case "s": unit = 1
        case "m", "min": unit = 60
        case "h": unit = 3600
        default: return nil
        }
        guard number * unit <= 366 * 86400 else { return nil }
        self = .nanoseconds(Int64((number * unit * 1e9).rounded()))
    }

    /// The time in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// The time as it would be written, such as `250ms`, `10s` or `1.5s`.
    var written: String {
        func plain(_ value: Double) -> String {
            value == value.rounded() ? String(Int64(value)) : String((value * 1000).rounded() / 1000)
        }
        if seconds < 1 { return plain(seconds * 1000) + "ms" }
        if seconds >= 120, seconds.truncatingRemainder(dividingBy: 60) == 0 { return plain(seconds / 60) + "m" }
        return plain(seconds) + "s"
    }
}
