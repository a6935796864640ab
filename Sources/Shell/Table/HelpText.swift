/// The help, made of the command table.
public enum HelpText {
    /// All commands under their headings, with the stages and the statements of scripts.
    public static func overview(_ table: CommandTable = .standard) -> String {
        var text = ""
        for group in Command.Group.allCases {
            let rows = table.commands.filter { $0.group == group }.map { ($0.name, $0.summary) }
            text += section(group.rawValue, rows)
        }
        let stages = StageTable.standard
        text += section(
            "Stages, behind a bar",
            stages.entries.map { ($0.usage, $0.summary) } + StageTable.sinks.map { ($0.usage, $0.summary) })
        text += section("Scripts", Keywords.statements.map { ($0.name, $0.summary) })
        return text + "help COMMAND tells more.\n"
    }

    /// One command, stage or statement, or nil when there is none of that name.
    public static func topic(_ name: String, _ table: CommandTable = .standard) -> String? {
        if let command = table[name] { return page(command) }
        let stage = StageTable.standard[name].map { ($0.usage, $0.summary) }
        let sink = StageTable.sinks.first { $0.name == name }.map { ($0.usage, $0.summary) }
        let statement = Keywords.statements.first { $0.name == name }.map { ($0.usage, $0.summary) }
        guard let found = stage ?? sink ?? statement else { return nil }
        return "usage: \(found.0)\n\(found.1)\n"
    }

    /// One command in full.
    public static func page(_ command: Command) -> String {
        var text = "usage: \(command.usage)\n\(command.summary)\n"
        if !command.discussion.isEmpty { text += "\n\(command.discussion)\n" }
        if !command.aliases.isEmpty { text += "\nalso called: \(command.aliases.joined(separator: ", "))\n" }
        text += "\n"
        text += section(
            "Options",
            command.options.map { option in
                (option.usage, option.summary + (option.defaultText.map { " (\($0))" } ?? ""))
            })
        text += section("Columns", command.columns.map { ($0.name, $0.summary) })
        text += "Examples\n"
        for example in command.examples { text += "  \(example.line)\n      \(example.summary)\n" }
        return text
    }

    private static func section(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let width = min(34, rows.map { DisplayWidth.of($0.0) }.max() ?? 0)
        var text = "\(title)\n"
        for (name, summary) in rows {
            let padding = String(repeating: " ", count: max(0, width - DisplayWidth.of(name)))
            text +=
                DisplayWidth.of(name) > width
                ? "  \(name)\n  \(String(repeating: " ", count: width))  \(summary)\n"
                : "  \(name)\(padding)  \(summary)\n"
        }
        return text + "\n"
    }
}
