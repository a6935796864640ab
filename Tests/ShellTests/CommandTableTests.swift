import Testing

@testable import Shell

@Suite struct CommandTableTests {
    @Test(arguments: CommandTable.standard.commands.map(\.name))
    func command(_ name: String) throws {
        let command = try #require(CommandTable.standard[name])
        #expect(command.examples.count >= 2)
        #expect(!command.summary.isEmpty)
        for example in command.examples {
            var parser = Parser(SourceText(example.line), options: .init(refusesUnboundedStreams: true))
            #expect(throws: Never.self, "\(example.line)") { try parser.parseScript() }
            #expect(example.line.contains(name), "an example uses its command")
        }
        for option in command.options {
            if let text = option.defaultText {
                #expect(throws: Never.self) { try option.value(of: text) }
            }
        }
        let names = command.options.flatMap { [$0.name, $0.alias].compactMap { $0 } }
        #expect(Set(names).count == names.count, "two options are called the same")
        for column in command.columns { #expect(!column.summary.isEmpty, "\(column.name)") }
        if let streaming = command.streaming {
            #expect(command.options.contains { $0.name == streaming.count && $0.defaultText != "0" })
            #expect(command.options.contains { $0.name == streaming.duration })
        }
        let page = try #require(HelpText.topic(name))
        #expect(page.hasPrefix("usage: \(name)"))
        for example in command.examples { #expect(page.contains(example.line)) }
        #expect(HelpText.overview().contains("\n  \(name) "))
    }

    @Test(arguments: StageTable.standard.entries.map(\.name))
    func stage(_ name: String) throws {
        let entry = try #require(StageTable.standard[name])
        var parser = Parser(SourceText(entry.example))
        let statements = try parser.parseScript()
        guard case .pipeline(let pipeline) = try #require(statements.first).kind else {
            Issue.record("an example is a pipeline")
            return
        }
        #expect(!pipeline.stages.isEmpty)
        #expect(HelpText.topic(name)?.contains(entry.usage) == true)
        #expect(HelpText.overview().contains(entry.usage))
    }

    @Test func issueTwoIsCovered() {
        let names = [
            "watch", "trace", "stack", "monitor", "top", "tt", "thread", "sc", "sm", "eval", "exec", "status", "reset",
            "attach",
            "detach",
            "sessions",
            "use", "ps", "doctor", "help", "echo", "history", "exit", "set", "run",
        ]
        for name in names { #expect(CommandTable.standard[name] != nil, "\(name)") }
        #expect(CommandTable.standard["nothing"] == nil)
        #expect(CommandTable.standard.commands.filter { $0.allow == .exec }.map(\.name) == ["exec"])
    }

    @Test func aPageOfHelp() {
        #expect(
            HelpText.topic("reset") == """
                usage: reset [WATCH_ID]
                remove a probe, or all of them

                Examples
                  reset
                      remove all probes
                  reset watch_001
                      remove one, by its id from status

                """)
        #expect(HelpText.topic("where") == "usage: where EXPR\nkeep the rows for which it is true\n")
        #expect(HelpText.topic("nothing") == nil)
    }

    @Test func helpIsACommand() async {
        let shell = await TestShell()
        let text = await shell.mustExec("help watch")
        #expect(text.contains("-n, --times N"))
        await shell.assertExecError(
            "help wach", .usage, "error: there is no command 'wach' (did you mean 'watch'?)\n")
    }
}
