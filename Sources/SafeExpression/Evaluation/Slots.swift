/// The variables of one evaluation: the host's, then those of comprehensions.
///
/// A bare address, because holding an array would count references on every evaluation, which takes longer than most
/// conditions do. It is good as long as `Program.run` has not returned, and never leaves the state that is made there.
@safe struct Slots {
    private let base: UnsafeMutablePointer<Value>

    /// - Parameter base: The first variable; there is one for each slot that the program's code names.
    init(_ base: UnsafeMutablePointer<Value>) { unsafe self.base = base }

    /// The host's variables where they lie, for code that has no others and so writes to none.
    ///
    /// - Parameter values: The variables; the caller keeps them for as long as the slots are used.
    @inline(__always)
    init(reading values: borrowing [Value]) {
        let first = unsafe values.withUnsafeBufferPointer { $0.baseAddress }
        if let first = unsafe first { unsafe self.init(UnsafeMutablePointer(mutating: first)) } else { self = .none }
    }

    /// No variables, for work that names none.
    static var none: Slots {
        // Never read: code that names no variable asks for no slot.
        unsafe Slots(UnsafeMutablePointer(bitPattern: MemoryLayout<Value>.alignment).unsafelyUnwrapped)
    }

    @inline(__always)
    subscript(slot: Int) -> Value {
        unsafeAddress { unsafe UnsafePointer(base + slot) }
        nonmutating unsafeMutableAddress { unsafe base + slot }
    }

    /// Puts a value that stays its owner's into a slot that holds none, or one that was lent to it before.
    ///
    /// The owner must keep it, and nobody may assign to the slot, until ``forget(_:)``.
    @inline(__always)
    func borrow(_ lent: Lent, in slot: Int) { unsafe lent.copyBits(to: base + slot) }

    /// Ends a loan.
    @inline(__always)
    func forget(_ slot: Int) { unsafe (base + slot).initialize(to: .none) }

    /// A variable where it lies.
    @inline(__always)
    func lend(_ slot: Int) -> Lent { unsafe Lent(UnsafePointer(base + slot)) }
}

/// The limits behind one reference, so that a state needs not carry them all.
final class LimitBox: Sendable {
    let limits: Limits

    init(_ limits: Limits) { self.limits = limits }

    /// For the host's own work on values, which nothing bounds.
    static let unlimited = LimitBox(.none)
}
