internal import SafeExpression
internal import Shell

/// Rows out of JSON lines on standard input.
///
/// `@unchecked Sendable`: the pipeline asks for one row after another, never two at once.
final class JSONLines: @unchecked Sendable {
    private let front: any Front
    private var bytes: [UInt8] = []
    private var position = 0
    private var searched = 0
    private var hasEnded = false
    private var line = 0
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
            line += 1
            if text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
                continue
            }
            do {
                return try Value(json: text, tagged: false)
            } catch {
                broken += 1
                if broken == 1 {
                    front.report("standard input:\(line): warning: no JSON, left out: \(error.message)\n")
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
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    position = end + 1
                    searched = position
                }
                return bytes[position..<end]
            }
            searched = bytes.count
            if hasEnded {
                defer { position = bytes.count }
                return position < bytes.count ? bytes[position...] : nil
            }
            bytes.removeFirst(position)
            searched -= position
            position = 0
            switch await StandardInput.read(0) {
            case .success(let block):
                hasEnded = block.isEmpty
                bytes += block
            case .failure(let error):
                hasEnded = true
                isUnreadable = true
                front.report("error: cannot read standard input: \(error.message)\n")
            }
        }
    }
}
