extension Parser {
    /// Parses a command or a variable, and the stages after it.
    mutating func parsePipeline(isCaptured: Bool = false) throws(Failure) -> Pipeline {
        let start = position
        var shape: Shape
        var pipeline: Pipeline
        var unbounded: Range<Int>?
        if options.readsInput, depth == 0 {
            shape = Shape(columns: [], isOpen: true)
            pipeline = Pipeline(origin: .input, range: start..<start)
            if !isAtEnd { try parseStage(&pipeline, &shape, isCaptured: isCaptured) }
        } else if let word = nextWord(), isVariable(word) {
            let range = start..<start + word.unicodeScalars.count
            position = range.upperBound
            shape = Shape(columns: [], isOpen: true)
            pipeline = Pipeline(origin: .variable(word, range), range: range)
        } else {
            let call = try parseCommand()
            shape = call.command.shape
            pipeline = Pipeline(origin: .command(call), range: start..<position)
            if try !isBounded(call) { unbounded = call.range }
            if isCaptured, !call.command.givesRows {
                throw error("\(call.command.name) gives no rows", at: call.nameRange)
            }
        }
        skipBlanks()
        while peek == "|" {
            if case .command(let call) = pipeline.origin, !call.command.givesRows {
                throw error("\(call.command.name) gives no rows", at: call.nameRange)
            }
            position += 1
            skipBlanks(newlines: true)
            try parseStage(&pipeline, &shape, isCaptured: isCaptured)
            skipBlanks()
        }
        if pipeline.stages.contains(where: \.bounds) { unbounded = nil }
        if let unbounded, options.refusesUnboundedStreams, timeouts == 0 {
            throw error(
                "nothing bounds this stream", hint: "give it -n or --for, or end it with head", at: unbounded)
        }
        pipeline.range = start..<position
        return pipeline
    }

    /// Whether the command's own options bound its stream; one that a variable gives is taken to do so.
    private func isBounded(_ call: CommandCall) throws(Failure) -> Bool {
        guard let streaming = call.command.streaming else { return true }
        if call.use(of: streaming.duration) != nil { return true }
        guard let text = call.use(of: streaming.count)?.value?.literal else { return true }
        return text != "0"
    }

    /// Parses a command with its words, options and guard.
    private mutating func parseCommand() throws(Failure) -> CommandCall {
        let start = position
        while let scalar = peek, !isAtEnd, !isBlank(scalar), scalar != "(", scalar != "{", scalar != "\"",
            scalar != "'", scalar != "="
        { position += 1 }
        let name = String(start..<position, in: source)
        let range = start..<max(position, start + 1)
        guard let command = table[name] else { throw unknownCommand(name, at: range) }
        var call = CommandCall(command: command, source: source, nameRange: range, range: range)
        switch command.input {
        case .words: try parseWords(of: &call)
        case .expression(let placeholder, let isOptional):
            try parseLeadingOptions(of: &call)
            skipBlanks()
            if !isAtEnd {
                call.expression = try parseExpression(for: name, names: nil)
            } else if !isOptional {
                throw error("\(name) needs \(article(placeholder))", hint: "usage: \(command.usage)", at: range)
            }
        case .text(let placeholder, let isOptional):
            try parseLeadingOptions(of: &call)
            skipBlanks()
            if let word = try parseRawText() {
                call.words = [word]
            } else if !isOptional {
                throw error("\(name) needs \(article(placeholder))", hint: "usage: \(command.usage)", at: range)
            }
        }
        var end = position
        while end > start, isBlank(source.scalars[end - 1]) { end -= 1 }
        call.range = start..<end
        try checkWordCount(of: call)
        do {
            try command.validate(call)
        } catch {
            throw error.placed(at: call.range, in: source)
        }
        return call
    }

    private func unknownCommand(_ name: String, at range: Range<Int>) -> Failure {
        if name.isEmpty {
            return error("expected a command", hint: "help lists them", at: range)
        }
        if StageTable.standard[name] != nil {
            return error("'\(name)' is a stage", hint: "it stands behind a bar: ps | \(name) ...", at: range)
        }
        if variables.contains(name) {
            return error(
                "'\(name)' is a variable", hint: "write {\(name)} in a word, or pipe it: \(name) | ...", at: range)
        }
        return error(
            "unknown command '\(name)'",
            hint: didYouMean(name, among: table.names + Keywords.names) ?? "help lists the commands", at: range)
    }

    // MARK: Words and options

