/// The checked tree as data: lists `[op, start, end, …]`, as the agent checks and compiles it.
enum TreeData {
    static func make(_ tree: CheckedTree) -> Value {
        var made: [Value] = []
        made.reserveCapacity(tree.nodes.count)
        for node in tree.nodes { made.append(encode(node, made)) }
        return .dict([(.string("v"), .int(1)), (.string("root"), made[tree.root])])
    }

    private static func encode(_ node: Node, _ made: [Value]) -> Value {
        let (op, rest) = parts(node, made)
        return .list([.string(op), .int(node.range.lowerBound), .int(node.range.upperBound)] + rest)
    }

    private static func list(_ ids: [Node.ID], _ made: [Value]) -> Value { .list(ids.map { made[$0] }) }

    private static func named(_ keywords: [(name: String, value: Node.ID)], _ made: [Value]) -> Value {
        .list(keywords.map { .list([.string($0.name), made[$0.value]]) })
    }

    private static func parts(_ node: Node, _ made: [Value]) -> (op: String, rest: [Value]) {
        let optional = { (id: Node.ID?) in id.map { made[$0] } ?? Value.none }
        switch node.content {
        case .literal(let value): return ("lit", [value])
        case .name(let name): return ("name", [.string(name)])
        case .local(let name, _): return ("local", [.string(name)])
        case .function(let name): return ("function", [.string(name)])
        case .display(let kind, let items): return (kind.rawValue, [list(items, made)])
        case .star(let item): return ("star", [made[item]])
        case .dict(let entries): return ("dict", [.list(entries.map { .list([optional($0.key), made[$0.value]]) })])
        case .unary(let operation, let operand): return (operation.rawValue, [made[operand]])
        case .binary(let operation, let left, let right): return (operation.rawValue, [made[left], made[right]])
        case .compare(let first, let chain):
            let links = chain.map { Value.list([.string($0.operation.rawValue), made[$0.right]]) }
            return ("compare", [made[first], .list(links)])
        case .all(let parts): return ("and", [list(parts, made)])
        case .any(let parts): return ("or", [list(parts, made)])
        case .conditional(let condition, let then, let otherwise):
            return ("if", [made[condition], made[then], made[otherwise]])
        case .index(let object, let index): return ("index", [made[object], made[index]])
        case .slice(let object, let lower, let upper, let step):
            return ("slice", [made[object], optional(lower), optional(upper), optional(step)])
        case .attribute(let object, let name): return ("attr", [made[object], .string(name)])
        case .call(let name, let arguments, let keywords):
            return ("call", [.string(name), list(arguments, made), named(keywords, made)])
        case .method(let object, let name, let arguments, let keywords):
            return ("method", [made[object], .string(name), list(arguments, made), named(keywords, made)])
        case .comprehension(let comprehension):
            let elements = comprehension.elements
            let element = elements.count == 1 ? made[elements[0]] : list(elements, made)
            let clauses = comprehension.clauses.map {
                Value.list([target($0.target), made[$0.iterable], list($0.conditions, made)])
            }
            return ("comp", [.string(comprehension.kind.rawValue), element, .list(clauses)])
        case .fstring(let parts): return ("fstring", [.list(parts.map { part($0, made) })])
        }
    }

    private static func target(_ target: Node.Target) -> Value {
        switch target {
        case .local(let name, _): .string(name)
        case .unpack(let parts): .list(parts.map(Self.target))
        case .star(let inner): .list([.string("*"), Self.target(inner)])
        }
    }

    private static func part(_ part: Node.Part, _ made: [Value]) -> Value {
        switch part {
        case .text(let text): text
        case .value(let id, let conversion, let format):
            .list([
                .string("value"), made[id], conversion == 0 ? .none : .ascii([conversion]),
                format.map { .list($0.map { Self.part($0, made) }) } ?? .none,
            ])
        }
    }
}
