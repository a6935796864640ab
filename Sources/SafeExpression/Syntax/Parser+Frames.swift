extension Parser {
    /// An open bracket, or the source itself, and what has been read inside.
    ///
    /// A class, because copies of so large a value would fill a small stack in builds without optimisation.
    final class Frame {
        enum Kind: Sendable {
            case top
            case paren
            case list
            case brace
            case call
            case `subscript`
            /// A field of an f-string.
            case fstring
        }

        let kind: Kind
        /// Where the bracket stands.
        let start: Int
        /// Operators below this one belong to brackets further out.
        let operatorBase: Int
        /// Operands below this one belong to brackets further out.
        var operandBase = 0
        /// The first node of the item that is being read.
        var firstNode: Node.ID
        var items: [Operand] = []
        var hasComma = false
        /// Where the star before the item stands.
        var star: Int?

        /// The entries of a dict, and whether the brace has turned out to be one.
        var entries: [(key: Node.ID?, value: Node.ID)] = []
        var isDict: Bool?
        var key: Operand?
        var isSpread = false

        /// What is called or subscripted.
        var callee: Token?
        var receiver: Operand?
        var keywords: [(name: String, value: Node.ID)] = []
        var keyword: Token?
        /// The parts of a slice that have been read; empty until the first colon.
        var sliceParts: [Operand?] = []

        var clause: ClauseState?
        /// The comprehension that takes up the whole bracket.
        var comprehension: Node.ID?
        var string: StringState?
        /// Where the f-string's field begins.
        var fieldStart = 0

        init(_ kind: Kind, start: Int, operatorBase: Int, firstNode: Node.ID) {
            self.kind = kind
            self.start = start
            self.operatorBase = operatorBase
            self.firstNode = firstNode
        }
    }

    mutating func open(_ kind: Frame.Kind) throws(Diagnostic) {
        try open(
            Frame(kind, start: token.range.lowerBound, operatorBase: operators.count, firstNode: nodes.count))
    }

    mutating func open(_ frame: Frame) throws(Diagnostic) {
        nesting += 1
        if nesting > limits.nesting {
            throw Diagnostic(
                kind: .limit(.nesting), message: "brackets nested deeper than \(limits.nesting)",
                range: frame.start..<frame.start + 1)
        }
        frames.append(frame)
        frames[frames.count - 1].operandBase = operands.count
    }

    mutating func closeFrame() -> Frame {
        nesting -= 1
        return frames.removeLast()
    }

    // MARK: - Beginnings of items

    /// `*` before an item of a display.
    mutating func beginStar() throws(Diagnostic) {
        let frame = frames[frames.count - 1]
        if frame.kind == .call { throw rejection("starred arguments are not part of the language") }
        guard [.top, .paren, .list, .brace].contains(frame.kind), operators.count == frame.operatorBase,
            frame.star == nil, frame.clause == nil, frame.isDict != true
        else { throw failure("'*' may not stand here") }
        frames[frames.count - 1].star = token.range.lowerBound
    }

    /// `**` before an entry of a dict.
    mutating func beginSpread() throws(Diagnostic) {
        let frame = frames[frames.count - 1]
        if frame.kind == .call { throw rejection("starred arguments are not part of the language") }
        guard frame.kind == .brace, operators.count == frame.operatorBase, frame.isDict != false, frame.star == nil,
            frame.key == nil, !frame.isSpread, frame.clause == nil
        else { throw failure("'**' may not stand here") }
        frames[frames.count - 1].isDict = true
        frames[frames.count - 1].isSpread = true
        frames[frames.count - 1].star = token.range.lowerBound
    }

    /// `name=` in a call.
    mutating func beginKeywordArgument() throws(Diagnostic) -> Bool {
        let frame = frames[frames.count - 1]
        guard operators.count == frame.operatorBase, frame.keyword == nil else { return false }
        var ahead = scanner
        guard try ahead.next().isSymbol("=") else { return false }
        if frame.keywords.contains(where: { $0.name == token.text }) {
            throw failure("the argument '\(token.text)' is given twice")
        }
        frames[frames.count - 1].keyword = token
        try advance()
        try advance()
        return true
    }

    // MARK: - Ends of items

    /// Takes the finished expression into the innermost bracket's items.
    private mutating func finishItem() throws(Diagnostic) {
        if frames[frames.count - 1].clause != nil { return try finishComprehension() }
        var item = try reduceAll()
        let last = frames.count - 1
        if let star = frames[last].star {
            frames[last].star = nil
            if frames[last].isSpread {
                frames[last].isSpread = false
                frames[last].entries.append((nil, item.node))
                frames[last].firstNode = nodes.count
                return
            }
            let range = star..<item.range.upperBound
            item = Operand(node: try add(.star(item.node), range, depth: above([item.node])), range: range)
        }
        switch frames[last].kind {
        case .brace:
            if let key = frames[last].key {
                frames[last].key = nil
                frames[last].entries.append((key.node, item.node))
            } else if frames[last].isDict == true {
                throw failure("expected ':' after a dict's key", item.range)
            } else {
                frames[last].isDict = false
                frames[last].items.append(item)
            }
        case .call:
            if let keyword = frames[last].keyword {
                frames[last].keyword = nil
                frames[last].keywords.append((keyword.text, item.node))
            } else if !frames[last].keywords.isEmpty {
                throw failure("an argument without a name after one with a name", item.range)
            } else {
                frames[last].items.append(item)
            }
        default: frames[last].items.append(item)
        }
        frames[last].firstNode = nodes.count
    }

    /// A comma, a colon, a closing bracket, or a mark of an f-string's field.
    mutating func parseDelimiter() throws(Diagnostic) -> Bool {
        let frame = frames[frames.count - 1]
        switch (token.text, frame.kind) {
        case (",", .subscript):
            if !frame.sliceParts.isEmpty { throw rejection("several slices are not part of the language") }
            try finishItem()
        case (",", _):
            if frame.clause != nil, frame.kind == .call || frame.kind == .top {
                throw failure("a generator with other arguments stands in brackets of its own")
            }
            if frame.clause != nil { throw failure("a comprehension takes no comma") }
            try finishItem()
        case (":", .brace):
            guard frame.key == nil, frame.isDict != false, frame.clause == nil, frame.star == nil else {
                throw failure("':' may not stand here")
            }
            frames[frames.count - 1].key = try reduceAll()
            frames[frames.count - 1].isDict = true
            try advance()
            return true
        case (":", .subscript):
            if frame.hasComma { throw rejection("several slices are not part of the language") }
            try addSlicePart(try reduceAll())
            return true
        case (")", .paren), (")", .call), ("]", .list), ("]", .subscript), ("}", .brace):
            if frame.sliceParts.isEmpty {
                try finishItem()
            } else {
                let part = try reduceAll()
                frames[frames.count - 1].sliceParts.append(part)
            }
            try close()
            return false
        case (":", .fstring), ("=", .fstring), ("!", .fstring), ("}", .fstring): return try endField()
        case ("=", _):
            throw frame.kind == .call
                ? failure("expected a name before '='")
                : failure("'=' assigns; the language changes nothing", hint: "'==' compares")
        case ("!", _): throw failure("'!' has no meaning here", hint: "'not' serves")
        case (":", _): throw failure("':' has no meaning here")
        default: throw mismatch(frame)
        }
        frames[frames.count - 1].hasComma = true
        try advance()
        if frame.kind == .top, token.kind == .end {
            try finishTop()
        } else if frame.kind == .fstring, ["}", "!", ":", "="].contains(token.text), token.kind == .symbol {
            return try endField()
        }
        return !frames.isEmpty
    }

    private func mismatch(_ frame: Frame) -> Diagnostic {
        if frame.kind == .top { return failure("'\(token.text)' closes nothing") }
        if frame.kind == .fstring { return failure("'\(token.text)' closes nothing") }
        let bracket = String(decoding: [scanner.bytes[frame.start]], as: UTF8.self)
        return failure("'\(token.text)' does not close '\(bracket)'")
    }

    /// A closing bracket or a colon where an item could begin: after a comma, in empty brackets, in a slice.
    mutating func closeWithoutOperand() throws(Diagnostic) -> Bool {
        let frame = frames[frames.count - 1]
        let isBare =
            operators.count == frame.operatorBase && frame.star == nil && frame.clause == nil && frame.key == nil
            && frame.keyword == nil
        let isFresh = frame.items.isEmpty && frame.entries.isEmpty && frame.keywords.isEmpty
        switch (token.text, frame.kind) {
        case (":", .subscript) where isBare && isFresh:
            try addSlicePart(nil)
            return true
        case ("]", .subscript) where isBare && !frame.sliceParts.isEmpty:
            frames[frames.count - 1].sliceParts.append(nil)
            try close()
            return false
        case ("]", .subscript) where isBare && frame.hasComma, (")", .paren) where isBare, ("]", .list) where isBare,
            ("}", .brace) where isBare, (")", .call) where isBare:
            if frame.hasComma && isFresh { break }
            try close()
            return false
        case (")", .paren), (")", .call), ("]", .list), ("]", .subscript), ("}", .brace), ("}", .fstring),
            (":", _):
            break
        default: throw mismatch(frame)
        }
        throw failure("expected a value before '\(token.text)'")
    }

    private mutating func addSlicePart(_ part: Operand?) throws(Diagnostic) {
        frames[frames.count - 1].sliceParts.append(part)
        if frames[frames.count - 1].sliceParts.count > 2 { throw failure("a slice has three parts") }
        try advance()
    }

    // MARK: - Closing

    mutating func finishTop() throws(Diagnostic) {
        if !operands.isEmpty { try finishItem() }
        let frame = frames.removeLast()
        if frame.hasComma || nodes[frame.items[0].node].isStar {
            if !frame.hasComma { throw failure("a starred value stands alone", frame.items[0].range) }
            let range = frame.items[0].range.lowerBound..<frame.items[frame.items.count - 1].range.upperBound
            _ = try add(.display(.tuple, frame.items.map { $0.node }), range, depth: above(frame.items.map { $0.node }))
        }
    }

    private mutating func close() throws(Diagnostic) {
        let end = token.range.upperBound
        let frame = closeFrame()
        let range = frame.start..<end
        let items = frame.items.map { $0.node }
        if let comprehension = frame.comprehension {
            nodes[comprehension].range = range
            operands.append(Operand(node: comprehension, range: range))
            try advance()
            return
        }
        switch frame.kind {
        case .paren:
            if frame.items.count == 1, !frame.hasComma {
                if nodes[items[0]].isStar { throw failure("a starred value stands alone", frame.items[0].range) }
                operands.append(Operand(node: items[0], range: range))
            } else {
                try push(.display(.tuple, items), range, depth: above(items))
            }
        case .list: try push(.display(.list, items), range, depth: above(items))
        case .brace:
            if frame.isDict == false {
                try push(.display(.set, items), range, depth: above(items))
            } else {
                let parts = frame.entries.flatMap { [$0.key, $0.value].compactMap { $0 } }
                try push(.dict(frame.entries), range, depth: above(parts))
            }
        case .call: try closeCall(frame, end)
        case .subscript: try closeSubscript(frame, end)
        case .top, .fstring: preconditionFailure("no bracket closes these")
        }
        try advance()
    }

    private mutating func closeCall(_ frame: Frame, _ end: Int) throws(Diagnostic) {
        guard let callee = frame.callee else { preconditionFailure("a call without a callee") }
        let items = frame.items.map { $0.node }
        let others = items + frame.keywords.map { $0.value }
        if let receiver = frame.receiver {
            try Allowlist.checkArguments(ofMethod: callee, count: items.count, keywords: frame.keywords.map { $0.name })
            try push(
                .method(receiver.node, callee.text, items, frame.keywords), receiver.range.lowerBound..<end,
                depth: postfixDepth(receiver.node, others))
        } else {
            try Allowlist.checkArguments(of: callee, count: items.count, keywords: frame.keywords.map { $0.name })
            try push(
                .call(callee.text, items, frame.keywords), callee.range.lowerBound..<end, depth: above(others))
        }
    }

    private mutating func closeSubscript(_ frame: Frame, _ end: Int) throws(Diagnostic) {
        guard let object = frame.receiver else { preconditionFailure("a subscript without an object") }
        let range = object.range.lowerBound..<end
        if frame.sliceParts.isEmpty {
            var index = frame.items[0].node
            if frame.hasComma {
                let items = frame.items.map { $0.node }
                let place = frame.items[0].range.lowerBound..<frame.items[items.count - 1].range.upperBound
                index = try add(.display(.tuple, items), place, depth: above(items))
            }
            try push(.index(object.node, index), range, depth: postfixDepth(object.node, [index]))
            return
        }
        let parts = frame.sliceParts.map { $0?.node }
        try push(
            .slice(object.node, lower: parts[0], upper: parts[1], step: parts.count > 2 ? parts[2] : nil), range,
            depth: postfixDepth(object.node, parts.compactMap { $0 }))
    }
}

extension Node {
    var isStar: Bool { if case .star = content { true } else { false } }
}
