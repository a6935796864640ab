/// What an evaluation carries: the variables, what is left of the budget, and the node to blame.
///
/// Passed `inout` from closure to closure, so that nothing in it is counted or checked for exclusive access.
struct State {
    /// The host's variables, then the locals of comprehensions.
    let slots: Slots
    /// Steps left; see ``Limits/steps``.
    var steps: Int
    /// Bytes that may still be allocated; see ``Limits/bytes``.
    var room: Int
    /// The node that the next fault is blamed on.
    var site = 0
    /// Not counted: whoever makes a state keeps the limits until it is gone.
    private unowned(unsafe) let box: LimitBox

    /// - Parameters:
    ///   - slots: The variables.
    ///   - limits: What bounds the evaluation; the caller keeps it for as long as the state is used.
    @inline(__always)
    init(slots: Slots, limits: LimitBox) {
        self.slots = slots
        unsafe box = limits
        steps = limits.limits.steps
        room = limits.limits.bytes
    }

    /// What bounds the evaluation.
    var limits: Limits { unsafe box.limits }

    /// A state for the host's own work on values, which no budget bounds.
    static var unlimited: State { State(slots: .none, limits: .unlimited) }

    /// Pays for work that is about to be done.
    ///
    /// The benchmark is built without it once, to tell what the limits cost.
    @inline(__always)
    mutating func charge(_ count: Int) throws(Fault) {
        #if !SONDE_UNMETERED
            steps &-= count
            if steps < 0 { throw exhausted() }
        #endif
    }

    /// Pays for bytes that are about to be allocated.
    @inline(__always)
    mutating func allocate(_ bytes: Int) throws(Fault) {
        #if !SONDE_UNMETERED
            room &-= bytes
            if room < 0 { throw fault(.limit(.bytes), "the expression needs more than \(limits.bytes) bytes") }
        #endif
    }

    /// Pays for a list or another container of so many elements.
    mutating func allocate(elements count: Int) throws(Fault) {
        if count > limits.elements {
            throw fault(.limit(.elements), "more than \(limits.elements) elements")
        }
        try charge(count >> 2)
        try allocate(count &* 16 &+ 32)
    }

    /// Pays for text of so many code points.
    mutating func allocate(characters count: Int, wide: Bool) throws(Fault) {
        if count > limits.characters {
            throw fault(.limit(.characters), "a string of more than \(limits.characters) characters")
        }
        try charge(count >> 6)
        try allocate((wide ? count &* 4 : count) &+ 32)
    }

    /// Checks an integer's size before it is computed.
    mutating func allocate(bits count: Int) throws(Fault) {
        if count > limits.bits { throw fault(.limit(.bits), "an integer of more than \(limits.bits) bits") }
        try charge(count >> 8)
        try allocate(count >> 3)
    }

    @inline(never)
    private func exhausted() -> Fault {
        fault(.limit(.steps), "the expression takes more than \(limits.steps) steps")
    }

    /// Makes a fault at the node in charge.
    @inline(never)
    func fault(_ kind: Diagnostic.Kind, _ message: String, hint: String? = nil) -> Fault {
        Fault(kind, message, hint: hint, site: site)
    }

    func typeError(_ message: String, hint: String? = nil) -> Fault {
        fault(.runtime("TypeError"), message, hint: hint)
    }
    func valueError(_ message: String) -> Fault { fault(.runtime("ValueError"), message) }
    func overflow(_ message: String) -> Fault { fault(.runtime("OverflowError"), message) }
    func cut(_ mark: CutMark) -> Fault {
        fault(.runtime("Cut"), "capture left this out (\(mark.count) more)", hint: "a larger -x captures more")
    }
}
