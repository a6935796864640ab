/// What is wrong with an expression, or with its evaluation, and where.
public struct Diagnostic: Error, Sendable, Equatable {
    /// What sort of error it is.
    public enum Kind: Sendable, Equatable {
        /// The text is no expression.
        case syntax
        /// Legal Python that the language refuses.
        case rejected
        /// A name that is neither declared nor built in.
        case unknownName
        /// A limit was reached.
        case limit(Limits.Name)
        /// Python's own error, by its type's name; `Cut` where capture left out what is needed.
        case runtime(String)
    }

    /// What sort of error it is.
    public let kind: Kind
    /// What a user reads.
    public let message: String
    /// The place, in code points of the source.
    public let range: Range<Int>
    /// What to do about it, or a fact that explains it.
    public let hint: String?

    /// Makes a diagnostic.
    ///
    /// - Parameters:
    ///   - kind: What sort of error it is.
    ///   - message: What a user reads.
    ///   - range: The place, in code points of the source.
    ///   - hint: What to do about it, or a fact that explains it.
    public init(kind: Kind, message: String, range: Range<Int>, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.range = range
        self.hint = hint
    }

    /// The kind as one word: `SyntaxError`, `Rejected`, `UnknownName`, `Limit`, or Python's error name.
    public var kindName: String {
        switch kind {
        case .syntax: "SyntaxError"
        case .rejected: "Rejected"
        case .unknownName: "UnknownName"
        case .limit: "Limit"
        case .runtime(let name): name
        }
    }
}
