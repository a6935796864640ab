/// The checked tree: names resolved, places in code points.
struct CheckedTree: Sendable {
    var nodes: [Node]
    /// The host's variables in the order of first use; a node's slot is its place here.
    var names: [String] = []
    /// The number of the comprehensions' variables.
    var localCount = 0

    var root: Node.ID { nodes.count - 1 }
}

/// Checks what the grammar cannot: who is a variable, who a function, and where a function may be named.
struct Resolver {
    private var tree: CheckedTree
    private let names: Names

    private init(_ tree: CheckedTree, _ names: Names) {
        self.tree = tree
        self.names = names
    }

    /// Parses and checks a source.
    ///
    /// - Parameters:
    ///   - source: The text in UTF-8.
    ///   - names: Which variables it may name.
    ///   - limits: How long and how deep it may be.
    /// - Returns: The tree.
    static func check(_ source: [UInt8], names: Names, limits: Limits) throws(Diagnostic) -> CheckedTree {
        if source.count > limits.source {
            let count = source.count { $0 & 0xC0 != 0x80 }
            if count > limits.source {
                throw Diagnostic(
                    kind: .limit(.source), message: "the expression is longer than \(limits.source) characters",
                    range: 0..<1)
            }
        }
        guard Text.isValid(source) else {
            throw Diagnostic(kind: .syntax, message: "the expression is not UTF-8", range: 0..<1)
        }
        do {
            try Identifiers.checkSource(source)
            var parser = try Parser(source, limits: limits)
            let nodes = try parser.parse()
            var resolver = Resolver(CheckedTree(nodes: nodes, localCount: parser.localCount), names)
            try resolver.resolve()
            resolver.convertRanges(source)
            return resolver.tree
        } catch {
            throw error.located(in: source)
        }
    }

    private mutating func resolve() throws(Diagnostic) {
        for id in tree.nodes.indices {
            guard case .call(let function, let arguments, let keywords) = tree.nodes[id].content else { continue }
            if case .declared(let declared) = names, declared.contains(function) {
                throw rejection("'\(function)' is a variable here", id)
            }
            if function == "isinstance" { try markTypes(arguments[1]) }
            // Elsewhere, as in `dict(key=1)`, it is a name like any other.
            guard Allowlist.functions[function]?.keywords.contains("key") == true else { continue }
            for keyword in keywords where keyword.name == "key" { try markKey(keyword.value) }
        }
        var slots: Set<String> = []
        // The first use in the source comes first, wherever its node stands.
        let uses = tree.nodes.indices.sorted { tree.nodes[$0].range.lowerBound < tree.nodes[$1].range.lowerBound }
        for id in uses {
            guard case .name(let name) = tree.nodes[id].content else { continue }
            try check(name, tree.nodes[id].range)
            if slots.insert(name).inserted { tree.names.append(name) }
        }
    }

    private func rejection(_ message: String, _ id: Node.ID, hint: String? = nil) -> Diagnostic {
        Diagnostic(kind: .rejected, message: message, range: tree.nodes[id].range, hint: hint)
    }

    private mutating func markKey(_ id: Node.ID) throws(Diagnostic) {
        guard case .name(let name) = tree.nodes[id].content, Allowlist.keyFunctions.contains(name) else {
            throw rejection("key= takes one of len, abs, str, int, float", id)
        }
        mark(id, name)
    }

    private mutating func markTypes(_ id: Node.ID) throws(Diagnostic) {
        var pending = [id]
        while let next = pending.popLast() {
            switch tree.nodes[next].content {
            case .name(let name) where Allowlist.types.contains(name): mark(next, name)
            case .display(.tuple, let items): pending += items
            default:
                throw rejection(
                    "isinstance() takes the names of types", next,
                    hint: "one of \(Allowlist.types.sorted().joined(separator: ", "))")
            }
        }
    }

    private mutating func mark(_ id: Node.ID, _ name: String) {
        tree.nodes[id] = Node(content: .function(name), range: tree.nodes[id].range, depth: tree.nodes[id].depth)
    }

    private func check(_ name: String, _ range: Range<Int>) throws(Diagnostic) {
        try Allowlist.checkName(name, range)
        switch names {
        case .declared(let declared):
            if declared.contains(name) { return }
            if Allowlist.functions[name] != nil { break }
            let words = ["nil": "None", "null": "None", "none": "None", "true": "True", "false": "False"]
            let known = words[name] ?? suggestion(for: name, among: declared + Allowlist.functions.keys.sorted())
            throw Diagnostic(
                kind: .unknownName, message: "unknown name '\(name)'", range: range,
                hint: known.map { "did you mean '\($0)'?" })
        case .open:
            if Allowlist.functions[name] == nil { return }
        }
        throw Diagnostic(
            kind: .rejected, message: "'\(name)' is a function and no value", range: range,
            hint: "it is called: \(name)(...)")
    }

    /// Turns bytes into code points.
    private mutating func convertRanges(_ source: [UInt8]) {
        guard source.contains(where: { $0 >= 0x80 }) else { return }
        var points: [Int] = []
        points.reserveCapacity(source.count + 1)
        var count = 0
        for byte in source {
            points.append(count)
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        points.append(count)
        for id in tree.nodes.indices {
            let range = tree.nodes[id].range
            tree.nodes[id].range = points[range.lowerBound]..<points[range.upperBound]
        }
    }
}

extension Diagnostic {
    /// The same diagnostic with its place in code points instead of bytes.
    fileprivate func located(in source: [UInt8]) -> Diagnostic {
        func points(_ offset: Int) -> Int {
            source.prefix(offset).count { $0 & 0xC0 != 0x80 }
        }
        let range = points(range.lowerBound)..<max(points(range.lowerBound), points(range.upperBound))
        return Diagnostic(kind: kind, message: message, range: range, hint: hint)
    }
}