    private mutating func parseWords(of call: inout CommandCall) throws(Failure) {
        var takesOptions = true
        while true {
            skipBlanks()
            if isGuard(of: call.command) {
                try parseGuard(of: &call)
                return
            }
            guard let word = try parseWord() else { return }
            if takesOptions, !word.isQuoted, word.literal == "--" {
                takesOptions = false
            } else if takesOptions, isOption(word) {
                try parseOption(word, of: &call)
            } else {
                call.words.append(word)
            }
        }
    }

    /// Parses the options before an expression: words that begin with a dash and are an option's name.
    private mutating func parseLeadingOptions(of call: inout CommandCall) throws(Failure) {
        while true {
            skipBlanks()
            let start = position
            guard peek == "-", let next = peek(at: 1), next == "-" || isIdentifier(next, first: true) else { return }
            guard let word = try parseWord(), isOption(word) else {
                position = start
                return
            }
            if word.literal == "--" { return }
            let name = word.prefix.drop { $0 == "-" }.prefix { $0 != "=" }
            let isKnown = call.command.options.contains {
                $0.name == name || $0.alias == String(name) || $0.name == name.prefix(1)
            }
            guard isKnown || word.prefix.hasPrefix("--") else {
                position = start
                return
            }
            try parseOption(word, of: &call)
        }
    }

    private func isOption(_ word: Word) -> Bool {
        guard !word.isQuoted || !word.prefix.isEmpty, word.prefix.hasPrefix("-"),
            source.scalars[word.range.lowerBound] == "-",
            let second = word.prefix.dropFirst().unicodeScalars.first
        else { return false }
        return second == "-" || isIdentifier(second, first: true)
    }

    /// Whether a guard begins here; in a text of any words, as of `echo`, it is a word like others.
    private func isGuard(of command: Command) -> Bool {
        guard nextWord() == "if", peek(at: 2).map({ isBlank($0) || $0 == "(" }) ?? true else { return false }
        if case .words(let arguments) = command.input, arguments.last?.isRepeated == true { return false }
        return true
    }

    private mutating func parseGuard(of call: inout CommandCall) throws(Failure) {
        let range = position..<position + 2
        guard call.command.takesGuard else {
            throw error("\(call.command.name) takes no guard", hint: "filter its rows: | where EXPR", at: range)
        }
        position += 2
        call.condition = try parseExpression(for: "if", names: nil)
    }

    private mutating func parseOption(_ word: Word, of call: inout CommandCall) throws(Failure) {
        let text = word.prefix
        if text.hasPrefix("--") {
            let name = String(text.dropFirst(2).prefix { $0 != "=" })
            let option = try findOption(name, written: "--" + name, of: call, at: word.range)
            let used = 2 + name.unicodeScalars.count
            let value = text.unicodeScalars.count > used ? word.dropping(used + 1) : nil
            try add(option, value: value, at: word.range, to: &call)
            return
        }
        let name = String(text.dropFirst().prefix { $0 != "=" })
        if let option = call.command.options.first(where: { $0.name == name || $0.alias == name }), name.count == 1 {
            let value =
                text.unicodeScalars.count > 2 ? word.dropping(3) : (word.pieces.count > 1 ? word.dropping(2) : nil)
            try add(option, value: value, at: word.range, to: &call)
            return
        }
        // `-n5`, or several flags in one: `-be`.
        let letters = Array(text.dropFirst())
        let first = try findOption(String(letters[0]), written: "-\(letters[0])", of: call, at: word.range)
        if first.kind != .flag {
            try add(first, value: word.dropping(2), at: word.range, to: &call)
            return
        }
        for letter in letters {
            let option = try findOption(String(letter), written: "-\(letter)", of: call, at: word.range)
            try add(option, value: nil, at: word.range, to: &call)
        }
    }

    private func findOption(
        _ name: String, written: String, of call: CommandCall, at range: Range<Int>
    ) throws(Failure) -> CommandOption {
        if let option = call.command.options.first(where: { $0.name == name || $0.alias == name }) { return option }
        let known = call.command.options.flatMap { [$0.name, $0.alias].compactMap { $0 } }
        let hint =
            didYouMean(name, among: known).map { _ in
                "did you mean '\(CommandOption.dashed(known.first { didYouMean(name, among: [$0]) != nil } ?? ""))'?"
            } ?? (known.isEmpty ? "it has none" : "it has \(known.map(CommandOption.dashed).joined(separator: " "))")
        throw error("\(call.command.name) has no option '\(written)'", hint: hint, at: range)
    }

