public import SafeExpression

/// One record that a probe emitted, with the shell's names for its columns.
///
/// The columns are `ts func cost arg args kwargs result error thread`, and what a command adds (`stack`, …). The
/// mapping from the wire's names stands here and nowhere else. A name that is no column is looked up among the
/// function's parameters, so that a guard means the same behind the bar.
///
/// It stays the text that came over the wire: a value is decoded when a stage or a renderer asks for it.
public struct Observation: Record {
    /// The columns of every observation, in the order they are shown.
    public static let columns = ["ts", "func", "cost", "arg", "args", "kwargs", "result", "error", "thread"]

    /// From the shell's name to the wire's, where they differ.
    private static let wireNames = ["ts": "timestamp", "func": "func_name", "cost": "duration_ms", "params": "args"]

    /// What belongs to the wire and to no column.
    private static let envelope: Set<String> = ["type", "watch_id", "timestamp", "func_name", "duration_ms"]

    private let wire: JSONObject

    /// Makes an observation of a message with the wire's names.
    public init(wire: JSONObject) {
        self.wire = wire
    }

    /// The name of the type as an error would say it.
    public var typeName: String { "observation" }

    /// The columns that this observation has.
    public var fieldNames: [String] {
        let present = wire.keys
        let standard = Self.columns.filter { present.contains(Self.wireNames[$0] ?? $0) }
        let extra = present.filter { !Self.envelope.contains($0) && !Self.columns.contains($0) }
        return standard + extra
    }

    /// A column's value, or a parameter's, or nil.
    public func field(_ name: String) -> Value? {
        if !Self.envelope.contains(name), let value = wire[Self.wireNames[name] ?? name] {
            switch name {
            // In the target they are a tuple, and a namespace of the parameters; a stage sees them as a guard does.
            case "args", "params": return value.asList.map(Value.tuple) ?? value
            case "arg": return value.asDict.map { .record(Arguments(members: $0)) } ?? value
            default: return value
            }
        }
        return wire.object("arg")?[name]
    }

    /// The record as text.
    public var repr: String {
        "observation(" + fieldNames.map { "\($0)=\(field($0)?.repr ?? "None")" }.joined(separator: ", ") + ")"
    }
}

/// A call's parameters by name: what `arg.NAME` reads.
public struct Arguments: Record {
    private let members: [(key: Value, value: Value)]

    init(members: [(key: Value, value: Value)]) {
        self.members = members
    }

    /// The name of the type as an error would say it.
    public var typeName: String { "arguments" }

    /// The parameters' names, in the function's order.
    public var fieldNames: [String] { members.compactMap(\.key.asString) }

    /// A parameter's value.
    public func field(_ name: String) -> Value? {
        members.first { $0.key.asString == name }?.value
    }

    /// The parameters as a call writes them.
    public var repr: String {
        "(" + members.map { "\($0.key.str)=\($0.value.repr)" }.joined(separator: ", ") + ")"
    }
}
