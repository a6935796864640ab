@testable import Shell

/// Statements as one line of text, to compare in tests.
func describe(_ statements: [Statement]) -> String { statements.map(describe).joined(separator: "; ") }

func describe(_ statement: Statement) -> String {
    switch statement.kind {
    case .pipeline(let pipeline): describe(pipeline)
    case .parameter(let name, let value): "param \(name)" + (value.map { " = <\($0.text)>" } ?? "")
    case .assignment(let name, let operand): "let \(name) = \(describe(operand))"
    case .conditional(let branches, let otherwise):
        branches.map { "if <\($0.condition.text)> {\(describe($0.body))}" }.joined(separator: " else ")
            + (otherwise.isEmpty ? "" : " else {\(describe(otherwise))}")
    case .forLoop(let name, let operand, let body): "for \(name) in \(describe(operand)) {\(describe(body))}"
    case .whileLoop(let condition, let body): "while <\(condition.text)> {\(describe(body))}"
    case .repeatLoop(let count, let interval, let body):
        "repeat <\(count.text)>" + (interval.map { " every \(describe($0))" } ?? "") + " {\(describe(body))}"
    case .timeout(let limit, let body): "timeout \(describe(limit)) {\(describe(body))}"
    case .pause(let time): "wait \(describe(time))"
    case .waitUntil(let condition, let limit):
        "wait until <\(condition.text)>" + (limit.map { " timeout \(describe($0))" } ?? "")
    case .included(let source, let statements): "source \(source.name ?? "") {\(describe(statements))}"
    case .deferred(let body): "defer {\(describe(body))}"
    case .breakLoop: "break"
    case .continueLoop: "continue"
    case .onError(let stops): "on error \(stops ? "stop" : "continue")"
    case .expect(let condition, let message):
        "expect <\(condition.text)>" + (message.map { " \(describe($0))" } ?? "")
    case .assert(let condition, let message):
        "assert <\(condition.text)>" + (message.map { " \(describe($0))" } ?? "")
    }
}

func describe(_ operand: Statement.Operand) -> String {
    switch operand {
    case .expression(let bound): "<\(bound.text)>"
    case .pipeline(let pipeline): "(\(describe(pipeline)))"
    }
}

func describe(_ pipeline: Pipeline) -> String {
    var parts: [String] = []
    switch pipeline.origin {
    case .command(let call): parts.append(describe(call))
    case .variable(let name, _): parts.append("$\(name)")
    case .input: parts.append("input")
    }
    parts += pipeline.stages.map(describe)
    if let format = pipeline.format { parts.append("to \(format.rawValue)") }
    if let save = pipeline.save { parts.append("save \(describe(save.file))\(save.appends ? " -a" : "")") }
    return parts.joined(separator: " | ")
}

func describe(_ call: CommandCall) -> String {
    var parts = [call.command.name] + call.words.map(describe)
    parts += call.options.map { use in
        let value = use.value.map(describe) ?? use.expression.map { "<\($0.text)>" }
        return use.option.flag + (value.map { "=\($0)" } ?? "")
    }
    if let expression = call.expression { parts.append("<\(expression.text)>") }
    if let condition = call.condition { parts.append("if <\(condition.text)>") }
    return parts.joined(separator: " ")
}

func describe(_ word: Word) -> String {
    "'"
        + word.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .variable(let name, _): "$\(name)"
            case .value(let bound): "{\(bound.text)}"
            }
        }.joined() + "'"
}

private func describe(_ stage: any Stage) -> String {
    switch stage {
    case let stage as WhereStage: "where <\(stage.condition.text)>"
    case let stage as SelectStage:
        "select "
            + stage.items.map { $0.name == $0.value.text ? $0.name : "\($0.name)=<\($0.value.text)>" }
            .joined(separator: ", ")
    case let stage as SortStage: "sort <\(stage.key.text)>\(stage.descends ? " desc" : "")"
    case let stage as HeadStage: "head \(describe(stage.count))"
    case let stage as TailStage: "tail \(describe(stage.count))"
    case let stage as UniqStage: "uniq <\(stage.key.text)>"
    case let stage as CountStage: "count" + (stage.key.map { " by <\($0.text)>" } ?? "")
    case let stage as StatsStage: "stats <\(stage.value.text)>" + (stage.key.map { " by <\($0.text)>" } ?? "")
    case let stage as HistStage: "hist <\(stage.value.text)>"
    case let stage as GrepStage:
        "grep\(stage.ignoresCase ? " -i" : "")\(stage.inverts ? " -v" : "") \(describe(stage.pattern))"
    case let stage as TeeStage: "tee \(describe(stage.file))"
    default: "?"
    }
}
