internal import ProcessInspection

/// Where the interpreter's functions stand in the target that an injection calls or has to know of.
struct PythonFunctions: Sendable {
    let isInitialized: UInt64
    let isFinalizing: UInt64?
    let gilStateCheck: UInt64
    let thisThreadState: UInt64
    let gilStateEnsure: UInt64
    let gilStateRelease: UInt64
    let addPendingCall: UInt64
    let runSimpleStringFlags: UInt64
    /// What tells the main interpreter from others; nil where a build does not name them.
    let interpreters: InterpreterFunctions?
    /// The functions that hold the lock of the pending calls' queue for a moment: a thread that stands in one of them must
    /// not be made to take it again.
    let queueing: [Range<UInt64>]

    /// The interpreter's global state; in it lie the mutex and the conditions of the GIL.
    let runtime: Range<UInt64>

    /// Functions that tell in which interpreter a thread is.
    struct InterpreterFunctions: Sendable {
        /// Gives the thread state that is current, or null.
        let currentThreadState: UInt64
        /// Gives the interpreter that is current, or aborts: only where the interpreter itself has called us.
        let current: UInt64
        /// Gives the main interpreter.
        let main: UInt64
        /// Gives a thread state's interpreter; since 3.9, and needed since 3.12 only.
        let ofThreadState: UInt64?
    }

    private static let currentThreadState = ["PyThreadState_GetUnchecked", "_PyThreadState_UncheckedGet"]
    private static let currentInterpreter = ["PyInterpreterState_Get", "_PyInterpreterState_Get"]
    private static let mainInterpreter = ["PyInterpreterState_Main"]
    private static let interpreterOfState = ["PyThreadState_GetInterpreter"]
    private static let finalizing = ["Py_IsFinalizing", "_Py_IsFinalizing"]
    // Some are static, some were only in some versions; a stripped build names only the first.
    private static let taking = [
        "Py_AddPendingCall", "Py_MakePendingCalls", "_PyEval_AddPendingCall", "_PyEval_MakePendingCalls",
        "make_pending_calls", "_make_pending_calls", "_Py_FinishPendingCalls",
    ]

    private static let optional =
        finalizing + taking + currentThreadState + currentInterpreter + mainInterpreter + interpreterOfState

    /// Whether an address lies in a function that may hold the queue's lock.
    func isQueueing(at address: UInt64) -> Bool { queueing.contains { $0.contains(address) } }
}

extension PythonFunctions {
    /// Looks the functions up.
    ///
    /// - Parameters:
    ///   - image: The interpreter.
    ///   - map: The target's memory map: what a damaged file may say is only believed where code is.
    ///   - pid: The target.
    init(in image: PythonImage, map: MemoryMap, of pid: Int32) throws(AttachError) {
        let found: [String: ELFImage.Symbol]
        do {
            found = try image.symbols(named: Set(Interpreter.neededSymbols + Self.optional))
        } catch {
            throw AttachError(.unsupported, error.message)
        }
        let missing =
            Interpreter.neededFunctions.filter { name in
                found[name].map { map.region(at: $0.address)?.isExecutable != true } ?? true
            } + (found[Interpreter.runtimeSymbol] == nil ? [Interpreter.runtimeSymbol] : [])
        guard missing.isEmpty else {
            throw AttachError(
                .unsupported,
                "the interpreter of process \(pid) (\(image.path)) does not name \(missing.joined(separator: ", "))",
                hint: "it was built or stripped without its dynamic symbols")
        }
        let first = { (names: [String]) in names.lazy.compactMap { found[$0]?.address }.first }
        isInitialized = found["Py_IsInitialized"]!.address
        isFinalizing = first(Self.finalizing)
        gilStateCheck = found["PyGILState_Check"]!.address
        thisThreadState = found["PyGILState_GetThisThreadState"]!.address
        gilStateEnsure = found["PyGILState_Ensure"]!.address
        gilStateRelease = found["PyGILState_Release"]!.address
        addPendingCall = found["Py_AddPendingCall"]!.address
        runSimpleStringFlags = found["PyRun_SimpleStringFlags"]!.address
        if let state = first(Self.currentThreadState), let current = first(Self.currentInterpreter),
            let main = first(Self.mainInterpreter)
        {
            interpreters = InterpreterFunctions(
                currentThreadState: state, current: current, main: main, ofThreadState: first(Self.interpreterOfState))
        } else {
            interpreters = nil
        }
        // At least 640 bytes in every version; where a file tells no size, far more than any has.
        let state = found[Interpreter.runtimeSymbol]!
        runtime = state.address..<(state.address &+ (state.size == 0 ? 1 << 20 : state.size))
        queueing = Self.taking.compactMap { name in
            found[name].map { $0.address..<($0.address &+ max($0.size, 1)) }
        }
    }
}
