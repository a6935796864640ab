internal import SafeExpression

/// `set`: the shell's settings.
enum SetOption {
    static let command: Command = Command(
        "set", group: .shell, summary: "show or change a setting: format, timeout, quiet",
        input: .words([
            .init("NAME", isOptional: true, completion: .setting), .init("VALUE", isOptional: true),
        ]),
        examples: [.init("set format jsonl", "JSON lines from now on"), .init("set", "all settings")],
        columns: [Column("name", .text, "the setting"), Column("value", .text, "its value")]
    ) { (invocation) throws(Failure) in
        let state = invocation.state
        guard let name = invocation.words.first else { return .rows(list(all(state))) }
        guard let current = all(state).first(where: { $0.0 == name }) else {
            let names = all(state).map(\.0)
            throw Failure(
                .usage, "there is no setting '\(name)'",
                hint: didYouMean(name, among: names) ?? "there are \(names.joined(separator: ", "))")
        }
        guard invocation.words.count > 1 else { return .rows(list([current])) }
        try change(name, to: invocation.words[1], in: state)
        return .nothing
    }

    /// The names of the settings.
    static let names = ["format", "timeout", "quiet", "allow"]

    private static func all(_ state: ShellState) -> [(String, String)] {
        [
            ("format", state.options.format?.rawValue ?? "table"),
            ("timeout", state.options.requestTimeout.written), ("quiet", state.options.isQuiet ? "on" : "off"),
            ("allow", state.options.allow.rawValue),
        ]
    }

    private static func list(_ settings: [(String, String)]) -> any RowSource {
        RowList(
            settings.map { TableRow(["name", "value"], [.string($0.0), .string($0.1)]) },
            shape: Shape(columns: command.columns))
    }

    private static func change(_ name: String, to value: String, in state: ShellState) throws(Failure) {
        switch name {
        case "format":
            let names = OutputFormat.allCases.map(\.rawValue)
            guard let format = OutputFormat(rawValue: value) else {
                throw Failure(
                    .usage, "unknown format '\(value)'",
                    hint: didYouMean(value, among: names) ?? names.joined(separator: ", "))
            }
            state.options.format = format
        case "timeout":
            guard let duration = Duration(written: value), duration > .zero else {
                throw Failure(.usage, "timeout needs a time, not '\(value)'", hint: "write 250ms, 10s or 2m")
            }
            state.options.requestTimeout = duration
        case "quiet":
            guard ["on", "off"].contains(value) else { throw Failure(.usage, "quiet is on or off") }
            state.options.isQuiet = value == "on"
        default:
            // What may be done is the choice of whoever starts sonde, and of no script.
            throw Failure(.notPermitted, "'allow' is set when sonde starts", hint: "sonde --allow \(value)")
        }
    }
}
