/// `help`: what the command table says.
enum Help {
    static let command: Command = Command(
        "help", aliases: ["?"], group: .shell, summary: "list the commands, or explain one",
        input: .words([.init("COMMAND", isOptional: true, completion: .command)]),
        examples: [.init("help", "all commands"), .init("help watch", "one of them")]
    ) { (invocation) throws(Failure) in
        guard let name = invocation.words.first else {
            try invocation.state.write(HelpText.overview())
            return .nothing
        }
        guard let text = HelpText.topic(name) else {
            let names = CommandTable.standard.names + StageTable.standard.names + Keywords.names
            throw Failure(
                .usage, "there is no command '\(name)'", hint: didYouMean(name, among: names) ?? "help lists them")
        }
        try invocation.state.write(text)
        return .nothing
    }
}
