internal import ArgumentParser
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

    @Argument(help: "The expression.")
    var expression: String

    mutating func validate() throws {
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
        let variables = try variables()
        var compiled: Expression?
        do throws(Diagnostic) {
            let expression = try Expression.compile(expression, names: .declared(variables.keys.sorted()))
            compiled = expression
            let value = try expression.evaluate { variables[$0] }
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
