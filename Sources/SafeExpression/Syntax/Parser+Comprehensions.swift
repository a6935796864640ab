extension Parser {
    /// A comprehension whose clauses are being read.
    struct ClauseState {
        /// The element, or a dict's key and value.
        let elements: [Node.ID]
        /// Where the element begins in the source.
        let start: Int
        /// Runs of nodes, each with the number of the last clause whose variables it may use; none for the first
        /// iterable, which belongs to the scope around.
        var scopes: [(nodes: Range<Node.ID>, clause: Int)]
        var clauses: [(target: Node.Target, iterable: Node.ID, conditions: [Node.ID])] = []
        /// The variables, and the clause that first binds each.
        var bound: [String: (local: Int, clause: Int)] = [:]
        var target: Node.Target?
        var inCondition = false
        /// The first node of the part that is being read.
        var partStart = 0
    }

    /// `for TARGET in`.
    mutating func beginClause() throws(Diagnostic) {
        let last = frames.count - 1
        let frame = frames[last]
        guard [.paren, .list, .brace, .call].contains(frame.kind) else {
            throw failure("a generator stands in brackets")
        }
        if frame.clause == nil {
            guard frame.items.isEmpty, frame.keywords.isEmpty, frame.entries.isEmpty, frame.keyword == nil else {
                throw failure("a generator with other arguments stands in brackets of its own")
            }
            if let star = frame.star { throw failure("a comprehension takes no star", star..<star + 1) }
            if frame.isDict == true, frame.key == nil { throw failure("expected ':' after a dict's key") }
            let element = try reduceAll()
            let start = frame.key?.range.lowerBound ?? element.range.lowerBound
            frames[last].clause = ClauseState(
                elements: [frame.key?.node, element.node].compactMap { $0 }, start: start,
                scopes: [(frame.firstNode..<nodes.count, .max)])
            frames[last].key = nil
        } else {
            try finishClausePart()
        }
        try advance()
        let target = try parseTarget(depth: 0, isList: false)
        guard token.isKeyword("in") else { throw failure("expected 'in', not \(token.described)") }
        try advance()
        frames[last].clause?.target = target
        frames[last].clause?.inCondition = false
        frames[last].clause?.partStart = nodes.count
    }

    /// target := part { "," part } [ "," ];  part := [ "*" ] ( NAME | "(" target ")" | "[" target "]" )
    private mutating func parseTarget(depth: Int, isList: Bool) throws(Diagnostic) -> Node.Target {
        if depth > 8 { throw failure("variables nested deeper than 8") }
        var parts: [Node.Target] = []
        var hasComma = false
        var stars = 0
        while true {
            let isStar = token.isSymbol("*")
            if isStar {
                stars += 1
                try advance()
            }
            let part: Node.Target
            if token.kind == .name {
                part = try bind(token)
                try advance()
            } else if token.isSymbol("(") || token.isSymbol("[") {
                let close = token.isSymbol("(") ? ")" : "]"
                try advance()
                part = try parseTarget(depth: depth + 1, isList: close == "]")
                guard token.isSymbol(close) else { throw failure("expected '\(close)', not \(token.described)") }
                try advance()
            } else {
                throw failure("expected a variable, not \(token.described)")
            }
            if token.isSymbol(".") || token.isSymbol("[") || token.isSymbol("(") {
                throw rejection("a comprehension binds names only")
            }
            parts.append(isStar ? .star(part) : part)
            guard token.isSymbol(",") else { break }
            hasComma = true
            try advance()
            if token.isKeyword("in") || token.isSymbol(")") || token.isSymbol("]") { break }
        }
        if stars > 1 { throw failure("two starred variables") }
        // Square brackets take a value apart without a comma too.
        if hasComma || isList { return .unpack(parts) }
        if stars > 0 { throw failure("a starred variable stands alone") }
        return parts[0]
    }

    private mutating func bind(_ name: Token) throws(Diagnostic) -> Node.Target {
        let last = frames.count - 1
        guard var state = frames[last].clause else { preconditionFailure("a variable outside of a comprehension") }
        if name.text != "_" { try Allowlist.checkName(name.text, name.range) }
        if let known = state.bound[name.text] { return .local(name.text, known.local) }
        let local = localCount
        localCount += 1
        state.bound[name.text] = (local, state.clauses.count)
        frames[last].clause = state
        return .local(name.text, local)
    }

    /// Takes the finished iterable or condition into the clause.
    mutating func finishClausePart() throws(Diagnostic) {
        let part = try reduceAll()
        let last = frames.count - 1
        guard var state = frames[last].clause else { preconditionFailure("a part outside of a comprehension") }
        let run = state.partStart..<nodes.count
        if state.inCondition {
            state.clauses[state.clauses.count - 1].conditions.append(part.node)
            state.scopes.append((run, state.clauses.count - 1))
        } else if let target = state.target {
            if !state.clauses.isEmpty { state.scopes.append((run, state.clauses.count - 1)) }
            state.clauses.append((target, part.node, []))
            state.target = nil
        }
        state.partStart = nodes.count
        frames[last].clause = state
    }

    /// Ends a comprehension at its closing bracket, and gives its variables their numbers wherever they are used.
    mutating func finishComprehension() throws(Diagnostic) {
        try finishClausePart()
        let last = frames.count - 1
        guard let state = frames[last].clause else { preconditionFailure("no comprehension to end") }
        frames[last].clause = nil
        for scope in state.scopes {
            for id in scope.nodes { try resolve(id, in: state, upTo: scope.clause) }
        }
        let kind: Node.Comprehension.Kind
        switch frames[last].kind {
        case .list: kind = .list
        case .brace: kind = state.elements.count == 2 ? .dict : .set
        default: kind = .generator
        }
        let clauses = state.clauses.map {
            Node.Clause(target: $0.target, iterable: $0.iterable, conditions: $0.conditions)
        }
        let parts = state.elements + clauses.flatMap { [$0.iterable] + $0.conditions }
        let range = state.start..<token.range.lowerBound
        let node = try add(
            .comprehension(Node.Comprehension(kind: kind, elements: state.elements, clauses: clauses)), range,
            depth: above(parts) + 1)
        if frames[last].kind == .call {
            frames[last].items = [Operand(node: node, range: range)]
        } else {
            frames[last].comprehension = node
        }
    }

    private mutating func resolve(_ id: Node.ID, in state: ClauseState, upTo clause: Int) throws(Diagnostic) {
        switch nodes[id].content {
        case .name(let name):
            guard let known = state.bound[name] else { return }
            if known.clause > clause {
                throw rejection("'\(name)' is used before the comprehension gives it a value", nodes[id].range)
            }
            nodes[id] = Node(content: .local(name, known.local), range: nodes[id].range, depth: nodes[id].depth)
        case .call(let name, _, _):
            if state.bound[name] != nil {
                throw rejection("'\(name)' is a variable of the comprehension here", nodes[id].range)
            }
        default: return
        }
    }
}
