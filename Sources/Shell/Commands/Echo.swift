/// `echo`: a text.
enum Echo {
    static let command: Command = Command(
        "echo", group: .shell, summary: "write a text, with $name and {expression} put in",
        input: .words([.init("TEXT", isOptional: true, isRepeated: true)]),
        examples: [
            .init("echo \"nothing was slow\"", "a text"),
            .init("let limit = 20; echo \"slower than {limit * 2} ms\"", "a text with a value"),
        ]
    ) { (invocation) throws(Failure) in
        // A value may come from the target: a terminal must not obey it.
        let text = invocation.words.joined(separator: " ")
        guard invocation.state.front.isPersonLooking else {
            try invocation.state.write(text + "\n")
            return .nothing
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        try invocation.state.write(lines.map { safe(String($0), tabs: "\t") }.joined(separator: "\n") + "\n")
        return .nothing
    }
}
