/// One option of a command.
public struct CommandOption: Sendable {
    /// What an option's value must be.
    public enum Kind: Sendable, Equatable {
        /// It has no value.
        case flag
        /// A whole number that is not negative.
        case count
        /// A number that is not negative.
        case number
        /// A time, such as `10s`.
        case duration
        /// Any text.
        case text
        /// One of these words.
        case choice([String])
        /// An expression: what is left of the command, or one quoted text.
        case expression
    }

    /// Its name without dashes; one letter stands after one dash, a longer name after two.
    public let name: String
    /// Another name of it.
    public let alias: String?
    /// What its value must be.
    public let kind: Kind
    /// The value that it has when it is not given, as it would be written.
    public let defaultText: String?
    /// One line for the help.
    public let summary: String

    /// Makes an option.
    public init(_ name: String, alias: String? = nil, _ kind: Kind, default text: String? = nil, _ summary: String) {
        self.name = name
        self.alias = alias
        self.kind = kind
        self.defaultText = text
        self.summary = summary
    }

    /// How it is written, such as `-n`.
    public var flag: String { Self.dashed(name) }

    /// How it and its alias are written with a value, such as `-n, --times N`.
    public var usage: String {
        let names = [name, alias].compactMap { $0 }.map(Self.dashed).joined(separator: ", ")
        return placeholder.map { "\(names) \($0)" } ?? names
    }

    /// What stands for its value in a usage line.
    public var placeholder: String? {
        switch kind {
        case .flag: nil
        case .count: "N"
        case .number: "X"
        case .duration: "D"
        case .text: name.count > 1 ? name.uppercased() : "TEXT"
        case .choice(let words): words.joined(separator: "|")
        case .expression: "EXPR"
        }
    }

    static func dashed(_ name: String) -> String { (name.count == 1 ? "-" : "--") + name }

    /// Reads a value.
    ///
    /// - Throws: `Failure` that says what is expected.
    func value(of text: String) throws(Failure) -> OptionValue {
        switch kind {
        case .flag:
            throw Failure(.usage, "\(flag) takes no value")
        case .count:
            guard let count = Int(text), count >= 0 else {
                throw Failure(.usage, "\(flag) needs a whole number from 0, not '\(text)'")
            }
            return .count(count)
        case .number:
            guard let number = Double(text), number >= 0, number.isFinite else {
                throw Failure(.usage, "\(flag) needs a number from 0, not '\(text)'")
            }
            return .number(number)
        case .duration:
            guard let duration = Duration(written: text) else {
                throw Failure(.usage, "\(flag) needs a time, not '\(text)'", hint: "write 250ms, 10s or 2m")
            }
            return .duration(duration)
        case .text, .expression:
            return .text(text)
        case .choice(let words):
            guard words.contains(text) else {
                throw Failure(
                    .usage, "\(flag) has no choice '\(text)'",
                    hint: [didYouMean(text, among: words), "choose from \(words.joined(separator: ", "))"]
                        .compactMap { $0 }.joined(separator: " "))
            }
            return .text(text)
        }
    }
}

/// The value of an option.
enum OptionValue: Sendable, Equatable {
    case flag
    case count(Int)
    case number(Double)
    case duration(Duration)
    case text(String)
}
