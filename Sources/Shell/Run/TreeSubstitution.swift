internal import SafeExpression

/// Puts the values of script variables into a checked tree, so that the agent needs no names of ours.
enum TreeSubstitution {
    /// Replaces `["name", start, end, NAME]` by the literal of NAME's value.
    ///
    /// - Throws: `Failure` when a value has no literal, such as a captured row.
    static func apply(_ values: [String: Value], to tree: Value) throws(Failure) -> Value {
        if let members = tree.asDict {
            var copy: [(key: Value, value: Value)] = []
            for member in members { copy.append((member.key, try apply(values, to: member.value))) }
            return .dict(copy)
        }
        guard let items = tree.asList else { return tree }
        if items.count == 4, items[0].asString == "name", let name = items[3].asString, let value = values[name] {
            return try literal(value, start: items[1], end: items[2])
        }
        // The value of a literal is data and holds no names.
        if items.first?.asString == "lit", items.count == 4 { return tree }
        var copy: [Value] = []
        for item in items { copy.append(try apply(values, to: item)) }
        return .list(copy)
    }

    private static func literal(_ value: Value, start: Value, end: Value, depth: Int = 0) throws(Failure) -> Value {
        guard depth < 20 else { throw Failure(.failed, "the variable's value is nested too deep for a guard") }
        func node(_ op: String, _ content: Value) -> Value { .list([.string(op), start, end, content]) }
        func nodes(_ items: [Value]) throws(Failure) -> Value {
            var result: [Value] = []
            for item in items { result.append(try literal(item, start: start, end: end, depth: depth + 1)) }
            return .list(result)
        }
        switch value {
        case .none, .bool, .int, .float, .ascii, .wide, .big: return node("lit", value)
        case .list(let items): return node("list", try nodes(items))
        case .tuple(let items): return node("tuple", try nodes(items))
        case .mapping:
            var pairs: [Value] = []
            for member in value.asDict ?? [] { pairs.append(try nodes([member.key, member.value])) }
            return node("dict", .list(pairs))
        default:
            throw Failure(
                .failed, "a \(value.typeName) cannot be part of a guard", hint: "take a number or text out of it")
        }
    }
}
