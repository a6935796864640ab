internal import SafeExpression

/// A compiled expression and the place where it was written.
///
/// Script variables stand in it as `$name`. The expression language has no such names, so while it is compiled the `$`
/// is written as a letter of its own, one code point for one, and every range stays true.
struct BoundExpression: Sendable {
    /// The letter that stands for `$`. It is an identifier's letter, unchanged by normalisation, and used by nobody.
    static let mark: Unicode.Scalar = "\u{03DE}"

    /// The compiled expression.
    let expression: Expression
    /// The text it was written in.
    let source: SourceText
    /// Where its first code point stands in that text.
    let offset: Int
    /// Where it was written.
    let range: Range<Int>

    /// The expression as it was written, for messages and column names.
    var text: String { String(range, in: source) }

    /// The names of the host, without script variables.
    var hostNames: [String] { expression.names.filter { $0.unicodeScalars.first != Self.mark } }

    /// The script variables that it names with `$`.
    var variables: [String] {
        expression.names.filter { $0.unicodeScalars.first == Self.mark }.map { String($0.dropFirst()) }
    }

    /// Where a range of the expression stands in the source.
    func place(of inner: Range<Int>) -> Failure.Place {
        let start = min(max(inner.lowerBound + offset, range.lowerBound), range.upperBound)
        let end = min(max(inner.upperBound + offset, start), range.upperBound)
        return Failure.Place(source: source, range: start..<end)
    }

    /// What the evaluator said, at its place.
    func failure(_ diagnostic: Diagnostic) -> Failure {
        Failure(diagnostic) { place(of: $0) }
    }
}

extension Failure {
    /// A diagnostic of the expression language, placed in the text around the expression.
    init(_ diagnostic: Diagnostic, place: (Range<Int>) -> Place) {
        let dollar = { (text: String) in
            String(scalars: text.unicodeScalars.map { $0 == BoundExpression.mark ? "$" : $0 })
        }
        var isRuntime = false
        if case .runtime = diagnostic.kind { isRuntime = true }
        if case .limit = diagnostic.kind { isRuntime = true }
        self.init(isRuntime ? .failed : .usage, dollar(diagnostic.message), hint: diagnostic.hint.map(dollar))
        self.place = place(diagnostic.range)
        self.isRuntime = isRuntime
    }
}
