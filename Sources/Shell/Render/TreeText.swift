internal import SafeExpression

/// A node of a tree of calls, as a line.
enum TreeText {
    /// The line; nil when the value is no such node.
    static func line(_ node: Value) -> String? {
        guard let depth = node["depth"]?.asInt, let function = node["func"]?.asString,
            let time = node["ms"]?.asDouble, let own = node["own_ms"]?.asDouble
        else { return nil }
        let share = CellText.decimals(node["share"]?.asDouble ?? 0, 1)
        var text = padded(share, 5) + " %  " + padded(CellText.decimals(time, 3), 10) + " ms  "
        text += padded(CellText.decimals(own, 3), 10) + " own  "
        text += String(repeating: "  ", count: min(max(depth, 0), 200)) + function
        if let calls = node["calls"]?.asInt, calls > 1 { text += " x\(calls)" }
        if let errors = node["errors"]?.asInt, errors > 0 { text += " (\(errors) raised)" }
        return text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
