internal import SafeExpression

/// Rows that the front hands in, such as JSON lines from standard input.
final class InputSource: RowSource {
    let shape = Shape(columns: [], isOpen: true, isStream: true)
    private let read: @Sendable () async -> Value?
    private let cancellation: Cancellation
    private var isEnded = false

    init(_ read: @escaping @Sendable () async -> Value?, cancellation: Cancellation) {
        self.read = read
        self.cancellation = cancellation
    }

    func next() async throws(Failure) -> (any Record)? {
        if isEnded { return nil }
        guard let value = try await cancellation.wait(read) else {
            isEnded = true
            return nil
        }
        if case .object(let box) = value { return box.record }
        guard let members = value.asDict else { return TableRow(["value"], [value]) }
        return TableRow(members.map(\.key.str), members.map(\.value))
    }

    func close() async { isEnded = true }
}
