internal import SafeExpression

/// `grep [-iv] REGEX`: the rows whose text a regular expression fits.
struct GrepStage: Stage {
    static let entry: StageTable.Entry = StageTable.Entry(
        name: "grep", usage: "grep [-iv] REGEX",
        summary: "the rows that a regular expression fits; -i any case, -v those it does not fit",
        example: "ps | grep -i gunicorn"
    ) { (parser, _) throws(Failure) in
        var stage = GrepStage(pattern: Word(pieces: [], range: 0..<0))
        var pattern: Word?
        while let word = try parser.parseWord() {
            if pattern == nil, !word.isQuoted, let text = word.literal, ["-i", "-v", "-iv", "-vi"].contains(text) {
                stage.ignoresCase = stage.ignoresCase || text.contains("i")
                stage.inverts = stage.inverts || text.contains("v")
            } else if pattern == nil {
                pattern = word
            } else {
                throw parser.error("grep takes one expression", hint: "quote it", at: word.range)
            }
        }
        guard let pattern else { throw parser.error("grep needs a REGEX") }
        if let text = pattern.literal, (try? Regex(text)) == nil {
            throw parser.error("'\(text)' is no regular expression", at: pattern.range)
        }
        stage.pattern = pattern
        return stage
    }

    var pattern: Word
    var ignoresCase = false
    var inverts = false

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        let text = try environment.text(pattern)
        guard let regex = try? Regex(text).ignoresCase(ignoresCase) else {
            throw Failure(.failed, "'\(text)' is no regular expression")
        }
        let inverts = inverts
        return StageSource(over: upstream, shape: upstream.shape) { () async throws(Failure) in
            while let row = try await upstream.next() {
                let line = row.fieldNames.map { row.field($0)?.str ?? "" }.joined(separator: "\t")
                if (line.firstMatch(of: regex) != nil) != inverts { return row }
            }
            return nil
        }
    }
}
