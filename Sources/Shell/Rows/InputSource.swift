public import SafeExpression

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

/// A row that came as a line of JSON: only what an expression or a renderer asks for is decoded.
public struct JSONRow: Record {
    private let object: JSONObject

    /// Makes a row of an object.
    public init(_ object: JSONObject) { self.object = object }

    /// The name of the type as an error would say it.
    public var typeName: String { "row" }

    /// The object's keys.
    public var fieldNames: [String] { object.keys }

    /// A member's value.
    public func field(_ name: String) -> Value? { object[name] }

    /// The row as text.
    public var repr: String {
        "row(" + fieldNames.map { "\($0)=\((object[$0] ?? .none).repr)" }.joined(separator: ", ") + ")"
    }
}
