internal import SafeExpression

/// Values and rows as the user's JSON.
enum JSONText {
    /// A value on one line; objects of the target are their `repr`, rows and arguments are objects.
    ///
    /// - Parameters:
    ///   - value: the value.
    ///   - isForTerminal: whether what a terminal would obey must be escaped too.
    static func of(_ value: Value, isForTerminal: Bool) -> String {
        let text = unfolded(value).json
        return isForTerminal ? escaped(text) : text
    }

    /// A row on one line, with these members, all of them.
    static func of(_ row: any Record, names: [String], isForTerminal: Bool) -> String {
        of(.dict(names.map { (.string($0), row.field($0) ?? .none) }), isForTerminal: isForTerminal)
    }

    /// The value with records of ours as dicts.
    private static func unfolded(_ value: Value, depth: Int = 0) -> Value {
        guard depth < 32 else { return value }
        switch value {
        case .object(let box):
            let record = box.record
            if record is CapturedObject || record is CapturedBytes { return value }
            return .dict(
                record.fieldNames.map { (.string($0), unfolded(record.field($0) ?? .none, depth: depth + 1)) })
        case .list(let items): return .list(items.map { unfolded($0, depth: depth + 1) })
        case .tuple(let items): return .tuple(items.map { unfolded($0, depth: depth + 1) })
        case .mapping:
            let members = value.asDict ?? []
            guard members.contains(where: { isContainer($0.value) }) else { return value }
            return .dict(members.map { ($0.key, unfolded($0.value, depth: depth + 1)) })
        default: return value
        }
    }

    private static func isContainer(_ value: Value) -> Bool {
        switch value {
        case .object, .list, .tuple, .mapping: true
        default: false
        }
    }

    /// JSON allows in a string what a terminal obeys; every such scalar has a JSON escape.
    private static func escaped(_ text: String) -> String {
        guard safe(text) != text else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if safe(String(scalar)) == String(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return result
    }
}
