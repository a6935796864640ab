internal import ArgumentParser
internal import SafeExpression
internal import Shell

/// `sonde where`: filters JSON lines from standard input, with further stages behind it.
struct WhereVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde where", abstract: "Filter JSON lines from standard input.",
        usage: "sonde where 'EXPR [| STAGE]...' [options]",
        discussion: "Stages follow behind bars, as at the prompt: sonde where 'cost > 100 | sort cost desc | head 5'.")

    @OptionGroup var options: RunOptions

    @Argument(help: "The condition, and further stages.")
    var expression: String

    func execute() async throws -> ExitStatus {
        var options = options
        // JSON lines in, JSON lines out.
        options.output.format = options.output.format ?? Choice(.jsonl)
        let run = ShellRun(options)
        let lines = JSONLines(front: run.front)
        let status = await run.run("where") {
            await $0.run(stages: "where " + expression, rows: { await lines.next() })
        }
        lines.finish()
        return await run.finish(status == .done && lines.hasFailed ? .failed : status)
    }
}
