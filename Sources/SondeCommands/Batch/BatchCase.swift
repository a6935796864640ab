internal import SafeExpression

/// One line of a batch, in the shape of the expression corpus:
/// `{"id","expr","vars"}`, and what its value should be if that is said.
struct BatchCase {
    let id: Value
    /// The line as it stands.
    let line: ArraySlice<UInt8>
    /// The expression as it stands, lone surrogates included.
    let source: [UInt8]
    let variables: [(name: String, value: Value)]
    private let expectation: Expectation?

    /// What the line says should become of it.
    private enum Expectation {
        case repr(String)
        case error(String)
        case rejection
    }

    /// Why a line is none.
    struct Malformed: Error {
        let message: String
    }

    /// - Parameter line: The text of the line.
    /// - Throws: ``Malformed`` when it has not the shape.
    init(line: ArraySlice<UInt8>) throws(Malformed) {
        let data: Value
        do {
            // As deep as the corpus' attacks go; the default is for what a target sends.
            data = try Value(json: line, tagged: false, maximumDepth: 5_000)
        } catch {
            throw Malformed(message: "no JSON: \(error.message)")
        }
        guard let source = data["expr"]?.utf8 else { throw Malformed(message: "no text under 'expr'") }
        guard let variables = (data["vars"] ?? .dict([])).asDict else {
            throw Malformed(message: "'vars' is no object")
        }
        id = data["id"] ?? .none
        self.line = line
        self.source = source
        self.variables = variables.map { ($0.key.str, $0.value == .string("__nan__") ? .float(.nan) : $0.value) }
        if let repr = data["expect_repr"]?.asString {
            expectation = .repr(repr)
        } else if let kind = data["expect_error_type"]?.asString {
            expectation = .error(kind)
        } else {
            expectation = data["expect"]?.asString == "reject" ? .rejection : nil
        }
    }

    /// Checks it as an expression over its own variables.
    func compile() throws(Diagnostic) -> Expression {
        try Expression.compile(utf8: source, names: .declared(variables.map(\.name)))
    }

    /// What is wrong with an answer; nil when it is as the line wants it, or the line wants nothing.
    ///
    /// An error that is expected may also be met by a refusal, or by a limit.
    func complaint(about answer: BatchAnswer) -> String? {
        switch (expectation, answer.outcome) {
        case (nil, _): return nil
        case (.repr(let wanted), .success(let repr)): return repr == wanted ? nil : "gives \(repr), not \(wanted)"
        case (.repr, .failure(let error)): return "fails: \(error.kind): \(error.message)"
        case (.error(let wanted), .success(let repr)): return "gives \(repr), not \(wanted)"
        case (.error(let wanted), .failure(let error)):
            return error.isRefusal || error.kind == wanted ? nil : "fails with \(error.kind), not \(wanted)"
        case (.rejection, .success(let repr)): return "is not refused: it gives \(repr)"
        case (.rejection, .failure(let error)):
            return error.isRefusal ? nil : "is not refused, it fails: \(error.kind): \(error.message)"
        }
    }
}
