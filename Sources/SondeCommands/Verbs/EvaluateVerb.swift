internal import ArgumentParser
internal import Glibc
internal import SafeExpression
internal import Shell

/// `sonde eval`: the expression language alone.
struct EvaluateVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "sonde eval", abstract: "Evaluate an expression, without a target.",
        discussion: "The value is written as Python's repr, or as JSON with -o json.")

    @OptionGroup var output: OutputOptions

    @Option(name: .customLong("var"), help: ArgumentHelp("A variable and its value in JSON.", valueName: "name=json"))
    var assignments: [String] = []

    @Option(
        help: ArgumentHelp(
            "Evaluate each line of a file instead, - for standard input: {\"id\",\"expr\",\"vars\"} in, {\"id\",\"repr\"} or "
                + "{\"id\",\"error\"} out.", valueName: "file"))
    var batch: String?

    @Flag(help: "With --batch: hold each answer against the line's expect_repr, expect_error_type or expect.")
    var check = false

    @Option(
        help: ArgumentHelp("With --batch: evaluate as the agent does, in this interpreter.", valueName: "path"))
    var python: String?

    @Argument(help: "The expression.")
    var expression: String?

    mutating func validate() throws {
        if batch == nil {
            if check { throw ValidationError("--check goes with --batch.") }
            if python != nil { throw ValidationError("--python goes with --batch.") }
            if expression == nil { throw ValidationError("An expression is missing, or --batch with a file.") }
        } else if expression != nil {
            throw ValidationError("With --batch the expressions stand in the file.")
        } else if !assignments.isEmpty {
            throw ValidationError("With --batch the variables stand in the file.")
        } else if output.format != nil {
            throw ValidationError("With --batch the answers are JSON lines.")
        }
        _ = try variables()
        if let format = output.format?.value, ![.json, .jsonl, .table].contains(format) {
            throw ValidationError("A single value is no table: only json, jsonl and table can be asked for.")
        }
    }

    private func variables() throws -> [String: Value] {
        var variables: [String: Value] = [:]
        for text in assignments {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("--var needs name=json, not '\(text)'.")
            }
            let name = String(text[..<equals])
            let json = String(text[text.index(after: equals)...])
            do {
                variables[name] = try Value(json: json, tagged: false)
            } catch {
                throw ValidationError(
                    "The value of '\(name)' is no JSON: \(error.message). A text is written '\(name)=\"…\"'.")
            }
        }
        return variables
    }

    func execute() async throws -> ExitStatus {
        let front = StreamFront(color: output.color.value)
        if let batch { return await run(batch: batch, front) }
        return try evaluate(expression ?? "", front)
    }

    private func run(batch path: String, _ front: StreamFront) async -> ExitStatus {
        let name = path == "-" ? "standard input" : path
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            front.report("error: cannot read \(name): \(StandardInput.SystemError(number: errno).message)\n")
            return .usage
        }
        defer { if path != "-" { close(descriptor) } }
        let batch = Batch(front: front, name: name, checks: check)
        let lines = LineReader(descriptor)
        guard let python else { return await batch.run(lines) { Batch.evaluate($0) } }
        do {
            return try await AgentEvaluator.run(python) { await batch.run(lines, $0) }
        } catch {
            front.report("error: \(error.message)\n")
            return .failed
        }
    }

    private func evaluate(_ expression: String, _ front: StreamFront) throws -> ExitStatus {
        let variables = try variables()
        var compiled: Expression?
        do throws(Diagnostic) {
            let ready = try Expression.compile(expression, names: .declared(variables.keys.sorted()))
            compiled = ready
            let value = try ready.evaluate { variables[$0] }
            var bytes: [UInt8] = []
            switch output.format?.value {
            case .json, .jsonl: value.encodeJSON(into: &bytes, style: .plain)
            default: bytes = Array(value.repr.utf8)
            }
            _ = front.write(String(decoding: bytes, as: UTF8.self) + "\n")
        } catch {
            front.report(error.rendered(source: expression, color: front.colorsReports) + "\n")
            return compiled == nil ? .usage : .failed
        }
        return .done
    }
}
