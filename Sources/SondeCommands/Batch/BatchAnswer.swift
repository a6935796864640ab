internal import SafeExpression

/// What became of one line of a batch.
struct BatchAnswer {
    let id: Value
    /// Python's `repr` of the value, or why there is none.
    let outcome: Result<String, Problem>
    /// The CPU time that checking, compiling and evaluating took.
    let microseconds: Double

    /// Why there is no value; the place in code points of the source.
    struct Problem: Error {
        /// `SyntaxError`, `Rejected`, `UnknownName`, `Limit`, or Python's name of the error.
        let kind: String
        let message: String
        let start: Int
        let end: Int

        /// Whether the language said no, not Python.
        var isRefusal: Bool { ["SyntaxError", "Rejected", "UnknownName", "Limit"].contains(kind) }
    }

    /// The answer as a line of JSON.
    var line: String {
        var fields: [(key: Value, value: Value)] = [(.string("id"), id)]
        switch outcome {
        case .success(let repr): fields.append((.string("repr"), .string(repr)))
        case .failure(let error):
            let parts: [(key: Value, value: Value)] = [
                (.string("kind"), .string(error.kind)), (.string("message"), .string(error.message)),
                (.string("start"), .int(error.start)), (.string("end"), .int(error.end)),
            ]
            fields.append((.string("error"), .dict(parts)))
        }
        fields.append((.string("us"), .float((microseconds * 10).rounded() / 10)))
        var bytes: [UInt8] = []
        Value.dict(fields).encodeJSON(into: &bytes, style: .plain)
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}

extension BatchAnswer.Problem {
    init(_ diagnostic: Diagnostic) {
        self.init(
            kind: diagnostic.kindName, message: diagnostic.message, start: diagnostic.range.lowerBound,
            end: diagnostic.range.upperBound)
    }
}
