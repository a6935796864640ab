internal import SafeExpression

/// A value as a cell of a table shows it.
enum CellText {
    /// The text, fit for a terminal.
    static func of(_ value: Value, in column: Column, style: RenderStyle) -> String {
        safe(raw(value, in: column, style: style))
    }

    private static func raw(_ value: Value, in column: Column, style: RenderStyle) -> String {
        if value.isNone { return column.kind == .value ? "None" : "" }
        switch (column.kind, value) {
        case (.milliseconds, .float), (.milliseconds, .int):
            return value.asDouble.map { decimals($0, 3) } ?? value.str
        case (.time, .float), (.time, .int):
            let time = value.asDouble ?? 0
            return LocalTime.text(time, offset: style.offsetFromUTC(time))
        case (.bytes, .int(let count)): return bytes(count)
        case (.number, .float(let number)) where number.isFinite && number != number.rounded() && abs(number) < 1e9:
            return trimmed(decimals(number, abs(number) < 0.001 ? 9 : 3))
        case (.number, .float(let number)) where number == number.rounded() && abs(number) < 1e15:
            return String(Int64(number))
        case (.text, .list(let items)), (.text, .tuple(let items)):
            return items.map(\.str).joined(separator: ", ")
        default: return value.str
        }
    }

    /// A number of bytes in the largest unit of which there is one at least, such as `3.4 MB` (of 1,048,576 bytes).
    static func bytes(_ count: Int) -> String {
        var number = Double(count)
        var units = ["B", "KB", "MB", "GB", "TB"][...]
        while abs(number) >= 1024, units.count > 1 {
            number /= 1024
            units.removeFirst()
        }
        return "\(units.first == "B" ? String(count) : decimals(number, 1)) \(units.first ?? "")"
    }

    /// A number with so many decimals.
    static func decimals(_ number: Double, _ count: Int) -> String {
        guard number.isFinite, abs(number) < 1e12 else { return "\(number)" }
        var factor = 1.0
        for _ in 0..<count { factor *= 10 }
        let scaled = Int64((abs(number) * factor).rounded())
        let whole = String(scaled / Int64(factor))
        let rest = String(scaled % Int64(factor))
        let sign = number < 0 && scaled > 0 ? "-" : ""
        return count == 0
            ? sign + whole : "\(sign)\(whole).\(String(repeating: "0", count: count - rest.count))\(rest)"
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
