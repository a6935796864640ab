extension Parser {
    /// Adjacent string literals that are being read, plain ones and f-strings.
    struct StringState {
        /// Where the first literal begins.
        let start: Int
        var quoting: Quoting
        /// Text that has not become a part yet.
        var units: [UInt32] = []
        /// Parts of the string, and above them those of formats that are being read.
        var levels: [[Node.Part]] = [[]]
        /// The values whose formats are being read.
        var fields: [(node: Node.ID, conversion: UInt8)] = []
        var values: [Node.ID] = []

        /// Turns the text so far into a part.
        mutating func flush() {
            if units.isEmpty { return }
            levels[levels.count - 1].append(.text(.string(codePoints: units)))
            units = []
        }
    }

    /// Begins at a string token; true when a field wants an operand.
    mutating func openStringLiteral() throws(Diagnostic) -> Bool {
        let quoting = Quoting(mark: 0, isTriple: false, isRaw: false, start: token.range.lowerBound)
        return try continueStrings(StringState(start: token.range.lowerBound, quoting: quoting))
    }

    /// Reads literals as long as they stand side by side.
    private mutating func continueStrings(_ state: StringState) throws(Diagnostic) -> Bool {
        var state = state
        var end = token.range.lowerBound
        while token.kind == .string {
            let isFormatted = token.text.contains("f")
            state.quoting = scanner.openString(token)
            if isFormatted { return try continuePiece(state) }
            try scanner.readString(state.quoting, into: &state.units)
            end = scanner.position
            try advance()
        }
        try finishStrings(state, end: end)
        return false
    }

    private mutating func finishStrings(_ state: StringState, end: Int) throws(Diagnostic) {
        var state = state
        // The token after the last literal has been read; blanks before it do not belong to the literal.
        var end = max(end, state.start + 2)
        if end < token.range.lowerBound {
            end = token.range.lowerBound
            while end > state.start, [0x20, 0x09, 0x0A, 0x0D].contains(scanner.bytes[end - 1]) { end -= 1 }
        }
        let range = state.start..<min(end, scanner.bytes.count)
        if state.values.isEmpty {
            try push(.literal(.string(codePoints: state.units)), range)
        } else {
            state.flush()
            try push(.fstring(state.levels[0]), range, depth: above(state.values))
        }
    }

    /// Reads an f-string's text up to its end or to its next field.
    private mutating func continuePiece(_ state: StringState) throws(Diagnostic) -> Bool {
        var state = state
        while true {
            let isFormat = state.levels.count > 1
            switch try scanner.readPiece(state.quoting, isFormat: isFormat, into: &state.units) {
            case .quote:
                if isFormat {
                    throw failure("the f-string's field is not closed", state.quoting.start..<scanner.position)
                }
                try advance()
                return try continueStrings(state)
            case .openBrace:
                state.flush()
                let start = scanner.position - 1
                if state.levels.count > 2 {
                    throw failure("a field in a format in a format", start..<start + 1)
                }
                let frame = Frame(.fstring, start: start, operatorBase: operators.count, firstNode: nodes.count)
                frame.fieldStart = start
                frame.string = state
                try open(frame)
                scanner.brackets += 1
                try advance()
                if token.isSymbol("}") { throw failure("an empty field", start..<token.range.upperBound) }
                return true
            case .closeBrace:
                state.flush()
                scanner.brackets -= 1
                let format = state.levels.removeLast()
                let field = state.fields.removeLast()
                state.levels[state.levels.count - 1].append(
                    .value(field.node, conversion: field.conversion, format: format))
            }
        }
    }

    /// Ends a field's expression at `=`, `!`, `:` or `}`.
    mutating func endField() throws(Diagnostic) -> Bool {
        // After a trailing comma there is nothing left to take in.
        if operands.count > frames[frames.count - 1].operandBase {
            let item = try reduceAll()
            frames[frames.count - 1].items.append(item)
        }
        let frame = closeFrame()
        guard var state = frame.string else { preconditionFailure("a field outside of an f-string") }
        var value = frame.items[0].node
        if frame.hasComma {
            let items = frame.items.map { $0.node }
            let range = frame.items[0].range.lowerBound..<frame.items[items.count - 1].range.upperBound
            value = try add(.display(.tuple, items), range, depth: above(items))
        }
        var conversion: UInt8 = 0
        if token.isSymbol("=") {
            try advance()
            let text = scanner.bytes[(frame.fieldStart + 1)..<token.range.lowerBound]
            state.units += Text.decode(text)
            if token.isSymbol("}") { conversion = 0x72 }
        }
        if token.isSymbol("!") {
            try advance()
            guard token.kind == .name, ["r", "s", "a"].contains(token.text) else {
                throw failure("a conversion is !r, !s or !a")
            }
            conversion = token.text.utf8.first ?? 0
            try advance()
        }
        state.values.append(value)
        if token.isSymbol(":") || token.isSymbol(":=") {
            state.flush()
            state.fields.append((value, conversion))
            state.levels.append([])
            scanner.position = token.range.lowerBound + 1
            return try continuePiece(state)
        }
        guard token.isSymbol("}") else { throw failure("expected '}' after the field, not \(token.described)") }
        state.flush()
        state.levels[state.levels.count - 1].append(.value(value, conversion: conversion, format: nil))
        scanner.position = token.range.upperBound
        return try continuePiece(state)
    }
}
