internal import SafeExpression

/// What must hold of the language whatever bytes it is given.
///
/// The first byte of an input picks what the rest is, by its remainder of eight; the digits `0` to `7` read best.
package struct InputCheck {
    /// What the rest of an input is.
    enum Mode: UInt8 {
        /// An expression that may only name declared variables.
        case declared = 0
        /// An expression that may name anything.
        case open = 1
        /// An expression under limits that it soon reaches.
        case tight = 2
        /// JSON with the agent protocol's tagged forms.
        case tagged = 3
        /// JSON as it stands.
        case plain = 4
        /// A line of JSON, then an expression that may name it `x`.
        case data = 5
    }

    /// What an attack may take at most, in milliseconds of processor time, where the code is as fast as what is shipped.
    static let milliseconds = 50.0

    /// How many times slower than the shipped code this build is.
    let slowness: Double

    /// Checks everything that must hold of an input.
    ///
    /// - Parameters:
    ///   - input: The mode's byte, and what the language is to work on.
    ///   - slowness: How many times slower than the shipped code this build is.
    /// - Returns: What is wrong, nil if nothing is.
    package static func complaint(about input: [UInt8], slowness: Double) -> String? {
        guard let first = input.first, let mode = Mode(rawValue: first % 8) else { return nil }
        let check = InputCheck(slowness: slowness)
        let rest = Array(input[1...])
        do throws(Complaint) {
            switch mode {
            case .declared: try check.expression(rest, names: .declared(Variables.names), lookup: Variables.value)
            case .open: try check.expression(rest, names: .open, lookup: Variables.value)
            case .tight: try check.expression(rest, names: .open, limits: tight, lookup: Variables.value)
            case .tagged: try check.json(rest, tagged: true)
            case .plain: try check.json(rest, tagged: false)
            case .data:
                let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
                guard let value = try? Value(json: rest[..<end], tagged: true) else { return nil }
                try check.expression(Array(rest[end...].dropFirst()), names: .open) { $0 == "x" ? value : nil }
            }
            return nil
        } catch {
            return error.text
        }
    }

    /// Whether an input is refused before anything is evaluated: the expression, or the JSON.
    ///
    /// - Parameter input: The mode's byte, and what the language is to work on.
    /// - Returns: Whether there is an error.
    package static func isRefused(_ input: [UInt8]) -> Bool {
        guard let first = input.first, let mode = Mode(rawValue: first % 8) else { return true }
        let rest = Array(input[1...])
        switch mode {
        case .declared:
            return (try? Expression.compile(utf8: rest, names: .declared(Variables.names))) == nil
        case .open, .tight: return (try? Expression.compile(utf8: rest)) == nil
        case .tagged, .plain, .data: return (try? Value(json: rest, tagged: mode == .tagged)) == nil
        }
    }

    /// What does not hold of an input.
    struct Complaint: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    /// Demands that something holds.
    func expect(_ holds: Bool, _ text: @autoclosure () -> String) throws(Complaint) {
        if !holds { throw Complaint(text()) }
    }

    /// Does some work, which must not take long: not each time, for even processor time is longer on a busy machine.
    func timed<Result>(
        _ name: String, factor: Double = 1, _ work: () throws(Complaint) -> Result
    ) throws(Complaint) -> Result {
        var least = Double.infinity
        for _ in 0..<3 {
            let start = ThreadClock.milliseconds
            let result = try work()
            least = min(least, ThreadClock.milliseconds - start)
            if least <= Self.milliseconds * slowness * factor { return result }
        }
        throw Complaint("\(name) takes \(least) ms")
    }

    /// Limits that an expression of some tokens reaches.
    private static let tight: Limits = {
        var limits = Limits()
        limits.nodes = 60
        limits.nesting = 6
        limits.steps = 400
        limits.characters = 120
        limits.elements = 40
        limits.bytes = 8_000
        limits.bits = 200
        limits.digits = 50
        limits.width = 60
        limits.depth = 6
        return limits
    }()
}
