internal import ArgumentParser
internal import Shell

/// One way to call the program: a verb such as `ps`, or none to open a target.
protocol Verb: ParsableCommand {
    /// Does it.
    func execute() async throws -> ExitStatus

    /// Parses the words behind its own.
    static func parseVerb(_ arguments: [String]) throws -> any Verb
}

/// Finds the verb of a command line and parses the rest for it.
///
/// The verbs are no subcommands of the argument parser's: the first word is a target as well as a verb, and each verb's
/// help is to show its own options only.
enum CommandLineParser {
    /// The verbs, in the order in which the help lists them.
    static let verbs: [any Verb.Type] = [
        LaunchVerb.self, ProcessesVerb.self, StackVerb.self, DoctorVerb.self, EvaluateVerb.self, WhereVerb.self,
        CheckVerb.self,
        RunVerb.self,
    ]

    /// Parses a command line.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Throws: What ``message(for:)`` explains.
    static func parse(_ arguments: [String]) throws -> any Verb {
        var type: any Verb.Type = OpenVerb.self
        var rest = arguments
        if let first = arguments.first, let verb = verbs.first(where: { $0.word == first }) {
            type = verb
            rest.removeFirst()
        } else if arguments.first == "help" {
            type = arguments.dropFirst().first.flatMap { word in verbs.first { $0.word == word } } ?? OpenVerb.self
            rest = ["--help"]
        }
        do {
            if type == OpenVerb.self { return try OpenVerb.parse(ordered: rest) }
            return try type.parseVerb(rest)
        } catch {
            throw Failure(verb: type, underlying: error)
        }
    }

    /// What is wrong with a command line, or what it asked to see.
    struct Failure: Error {
        let verb: any Verb.Type
        let underlying: any Error
    }

    /// The text to show for an error, and whether it is one: help and version come as errors too.
    static func message(for error: any Error) -> (text: String, isError: Bool) {
        guard let failure = error as? Failure else { return ("error: \(error)\n", true) }
        var text = failure.verb.fullMessage(for: failure.underlying)
        let isError = !failure.verb.exitCode(for: failure.underlying).isSuccess
        if isError, text.hasPrefix("Error:") { text = "error:" + text.dropFirst("Error:".count) }
        return (text.hasSuffix("\n") ? text : text + "\n", isError)
    }
}

extension Verb {
    /// The word that calls it, such as `ps`.
    static var word: String? {
        configuration.commandName?.split(separator: " ").dropFirst().first.map(String.init)
    }

    static func parseVerb(_ arguments: [String]) throws -> any Verb { try parse(arguments) }
}