    private mutating func add(
        _ option: CommandOption, value attached: Word?, at range: Range<Int>, to call: inout CommandCall
    ) throws(Failure) {
        var value = attached
        var range = range
        if option.kind == .expression {
            if let attached { position = attached.range.lowerBound }
            let expression = try parseOptionExpression(of: option, at: range)
            call.options.append(
                .init(option: option, value: nil, expression: expression, range: range.lowerBound..<position))
            return
        }
        if option.kind == .flag {
            if attached != nil { throw error("\(option.flag) takes no value", at: range) }
        } else {
            if value == nil, !(nextIsGuard()) { value = try parseWord() }
            guard let value else { throw error("\(option.flag) needs a value", hint: option.usage, at: range) }
            range = range.lowerBound..<max(range.upperBound, value.range.upperBound)
            if let text = value.literal {
                do {
                    _ = try option.value(of: text)
                } catch {
                    throw error.placed(at: value.range, in: source)
                }
            }
        }
        call.options.append(.init(option: option, value: value, range: range))
    }

    /// Parses an option's expression: one quoted text after which a blank or the command's end comes, or all that is left.
    private mutating func parseOptionExpression(
        of option: CommandOption, at range: Range<Int>
    ) throws(Failure) -> BoundExpression {
        skipBlanks()
        guard !isAtEnd else { throw error("\(option.flag) needs an expression", hint: option.usage, at: range) }
        guard let quoted = quotedRange(), peek(at: quoted.upperBound - position).map(isBlank) ?? true else {
            return try parseExpression(for: option.flag, names: nil)
        }
        var after = self
        after.position = quoted.upperBound
        after.skipBlanks()
        guard after.isAtEnd || after.peek == "-" else { return try parseExpression(for: option.flag, names: nil) }
        let inner = quoted.lowerBound + 1..<quoted.upperBound - 1
        guard !inner.isEmpty else { throw error("\(option.flag) needs an expression", hint: option.usage, at: quoted) }
        position = quoted.upperBound
        return try compile(ScannedExpression(range: inner, scalars: Array(source.scalars[inner])), names: nil)
    }

    /// Where a string stands that begins here, with its quotes; nil when none does.
    private func quotedRange() -> Range<Int>? {
        var probe = self
        guard peek == "\"" || peek == "'", (try? probe.skipString()) != nil else { return nil }
        return position..<probe.position
    }

    private func nextIsGuard() -> Bool {
        var copy = self
        copy.skipBlanks()
        return copy.nextWord() == "if" && copy.peek(at: 2).map(isBlank) ?? false
    }

    private func checkWordCount(of call: CommandCall) throws(Failure) {
        guard case .words(let arguments) = call.command.input else { return }
        let needed = arguments.count { !$0.isOptional }
        if call.words.count < needed {
            throw error(
                "\(call.command.name) needs \(article(arguments[call.words.count].placeholder))",
                hint: "usage: \(call.command.usage)", at: call.nameRange)
        }
        if call.words.count > arguments.count, arguments.last?.isRepeated != true {
            throw error(
                "\(call.command.name) takes \(arguments.isEmpty ? "no words" : "no more words")",
                hint: "usage: \(call.command.usage)", at: call.words[arguments.count].range)
        }
    }

    /// Parses text in another language: as it is up to the end of the command, or one quoted string. Between three
    /// quotes nothing has a meaning, and lines lose the indentation that they have in common.
    private mutating func parseRawText() throws(Failure) -> Word? {
        if let quoted = quotedRange() {
            var probe = self
            probe.position = quoted.upperBound
            probe.skipBlanks()
            if probe.isAtEnd {
                let quotes = source.scalars[quoted].prefix(3)
                guard quoted.count >= 6, quotes.allSatisfy({ $0 == quotes.first }) else { return try parseWord() }
                position = quoted.upperBound
                let text = dedented(String(quoted.lowerBound + 3..<quoted.upperBound - 3, in: source))
                return Word(pieces: [.text(text)], range: quoted, isQuoted: true)
            }
        }
        let scanned = try scanExpression()
        guard !scanned.range.isEmpty else { return nil }
        let text = String(scalars: source.scalars[scanned.range])
        return Word(pieces: [.text(text)], range: scanned.range, isQuoted: true)
    }

    private func article(_ placeholder: String) -> String {
        guard let first = placeholder.first, "AEIOU".contains(first) else { return "a \(placeholder)" }
        return "an \(placeholder)"
    }
}

extension Command {
    /// Whether it gives rows that stages can take.
    var givesRows: Bool { !columns.isEmpty || hasOpenColumns }

    /// Whether its name alone stands for its rows: it needs no words, and ends by itself.
    var standsAlone: Bool {
        guard givesRows, streaming == nil, case .words(let arguments) = input else { return false }
        return arguments.allSatisfy(\.isOptional)
    }
}
