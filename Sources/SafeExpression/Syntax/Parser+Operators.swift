extension Parser {
    /// An operator that waits for its right operand.
    struct Operator {
        enum Kind {
            case unary(Node.Unary)
            case binary(Node.Binary)
            /// A chain of comparisons; its operands lie on the stack in order.
            case compare([Node.Comparison])
            /// `and` or `or` with so many operands before the last one.
            case logic(isAnd: Bool, count: Int)
            /// `then if`, waiting for the condition and `else`.
            case ifThen
            /// `then if condition else`, waiting for the rest.
            case ifElse
        }

        var kind: Kind
        let precedence: Int
        let start: Int

        init(_ kind: Kind, precedence: Int, start: Int) {
            self.kind = kind
            self.precedence = precedence
            self.start = start
        }

        static let conditional = 1
        static let or = 2
        static let and = 3
        static let not = 4
        static let comparison = 5
        static let unary = 12

        /// The operators of two operands and how tightly they bind.
        static let binaries: [String: (operation: Node.Binary, precedence: Int)] = [
            "|": (.or, 6), "^": (.exclusiveOr, 7), "&": (.and, 8), "<<": (.shiftLeft, 9), ">>": (.shiftRight, 9),
            "+": (.add, 10), "-": (.subtract, 10), "*": (.multiply, 11), "/": (.divide, 11), "//": (.floorDivide, 11),
            "%": (.modulo, 11), "**": (.power, 13),
        ]
    }

    /// Gives operators that bind at least so tightly their operands.
    mutating func reduce(to precedence: Int) throws(Diagnostic) {
        let base = frames[frames.count - 1].operatorBase
        while operators.count > base, operators[operators.count - 1].precedence >= precedence {
            try reduceOne()
        }
    }

    /// Finishes the expression that the innermost bracket holds.
    mutating func reduceAll() throws(Diagnostic) -> Operand {
        try reduce(to: 0)
        return operands.removeLast()
    }

    private mutating func reduceOne() throws(Diagnostic) {
        let pending = operators.removeLast()
        let right = operands.removeLast()
        switch pending.kind {
        case .unary(let operation):
            let range = pending.start..<right.range.upperBound
            try push(.unary(operation, right.node), range, depth: above([right.node]))
        case .binary(let operation):
            let left = operands.removeLast()
            // A chain leans to the left and is evaluated in a loop: its left side is no deeper than itself.
            let isChain: Bool
            if case .binary = nodes[left.node].content { isChain = operation != .power } else { isChain = false }
            let depth = isChain ? max(nodes[left.node].depth, above([right.node])) : above([left.node, right.node])
            try push(
                .binary(operation, left.node, right.node), left.range.lowerBound..<right.range.upperBound, depth: depth)
        case .compare(let operations):
            var chain: [(operation: Node.Comparison, right: Node.ID)] = [(operations[operations.count - 1], right.node)]
            for operation in operations.dropLast().reversed() {
                chain.append((operation, operands.removeLast().node))
            }
            chain.reverse()
            let first = operands.removeLast()
            try checkIdentity(chain)
            try push(
                .compare(first.node, chain), first.range.lowerBound..<right.range.upperBound,
                depth: above([first.node] + chain.map { $0.right }))
        case .logic(let isAnd, let count):
            let others = operands.suffix(count)
            let start = others.first?.range.lowerBound ?? right.range.lowerBound
            let parts = others.map { $0.node } + [right.node]
            operands.removeLast(count)
            try push(isAnd ? .all(parts) : .any(parts), start..<right.range.upperBound, depth: above(parts))
        case .ifElse:
            let condition = operands.removeLast()
            let then = operands.removeLast()
            // `a if b else c if d else e` leans to the right and is evaluated in a loop.
            var depth = above([condition.node, then.node])
            if case .conditional = nodes[right.node].content {
                depth = max(depth, nodes[right.node].depth)
            } else {
                depth = max(depth, above([right.node]))
            }
            try push(
                .conditional(condition: condition.node, then: then.node, otherwise: right.node),
                then.range.lowerBound..<right.range.upperBound, depth: depth)
        case .ifThen:
            throw failure("expected 'else' after 'if'", pending.start..<pending.start + 2)
        }
    }

    /// `is` asks only for None, True and False: whether two other values are one object is no question of data.
    private func checkIdentity(_ chain: [(operation: Node.Comparison, right: Node.ID)]) throws(Diagnostic) {
        for (operation, right) in chain where operation == .isSame || operation == .isNotSame {
            if case .literal(let value) = nodes[right].content {
                switch value {
                case .none, .bool: continue
                default: break
                }
            }
            throw rejection(
                "'\(operation.rawValue)' takes None, True or False on its right", nodes[right].range,
                hint: operation == .isSame ? "'==' compares" : "'!=' compares")
        }
    }

    mutating func pushComparison(_ comparison: Node.Comparison, isConsumed: Bool = false) throws(Diagnostic) {
        try checkStar()
        let start = token.range.lowerBound
        try reduce(to: Operator.comparison + 1)
        let base = frames[frames.count - 1].operatorBase
        let last = operators.count - 1
        if last >= base, case .compare(let operations) = operators[last].kind {
            operators[last].kind = .compare(operations + [comparison])
        } else {
            operators.append(Operator(.compare([comparison]), precedence: Operator.comparison, start: start))
        }
        if !isConsumed { try advance() }
    }

    mutating func pushLogic(isAnd: Bool, start: Int) throws(Diagnostic) {
        try checkStar()
        let precedence = isAnd ? Operator.and : Operator.or
        try reduce(to: precedence + 1)
        let base = frames[frames.count - 1].operatorBase
        let last = operators.count - 1
        if last >= base, case .logic(isAnd, let count) = operators[last].kind {
            operators[last].kind = .logic(isAnd: isAnd, count: count + 1)
        } else {
            operators.append(Operator(.logic(isAnd: isAnd, count: 1), precedence: precedence, start: start))
        }
    }

    /// `if` is a conditional, or begins a comprehension's condition.
    mutating func parseIf() throws(Diagnostic) -> Bool {
        if frames[frames.count - 1].clause != nil {
            try finishClausePart()
            frames[frames.count - 1].clause?.inCondition = true
            try advance()
            return true
        }
        try checkStar()
        try reduce(to: Operator.conditional + 1)
        let base = frames[frames.count - 1].operatorBase
        if operators.count > base, case .ifThen = operators[operators.count - 1].kind {
            throw failure("expected 'else' after 'if'", operators[operators.count - 1].start..<token.range.lowerBound)
        }
        operators.append(Operator(.ifThen, precedence: Operator.conditional, start: token.range.lowerBound))
        try advance()
        return true
    }

    mutating func parseElse() throws(Diagnostic) {
        try reduce(to: Operator.conditional + 1)
        let base = frames[frames.count - 1].operatorBase
        guard operators.count > base, case .ifThen = operators[operators.count - 1].kind else {
            throw failure("'else' without 'if'")
        }
        operators[operators.count - 1].kind = .ifElse
    }

    /// `*x` in a display takes no comparison or boolean operator without brackets.
    private func checkStar() throws(Diagnostic) {
        if frames[frames.count - 1].star != nil { throw failure("\(token.described) after a starred value") }
    }

    // MARK: - Postfixes

    /// `.name` and `.name(`.
    mutating func parseAttribute() throws(Diagnostic) -> Bool {
        try advance()
        guard token.kind == .name else {
            throw failure("expected a name after '.', not \(token.described)")
        }
        let name = token
        try Allowlist.checkName(name.text, name.range)
        try advance()
        if token.isSymbol("(") {
            try Allowlist.checkMethod(name.text, name.range)
            let receiver = operands.removeLast()
            if case .name(let function) = nodes[receiver.node].content, Allowlist.functions[function] != nil,
                Allowlist.types.contains(function)
            {
                throw rejection("'\(function)' is a function; it has no methods here", receiver.range)
            }
            let frame = Frame(
                .call, start: token.range.lowerBound, operatorBase: operators.count, firstNode: nodes.count)
            frame.callee = name
            frame.receiver = receiver
            try open(frame)
            try advance()
            return true
        }
        try Allowlist.checkAttribute(name.text, name.range)
        let object = operands.removeLast()
        try push(
            .attribute(object.node, name.text), object.range.lowerBound..<name.range.upperBound,
            depth: postfixDepth(object.node, []))
        return false
    }

    /// A chain of postfixes is evaluated in a loop, so its object is no deeper than itself.
    func postfixDepth(_ object: Node.ID, _ others: [Node.ID]) -> Int {
        let depth = above(others)
        switch nodes[object].content {
        case .attribute, .index, .slice, .method: return max(depth, nodes[object].depth)
        default: return max(depth, nodes[object].depth + 1)
        }
    }

    /// `name(`: only an allowlisted function may be called.
    mutating func openCall() throws(Diagnostic) -> Bool {
        let callee = operands.removeLast()
        guard case .name(let name) = nodes[callee.node].content, callee.node == nodes.count - 1,
            callee.range == nodes[callee.node].range
        else {
            throw rejection(
                "only functions and methods of the language may be called, by their names", callee.range)
        }
        try Allowlist.checkFunction(name, callee.range)
        nodes.removeLast()
        let frame = Frame(.call, start: token.range.lowerBound, operatorBase: operators.count, firstNode: nodes.count)
        frame.callee = Token(kind: .name, range: callee.range, text: name)
        try open(frame)
        try advance()
        return true
    }

    mutating func openSubscript() throws(Diagnostic) {
        let frame = Frame(
            .subscript, start: token.range.lowerBound, operatorBase: operators.count, firstNode: nodes.count)
        frame.receiver = operands.removeLast()
        try open(frame)
        try advance()
    }
}
