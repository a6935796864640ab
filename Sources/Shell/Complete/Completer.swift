internal import SafeExpression
internal import Sessions

/// Finds what may stand at a place of a line, from the command table and from the live target.
struct Completer {
    /// How long the target may take; then the line is left as it is.
    private static let limit = Duration.milliseconds(700)
    private static let maximum = 200

    let state: ShellState
    private var table: CommandTable { .standard }

    func complete(_ line: String, cursor: Int) async -> [Completion] {
        let context = CompletionContext(line, cursor: cursor)
        let range = context.start..<context.start + context.partial.unicodeScalars.count
        if let dollar = context.partial.lastIndex(of: "$") {
            let name = String(context.partial[context.partial.index(after: dollar)...])
            let start = range.upperBound - name.unicodeScalars.count
            return filter(state.variables.keys.sorted().map { ($0, "variable") }, name, start..<range.upperBound)
        }
        if context.isInString { return [] }
        if let origin = context.origin { return await completeStage(context, origin, range) }
        guard let name = context.words.first else {
            let commands = table.commands.map { ($0.name, $0.summary) }
            let statements = Keywords.statements.map { ($0.name, $0.summary) }
            let variables = state.variables.keys.sorted().map { ($0, "variable") }
            return filter(commands + statements + variables, context.partial, range)
        }
        guard let command = table[name] else { return [] }
        return await completeCommand(command, context, range)
    }

    // MARK: Commands

    private func completeCommand(
        _ command: Command, _ context: CompletionContext, _ range: Range<Int>
    ) async -> [Completion] {
        if command.takesGuard, context.words.contains("if") {
            return names(await guardNames(context.words), context)
        }
        if context.partial.hasPrefix("-") {
            let options = command.options.flatMap { option in
                [option.name, option.alias].compactMap { $0 }.map { (CommandOption.dashed($0), option.summary) }
            }
            return filter(options, context.partial, range)
        }
        if let last = context.words.last, last.hasPrefix("-"),
            let option = command.options.first(where: { [$0.name, $0.alias].contains(String(last.drop { $0 == "-" })) })
        {
            if case .choice(let words) = option.kind { return filter(words.map { ($0, "") }, context.partial, range) }
            if option.kind != .flag { return [] }
        }
        guard case .words(let arguments) = command.input else { return [] }
        let place = context.words.count { !$0.hasPrefix("-") } - 1
        guard let argument = place < arguments.count ? arguments[max(0, place)] : arguments.last else { return [] }
        switch argument.completion {
        case .nothing: return []
        case .choice(let words): return filter(words.map { ($0, "") }, context.partial, range)
        case .command: return filter(table.commands.map { ($0.name, $0.summary) }, context.partial, range)
        case .setting: return filter(SetOption.names.map { ($0, "") }, context.partial, range)
        case .pattern: return filter(await patterns(context.partial), context.partial, range)
        }
    }

    // MARK: Stages

    private func completeStage(
        _ context: CompletionContext, _ origin: [String], _ range: Range<Int>
    ) async -> [Completion] {
        guard let stage = context.words.first else {
            let stages = StageTable.standard.entries.map { ($0.name, $0.summary) }
            return filter(stages + StageTable.sinks.map { ($0.name, $0.summary) }, context.partial, range)
        }
        if stage == "to" { return filter(OutputFormat.allCases.map { ($0.rawValue, "") }, context.partial, range) }
        guard !["save", "tee", "head", "tail", "grep"].contains(stage) else { return [] }
        guard let name = origin.first else { return [] }
        if let command = table[name] {
            let columns = command.columns.map { ($0.name, $0.summary) }
            guard command.streaming != nil else { return names(columns, context) }
            return names(columns + (await parameters(of: origin)), context)
        }
        guard case .object(let box)? = state.variables[name]?.asList?.first else { return [] }
        return names(box.record.fieldNames.map { ($0, "") }, context)
    }

