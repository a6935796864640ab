/// A checked expression, ready to be evaluated any number of times and to be sent to an agent.
public struct Expression: Sendable {
    /// The text it was compiled from.
    public let source: String
    /// The host's variables that it names, in the order of first use; they are the slots of ``evaluate(_:)``.
    public let names: [String]

    /// Checks an expression and makes it ready.
    ///
    /// - Parameters:
    ///   - source: The text.
    ///   - names: Which variables it may name.
    ///   - limits: What it may use, in length and when it is evaluated.
    /// - Returns: The expression.
    /// - Throws: ``Diagnostic`` when the text is no expression of the language.
    public static func compile(
        _ source: String, names: Names = .open, limits: Limits = .default
    ) throws(Diagnostic) -> Expression {
        throw Diagnostic(kind: .rejected, message: "the compiler is being built", range: 0..<0)
    }

    /// The places where a variable is named.
    ///
    /// - Parameter name: One of ``names``.
    /// - Returns: Ranges in code points of the source.
    public func ranges(of name: String) -> [Range<Int>] { [] }

    /// Evaluates with the variables' values in the order of ``names``.
    ///
    /// - Parameter slots: A value for each of ``names``.
    /// - Returns: The value.
    /// - Throws: ``Diagnostic`` with Python's error, or with the limit that was reached.
    public func evaluate(_ slots: [Value]) throws(Diagnostic) -> Value {
        throw Diagnostic(kind: .rejected, message: "the evaluator is being built", range: 0..<0)
    }

    /// Evaluates with variables that are looked up by name.
    ///
    /// - Parameter lookup: Gives a variable's value, or nil if there is none, which is a `NameError`.
    /// - Returns: The value.
    /// - Throws: ``Diagnostic`` with Python's error, or with the limit that was reached.
    public func evaluate(lookup: (String) -> Value?) throws(Diagnostic) -> Value {
        var slots: [Value] = []
        slots.reserveCapacity(names.count)
        for name in names {
            guard let value = lookup(name) else {
                throw Diagnostic(
                    kind: .runtime("NameError"), message: "name '\(name)' is not defined",
                    range: ranges(of: name).first ?? 0..<0)
            }
            slots.append(value)
        }
        return try evaluate(slots)
    }

    /// Evaluates to what `bool()` of the value is.
    ///
    /// - Parameter lookup: Gives a variable's value, or nil if there is none, which is a `NameError`.
    /// - Returns: Whether the value counts as true.
    /// - Throws: ``Diagnostic`` with Python's error, or with the limit that was reached.
    public func isTrue(lookup: (String) -> Value?) throws(Diagnostic) -> Bool {
        try evaluate(lookup: lookup).isTruthy
    }

    /// The checked tree as data, as the agent gets it; see the notes on the protocol.
    public var tree: Value { .dict([]) }
}
