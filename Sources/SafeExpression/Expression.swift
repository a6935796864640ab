/// A checked expression, ready to be evaluated any number of times, on any thread, and to be sent to an agent.
public struct Expression: Sendable {
    /// The text it was compiled from.
    public let source: String
    /// The host's variables that it names, in the order of first use; they are the slots of ``evaluate(_:)``.
    public let names: [String]
    private let program: Program

    private init(_ source: String, _ program: Program) {
        self.source = source
        self.program = program
        names = program.tree.names
    }

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
        Expression(source, try Program(Array(source.utf8), names: names, limits: limits))
    }

    /// Checks an expression that comes as bytes, which need not be text.
    ///
    /// - Parameters:
    ///   - utf8: The bytes; anything but UTF-8 is refused.
    ///   - names: Which variables it may name.
    ///   - limits: What it may use, in length and when it is evaluated.
    /// - Returns: The expression.
    /// - Throws: ``Diagnostic`` when the bytes are no expression of the language.
    public static func compile(
        utf8: [UInt8], names: Names = .open, limits: Limits = .default
    ) throws(Diagnostic) -> Expression {
        let program = try Program(utf8, names: names, limits: limits)
        return Expression(String(decoding: utf8, as: UTF8.self), program)
    }

    /// The places where a variable is named.
    ///
    /// - Parameter name: One of ``names``.
    /// - Returns: Ranges in code points of the source.
    public func ranges(of name: String) -> [Range<Int>] {
        program.tree.nodes.compactMap { node in
            if case .name(name) = node.content { node.range } else { nil }
        }
    }

    /// Evaluates with the variables' values in the order of ``names``.
    ///
    /// - Parameter slots: A value for each of ``names``.
    /// - Returns: The value.
    /// - Throws: ``Diagnostic`` with Python's error, or with the limit that was reached.
    public func evaluate(_ slots: [Value]) throws(Diagnostic) -> Value {
        precondition(slots.count == names.count, "a value for each of the expression's names")
        return try program.evaluate(slots)
    }

    /// Evaluates with variables that are looked up by name.
    ///
    /// - Parameter lookup: Gives a variable's value, or nil if there is none, which is a `NameError`.
    /// - Returns: The value.
    /// - Throws: ``Diagnostic`` with Python's error, or with the limit that was reached.
    public func evaluate(lookup: (String) -> Value?) throws(Diagnostic) -> Value {
        try program.evaluate(slots(lookup))
    }

    /// Evaluates to what `bool()` of the value is.
    ///
    /// - Parameter slots: A value for each of ``names``.
    /// - Returns: Whether the value counts as true.
    /// - Throws: ``Diagnostic`` with Python's error, or with the limit that was reached.
    public func isTrue(_ slots: [Value]) throws(Diagnostic) -> Bool {
        precondition(slots.count == names.count, "a value for each of the expression's names")
        return try program.isTrue(slots)
    }

    /// Evaluates to what `bool()` of the value is, with variables that are looked up by name.
    ///
    /// - Parameter lookup: Gives a variable's value, or nil if there is none, which is a `NameError`.
    /// - Returns: Whether the value counts as true.
    /// - Throws: ``Diagnostic`` with Python's error, or with the limit that was reached.
    public func isTrue(lookup: (String) -> Value?) throws(Diagnostic) -> Bool { try program.isTrue(slots(lookup)) }

    private func slots(_ lookup: (String) -> Value?) throws(Diagnostic) -> [Value] {
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
        return slots
    }

    /// The checked tree as data: `{"v": 1, "root": [op, start, end, …]}`, as the agent takes it.
    public var tree: Value { TreeData.make(program.tree) }
}