    private func names(_ names: [(String, String)], _ context: CompletionContext) -> [Completion] {
        let (partial, start) = context.partialName
        guard !partial.isEmpty || context.partial.isEmpty || !(context.partial.last?.isNumber ?? false) else {
            return []
        }
        return filter(names, partial, start..<start + partial.unicodeScalars.count)
    }

    private func guardNames(_ words: [String]) async -> [(String, String)] {
        ObservationColumns.all.map { ($0.name, $0.summary) } + [("self", "the object of a method")]
            + (await parameters(of: words))
    }

    // MARK: The live target

    /// The parameters of the function that a command looks at.
    private func parameters(of words: [String]) async -> [(String, String)] {
        guard let pattern = words.dropFirst().first(where: { !$0.hasPrefix("-") }) else { return [] }
        let rows = await ask("sm", pattern)
        guard let signature = rows.first?["signature"]?.asString else { return [] }
        return SignatureNames.of(signature).map { ($0, "parameter") }
    }

    /// The classes and functions that begin with a text.
    private func patterns(_ partial: String) async -> [(String, String)] {
        let functions = await ask("sm", partial + "*").compactMap { row in
            row["func"]?.asString.map { (Self.written($0, like: partial), row["kind"]?.asString ?? "function") }
        }
        let classes = await ask("sc", partial + "*").compactMap { row -> (String, String)? in
            row["class"]?.asString.map { (Self.written($0, like: partial), "class") }
        }
        return functions + classes
    }

    /// A dotted name with a colon behind the module where the word begun has one.
    private static func written(_ name: String, like partial: String) -> String {
        guard let colon = partial.firstIndex(of: ":"), name.hasPrefix(partial[..<colon] + ".") else { return name }
        var name = name
        name.replaceSubrange(...name.index(name.startIndex, offsetBy: partial[..<colon].count), with: partial[...colon])
        return name
    }

    private func ask(_ command: String, _ pattern: String) async -> [Value] {
        guard let session = state.currentSession else { return [] }
        let params = Value.dict([
            (.string("pattern"), .string(pattern)), (.string("limit"), .int(Self.maximum)),
        ])
        let limit = Self.limit
        let cancellation = Cancellation()
        let timer = Task {
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { cancellation.cancel(.interrupted) }
        }
        defer { timer.cancel() }
        let reply = try? await cancellation.wait {
            try? await session.request(command, params, timeout: limit)
        }
        return (reply ?? nil)?["rows"]?.asList ?? []
    }

    private func filter(
        _ candidates: [(String, String)], _ partial: String, _ range: Range<Int>
    ) -> [Completion] {
        var seen: Set<String> = []
        var result: [Completion] = []
        for (text, summary) in candidates where text.hasPrefix(partial) && seen.insert(text).inserted {
            // What a target calls its own is shown at the prompt.
            guard safe(text) == text else { continue }
            result.append(Completion(text, range: range, summary: safe(summary)))
            if result.count == Self.maximum { break }
        }
        return result
    }
}

/// The parameters' names in a signature as Python shows it.
enum SignatureNames {
    static func of(_ signature: String) -> [String] {
        var names: [String] = []
        var depth = 0
        var expectsName = false
        var name = ""
        for scalar in signature.unicodeScalars {
            switch scalar {
            case "(", "[", "{":
                depth += 1
                expectsName = depth == 1
                continue
            case ")", "]", "}": depth -= 1
            case "," where depth == 1:
                if !name.isEmpty { names.append(name) }
                name = ""
                expectsName = true
                continue
            default: break
            }
            if depth == 0 {
                if !name.isEmpty { names.append(name) }
                break
            }
            guard depth == 1, expectsName else { continue }
            if isIdentifier(scalar) {
                name.unicodeScalars.append(scalar)
            } else if !name.isEmpty {
                expectsName = false
            }
        }
        return names
    }
}
