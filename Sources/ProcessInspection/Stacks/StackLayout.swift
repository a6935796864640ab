/// Where in a process's memory the interpreter keeps what a stack is made of: offsets in bytes into its structures.
///
/// The names are those of the field that each leads to, with the structure it lies in before them.
struct StackLayout: Sendable, Hashable {
    /// The kinds of tables that lead from an instruction to its line.
    enum LineFormat: Sendable, Hashable {
        /// `co_lnotab`: 3.8 and 3.9.
        case increments
        /// PEP 626: 3.10.
        case ranges
        /// PEP 657: 3.11 and later.
        case locations
    }

    /// How a frame tells which instruction it is at.
    enum InstructionFormat: Sendable, Hashable {
        /// A 32-bit number, in units of so many bytes; -1 before the first.
        case index(unit: Int)
        /// An address.
        case pointer
    }

    /// Where the lock of an interpreter is described.
    enum LockPlace: Sendable, Hashable {
        /// In the global state: 3.8 to 3.11.
        case runtime(UInt64)
        /// Where a pointer in the interpreter leads: 3.12 and later.
        case interpreter(UInt64)
    }

    var runtimeInterpretersHead: UInt64
    var interpreterNext: UInt64
    var interpreterThreadsHead: UInt64
    var threadNext: UInt64
    var threadInterpreter: UInt64
    var threadID: UInt64
    /// 3.11 and later.
    var threadNativeID: UInt64?
    /// The frame it is in, or in 3.11 and 3.12 the structure (`_PyCFrame`) that holds it.
    var threadFrame: UInt64
    /// The frame in that structure.
    var holderFrame: UInt64?
    var framePrevious: UInt64
    var frameCode: UInt64
    var frameInstruction: UInt64
    /// 3.11 and later: what a frame belongs to.
    var frameOwner: UInt64?
    var codeFilename: UInt64
    var codeName: UInt64
    /// 3.11 and later.
    var codeQualname: UInt64?
    var codeLineTable: UInt64
    var codeFirstLine: UInt64
    /// 3.11 and later: the instructions, which before lie in an object of their own.
    var codeInstructions: UInt64?
    var lock: LockPlace
    var lockHolder: UInt64
    var lockIsHeld: UInt64
    var objectType: UInt64
    /// The number of items of an object that has a number of them.
    var objectSize: UInt64
    var bytesData: UInt64
    var textLength: UInt64
    var textState: UInt64
    /// The size of the head of a text that is ASCII: its characters follow.
    var asciiTextSize: UInt64
    /// The same for any other text.
    var compactTextSize: UInt64
    var lineFormat: LineFormat
    var instructionFormat: InstructionFormat

    /// Frames of this kind and above are the interpreter's own, between Python's.
    ///
    /// `_frameowner` in `pycore_frame.h`: below are those of threads, generators and frame objects.
    static let firstForeignOwner: UInt8 = 3

    /// The bits of a reference to a code object that are no part of the address (3.14 and later, `pycore_stackref.h`).
    static let tagBits: UInt64 = 7
}
