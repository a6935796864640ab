extension Parser {
    /// Parses one stage or sink after a bar.
    mutating func parseStage(
        _ pipeline: inout Pipeline, _ shape: inout Shape, isCaptured: Bool
    ) throws(Failure) {
        let start = position
        guard let name = nextWord() else {
            throw error("a stage is missing behind '|'", hint: "such as where, select or head", at: start..<start + 1)
        }
        position += name.unicodeScalars.count
        let range = start..<position
        if pipeline.save != nil { throw error("nothing follows save", at: range) }
        if isCaptured, name == "to" || name == "save" {
            throw error("a captured pipeline ends in rows, not in \(name)", hint: "tee writes and passes on", at: range)
        }
        switch name {
        case "to": pipeline.format = try parseFormat(range)
        case "save": pipeline.save = try parseSave(range)
        default:
            guard let entry = StageTable.standard[name] else {
                throw error(
                    "unknown stage '\(name)'",
                    hint: didYouMean(name, among: StageTable.standard.names)
                        ?? "there are \(StageTable.standard.names.joined(separator: ", "))", at: range)
            }
            if pipeline.format != nil { throw error("nothing but save follows to", at: range) }
            let stage = try entry.parse(&self, shape)
            shape = stage.shape(after: shape)
            pipeline.stages.append(stage)
        }
        skipBlanks()
        guard isAtEnd else {
            var end = position
            while end < source.scalars.count, !isBlank(source.scalars[end]) { end += 1 }
            let text = String(position..<end, in: source)
            let usage = StageTable.standard[name]?.usage ?? StageTable.sinks.first { $0.name == name }?.usage ?? name
            throw error("unexpected '\(text)'", hint: "usage: \(usage)", at: position..<end)
        }
    }

    private mutating func parseFormat(_ range: Range<Int>) throws(Failure) -> OutputFormat {
        let names = OutputFormat.allCases.map(\.rawValue)
        guard let word = try parseWord(), let text = word.literal else {
            throw error("to needs a format", hint: names.joined(separator: ", "), at: range)
        }
        guard let format = OutputFormat(rawValue: text) else {
            throw error(
                "unknown format '\(text)'",
                hint: didYouMean(text, among: names) ?? names.joined(separator: ", "), at: word.range)
        }
        return format
    }

    private mutating func parseSave(_ range: Range<Int>) throws(Failure) -> Pipeline.SaveTarget {
        var appends = false
        var file: Word?
        while let word = try parseWord() {
            if !word.isQuoted, word.literal == "-a" {
                appends = true
            } else if file == nil {
                file = word
            } else {
                throw error("save takes one file", at: word.range)
            }
        }
        guard let file else { throw error("save needs a FILE", at: range) }
        return .init(file: file, appends: appends)
    }

    /// Parses the number that `head` and `tail` take.
    mutating func parseCount(for stage: String) throws(Failure) -> Word {
        guard let word = try parseWord() else { return Word(pieces: [.text("10")], range: position..<position) }
        if let text = word.literal, Int(text).map({ $0 < 0 }) ?? true {
            throw error("\(stage) needs a whole number from 0, not '\(text)'", at: word.range)
        }
        return word
    }
}

extension StageEnvironment {
    /// The number that a word gives.
    func count(_ word: Word, for stage: String) throws(Failure) -> Int {
        let text = try text(word)
        guard let count = Int(text), count >= 0 else {
            throw Failure(.failed, "\(stage) needs a whole number from 0, not '\(text)'")
        }
        return count
    }
}
