extension StackLayout {
    /// The layout of a version that publishes none: 3.8 to 3.12.
    ///
    /// Measured with `offsetof` in CPython's own headers (`Include/internal`, `Include/cpython`) of 3.8.18, 3.9.18,
    /// 3.10.13, 3.11.7 and 3.12.1, 64-bit builds; before none of these fields stands anything that depends on the machine.
    /// A test measures again.
    ///
    /// - Parameter minor: The second number of the version.
    static func measured(minor: Int) -> StackLayout? {
        switch minor {
        case 8: old(interpretersLock: 1152, instruction: 104, lines: .increments)
        case 9: old(interpretersLock: 352, instruction: 104, lines: .increments)
        case 10: old(interpretersLock: 352, instruction: 96, lines: .ranges)
        case 11: version11
        case 12: version12
        default: nil
        }
    }

    /// 3.8 to 3.10, which differ little: each frame is an object.
    private static func old(interpretersLock: UInt64, instruction: UInt64, lines: LineFormat) -> StackLayout {
        StackLayout(
            runtimeInterpretersHead: 32, interpreterNext: 0, interpreterThreadsHead: 8,
            threadNext: 8, threadInterpreter: 16, threadID: 176, threadNativeID: nil, threadFrame: 24, holderFrame: nil,
            framePrevious: 24, frameCode: 32, frameInstruction: instruction, frameOwner: nil,
            codeFilename: 104, codeName: 112, codeQualname: nil, codeLineTable: 120, codeFirstLine: 40,
            codeInstructions: nil, lock: .runtime(interpretersLock), lockHolder: 8, lockIsHeld: 16,
            objectType: 8, objectSize: 16, bytesData: 32,
            textLength: 16, textState: 32, asciiTextSize: 48, compactTextSize: 72,
            lineFormat: lines, instructionFormat: .index(unit: lines == .ranges ? 2 : 1))
    }

    private static let version11 = StackLayout(
        runtimeInterpretersHead: 40, interpreterNext: 0, interpreterThreadsHead: 16,
        threadNext: 8, threadInterpreter: 16, threadID: 152, threadNativeID: 160, threadFrame: 56, holderFrame: 8,
        framePrevious: 48, frameCode: 32, frameInstruction: 56, frameOwner: 69,
        codeFilename: 112, codeName: 120, codeQualname: 128, codeLineTable: 136, codeFirstLine: 72,
        codeInstructions: 184, lock: .runtime(360), lockHolder: 8, lockIsHeld: 16,
        objectType: 8, objectSize: 16, bytesData: 32,
        textLength: 16, textState: 32, asciiTextSize: 48, compactTextSize: 72,
        lineFormat: .locations, instructionFormat: .pointer)

    private static let version12 = StackLayout(
        runtimeInterpretersHead: 40, interpreterNext: 0, interpreterThreadsHead: 72,
        threadNext: 8, threadInterpreter: 16, threadID: 136, threadNativeID: 144, threadFrame: 56, holderFrame: 0,
        framePrevious: 8, frameCode: 0, frameInstruction: 56, frameOwner: 70,
        codeFilename: 112, codeName: 120, codeQualname: 128, codeLineTable: 136, codeFirstLine: 68,
        codeInstructions: 192, lock: .interpreter(384), lockHolder: 8, lockIsHeld: 16,
        objectType: 8, objectSize: 16, bytesData: 32,
        textLength: 16, textState: 32, asciiTextSize: 40, compactTextSize: 56,
        lineFormat: .locations, instructionFormat: .pointer)
}
