internal import SafeExpression
internal import Shell

/// Rows out of JSON lines on standard input.
///
/// `@unchecked Sendable`: the pipeline asks for one row after another, never two at once.
final class JSONLines: @unchecked Sendable {
    private let front: any Front
    private let lines = LineReader(0)
    private var broken = 0
    private var isUnreadable = false

    init(front: any Front) {
        self.front = front
    }

    /// Whether anything could not be read.
    var hasFailed: Bool { broken > 0 || isUnreadable }

    /// The next line's value; nil at the end. A line that is no JSON is left out and counted, the first one shown.
    func next() async -> Value? {
        while let text = await nextLine() {
            if text.isBlank { continue }
            do {
                // An object stays text until something of it is asked for.
                if let object = try JSONObject(json: text, tagged: false) { return .record(JSONRow(object)) }
                return try Value(json: text, tagged: false)
            } catch {
                broken += 1
                if broken == 1 {
                    front.report("standard input:\(lines.count): warning: no JSON, left out: \(error.message)\n")
                }
            }
        }
        return nil
    }

    /// Tells how many lines were left out, if the one that was shown is not the only one.
    func finish() {
        if broken > 1 { front.report("standard input: warning: \(broken) lines were no JSON and were left out\n") }
    }

    private func nextLine() async -> ArraySlice<UInt8>? {
        do {
            return try await lines.next()
        } catch {
            isUnreadable = true
            front.report("error: cannot read standard input: \(error.message)\n")
            return nil
        }
    }
}
