internal import AgentProtocol
internal import SafeExpression
internal import Sessions

/// Why something the user wrote was not done: one clear line, the place if there is a source text, and one hint.
public struct Failure: Error, Sendable {
    /// The kinds, which the exit status tells apart.
    public enum Kind: Sendable {
        /// A command failed.
        case failed
        /// The text is wrong.
        case usage
        /// The target is missing or its connection was lost.
        case noTarget
        /// It is not permitted.
        case notPermitted
        /// An `expect` or an `assert` did not hold.
        case expectation
        /// A deadline passed.
        case timedOut
        /// Someone interrupted it.
        case interrupted
        /// The one who reads our output went away.
        case outputClosed
    }

    /// A range of a source text.
    struct Place: Sendable {
        /// The text.
        let source: SourceText
        /// Where in it, in code points.
        let range: Range<Int>
    }

    /// The kind.
    public let kind: Kind
    /// One clear line.
    public let message: String
    /// What the user can do about it.
    public let hint: String?
    /// Further lines, shown below.
    public let details: [String]
    /// Where it was written.
    var place: Place?
    /// Whether the range is where a value went wrong, and not where the text is wrong.
    var isRuntime = false
    /// Whether it is about the pattern of a command, which is where it is shown then.
    var isAboutPattern = false
    /// The status that `exit` asked for: no failure, but it ends what runs like one.
    var exitStatus: ExitStatus?

    /// Makes a failure.
    public init(_ kind: Kind, _ message: String, hint: String? = nil, details: [String] = []) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.details = details
    }

    /// Makes a failure with a place.
    init(
        _ kind: Kind, _ message: String, hint: String? = nil, at range: Range<Int>, in source: SourceText
    ) {
        self.init(kind, message, hint: hint)
        self.place = Place(source: source, range: range)
    }

    /// The same failure, with the place added if it had none.
    func placed(at range: Range<Int>, in source: SourceText) -> Failure {
        guard place == nil else { return self }
        var copy = self
        copy.place = Place(source: source, range: range)
        return copy
    }

    /// The exit status that this failure gives.
    public var status: ExitStatus {
        switch kind {
        case .failed, .outputClosed: .failed
        case .usage: .usage
        case .noTarget: .noTarget
        case .notPermitted: .notPermitted
        case .expectation: .expectation
        case .timedOut: .timedOut
        case .interrupted: .interrupted
        }
    }
}

extension Failure {
    /// What a session could not do, in the shell's words.
    ///
    /// - Parameters:
    ///   - error: what the session said.
    ///   - guardText: the guard that the error's range is in, if a guard was sent.
    init(_ error: SessionError, guard guardText: BoundExpression? = nil) {
        var kind: Kind
        var details = error.details
        switch error.kind {
        case .noTarget, .connectionLost, .unsupported: kind = .noTarget
        case .ambiguous(let targets):
            kind = .noTarget
            details += targets.map { "\($0.pid)  \($0.commandLine)" }
        case .notPermitted: kind = .notPermitted
        case .timedOut: kind = .timedOut
        case .agent(let name):
            switch name {
            case "NotPermitted": kind = .notPermitted
            case "Timeout": kind = .timedOut
            case "UnknownName", "BadPattern", "BadTree", "BadRequest": kind = .usage
            default: kind = .failed
            }
        case .failed: kind = .failed
        }
        self.init(kind, error.message, hint: error.hint, details: details)
        isAboutPattern = error.kind == .agent("TargetNotFound") || error.kind == .agent("BadPattern")
        if let range = error.range, let guardText { place = guardText.place(of: range) }
    }

    /// The one failure of a command that needs a target and has none.
    static let noSession = Failure(.noTarget, "no target is attached", hint: "attach PID, or see ps")
    /// A command was interrupted.
    static let interrupted = Failure(.interrupted, "interrupted")
    /// The reader of our output is gone.
    static let outputClosed = Failure(.outputClosed, "the output was closed by its reader")
}
