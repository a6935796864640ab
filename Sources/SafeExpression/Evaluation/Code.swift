typealias ValueCode = @Sendable (inout State) throws(Fault) -> Value
typealias TruthCode = @Sendable (inout State) throws(Fault) -> Bool
typealias IntCode = @Sendable (inout State) throws(Fault) -> Int
/// What a link of a chain does with the value before it.
typealias LinkCode = @Sendable (Value, inout State) throws(Fault) -> Value

/// A node made ready: one closure a lane, so that a condition is computed as a Bool and a length as an Int without ever
/// becoming a `Value`.
struct Code {
    /// What is known of the operand before it runs.
    enum Shape {
        case constant(Value)
        /// A variable, or a place in one that constants name.
        case path(Path)
        /// A slice of such a place.
        case part(Path, ConstantSlice)
        case other
    }

    /// The general lane.
    var value: ValueCode
    /// The lane for conditions: what `bool(value)` is.
    var truth: TruthCode
    /// The lane for 64-bit integers, where the type is known beforehand.
    var int: IntCode?
    var shape = Shape.other
    /// Whether the value is always a boolean, so that the truth lane says it all.
    var isBool = false
    /// The last link, for a node that continues a chain.
    var link: LinkCode?
    /// Whether evaluating it again costs next to nothing and gives the same.
    var isRepeatable: Bool {
        switch shape {
        case .constant, .path: true
        case .part, .other: false
        }
    }

    /// What messages call the value: its name, or `it`.
    var label = "it"

    /// A node of which only the general lane is known.
    init(_ value: @escaping ValueCode, site: Int) {
        self.value = value
        truth = { (state) throws(Fault) in try Code.truth(of: value(&state), site, &state) }
    }

    /// A node that is always a boolean.
    init(truth: @escaping TruthCode) {
        self.truth = truth
        value = { (state) throws(Fault) in .bool(try truth(&state)) }
        isBool = true
    }

    /// A node that is always an integer of 64 bits.
    init(int: @escaping IntCode) {
        self.int = int
        value = { (state) throws(Fault) in .int(try int(&state)) }
        truth = { (state) throws(Fault) in try int(&state) != 0 }
    }

    init(constant: Value) {
        value = { (_) throws(Fault) in constant }
        let isTruthy = constant.isTruthy
        truth = { (_) throws(Fault) in isTruthy }
        shape = .constant(constant)
        if case .int(let number) = constant { int = { (_) throws(Fault) in number } }
        if case .bool = constant { isBool = true }
    }

    init(slot: Int, label: String, site: Int) {
        value = { (state) throws(Fault) in state.slots[slot] }
        truth = { (state) throws(Fault) in
            switch state.slots[slot] {
            case .bool(let flag): return flag
            case .int(let number): return number != 0
            default: return try Code.truth(of: state.slots[slot], site, &state)
            }
        }
        shape = .path(Path(slot: slot))
        self.label = label
    }

    /// `bool(value)`, which a value that capture left out does not have.
    @inline(__always)
    static func truth(of value: Value, _ site: Int, _ state: inout State) throws(Fault) -> Bool {
        switch value {
        case .bool(let flag): return flag
        case .int(let number): return number != 0
        case .cut(let mark):
            state.site = site
            throw state.cut(mark)
        default: return value.isTruthy
        }
    }
}
