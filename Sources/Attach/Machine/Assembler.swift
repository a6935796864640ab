/// Writes the few kinds of instructions that our code in the target consists of, for one machine.
///
/// One register, the base, points at the ``ControlBlock`` throughout; "the result" is what the last call gave; "words" are
/// 32 bits and named by their offset in the block.
protocol Assembler {
    /// Begins code that will stand at an address.
    init(at address: UInt64)

    /// Where it will stand.
    var address: UInt64 { get }
    /// The bytes so far.
    var bytes: [UInt8] { get }

    /// Points the base at the block.
    mutating func loadBase(_ block: UInt64)
    /// Begins a function: keeps what belongs to its caller and points the base at the block.
    mutating func beginFunction(_ block: UInt64)
    /// Ends a function, with 0 or with the result as its own.
    mutating func endFunction(_ value: FunctionValue)
    /// Ends a function by a system call that bare instructions elsewhere make: what it gives is the function's own.
    mutating func endFunction(callingSystem number: UInt64, _ arguments: [UInt64], at instructions: UInt64)
    /// Calls a function.
    mutating func call(_ function: UInt64, _ arguments: [Argument])
    /// Makes a system call.
    mutating func callSystem(_ number: UInt64, _ arguments: [UInt64])
    /// Compares the result's 32 bits with a number.
    mutating func compareResult(_ number: UInt32)
    /// Compares the result's 64 bits with 0.
    mutating func compareResultWithNull()
    /// Compares a word with a number.
    mutating func compare(_ offset: Int, _ number: UInt32)
    /// Sets a word.
    mutating func store(_ number: UInt32, at offset: Int)
    /// Sets a word to the result.
    mutating func storeResult(at offset: Int)
    /// Keeps the result's 64 bits, to be compared with later.
    mutating func keepResult(at offset: Int)
    /// Compares the result's 64 bits with what was kept.
    mutating func compareResult(withKept offset: Int)
    /// Sets a word to a number if it is another, at once for all threads; compares equal when it did.
    mutating func exchange(_ old: UInt32, for new: UInt32, at offset: Int)
    /// Jumps to a place that comes later.
    mutating func jump(_ condition: Condition) -> Jump
    /// This is where a jump leads.
    mutating func land(_ jump: Jump)
    /// Takes the whole state of the thread from a frame.
    mutating func signalReturn(_ number: UInt64, _ frame: SignalFrame)
    /// Goes on by a system call that bare instructions elsewhere make, and after it to the frame.
    mutating func leave(
        callingSystem number: UInt64, _ arguments: [UInt64], at instructions: UInt64, _ frame: SignalFrame)
}

/// What a function gives.
enum FunctionValue {
    case zero
    case result
}

/// What a function is given.
enum Argument {
    case number(UInt64)
    /// A word of the control block.
    case word(Int)
    /// What the call before gave.
    case result
}

/// When to jump.
enum Condition {
    case always
    case ifEqual
    case ifNotEqual
}

/// A jump that does not know yet how far.
struct Jump {
    /// Where in the code the distance belongs.
    let place: Int
    let condition: Condition
}

extension Assembler {
    /// The address of what comes next.
    var here: UInt64 { address + UInt64(bytes.count) }
}
