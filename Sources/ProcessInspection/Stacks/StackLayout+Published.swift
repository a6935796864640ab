extension StackLayout {
    /// Where in the published table the parts begin that a stack needs, as numbers of 64-bit words
    /// (`pycore_runtime.h` of 3.13, `pycore_debug_offsets.h` of later versions).
    private struct Places {
        var lock: Int
        var lockIsHeld: Int
        var frameOfThread: Int
        var threadID: Int
        var frame: Int
        var owner: Int
        var code: Int
        var instructions: Int
        var object: Int
        var bytes: Int
        var text: Int
    }

    private static let places: [Int: Places] = [
        13: Places(
            lock: 14, lockIsHeld: 17, frameOfThread: 23, threadID: 24, frame: 28, owner: 33, code: 34, instructions: 43,
            object: 44, bytes: 64, text: 67),
        14: Places(
            lock: 15, lockIsHeld: 18, frameOfThread: 26, threadID: 27, frame: 31, owner: 36, code: 39, instructions: 48,
            object: 50, bytes: 74, text: 77),
        15: Places(
            lock: 15, lockIsHeld: 18, frameOfThread: 26, threadID: 30, frame: 39, owner: 44, code: 47, instructions: 56,
            object: 58, bytes: 86, text: 89),
    ]

    /// The layout that an interpreter publishes of itself.
    ///
    /// - Parameter offsets: The table of its global state.
    /// - Returns: Nil for a version whose table is not known, and for numbers that cannot be offsets.
    init?(_ offsets: DebugOffsets) {
        guard let places = Self.places[offsets.minor] else { return nil }
        let words = offsets.words
        self.init(
            runtimeInterpretersHead: offsets.interpretersHead, interpreterNext: offsets.interpreterNext,
            interpreterThreadsHead: offsets.threadsHead, threadNext: offsets.threadNext,
            threadInterpreter: offsets.threadInterpreter, threadID: words[places.threadID],
            threadNativeID: offsets.threadNativeID, threadFrame: words[places.frameOfThread], holderFrame: nil,
            framePrevious: words[places.frame + 1], frameCode: words[places.frame + 2],
            frameInstruction: words[places.frame + 3], frameOwner: words[places.owner],
            codeFilename: words[places.code + 1], codeName: words[places.code + 2],
            codeQualname: words[places.code + 3], codeLineTable: words[places.code + 4],
            codeFirstLine: words[places.code + 5], codeInstructions: words[places.instructions],
            lock: .interpreter(words[places.lock]),
            // The table tells where they lie in an interpreter that has a lock of its own.
            lockHolder: words[places.lockIsHeld + 1] &- words[places.lock + 1],
            lockIsHeld: words[places.lockIsHeld] &- words[places.lock + 1],
            objectType: words[places.object + 1], objectSize: words[places.bytes + 1],
            bytesData: words[places.bytes + 2], textLength: words[places.text + 2], textState: words[places.text + 1],
            asciiTextSize: words[places.text + 3],
            // The whole size counts the pointer that texts of subclasses have behind it.
            compactTextSize: words[places.text] &- 8,
            lineFormat: .locations, instructionFormat: .pointer)
        guard isPlausible else { return nil }
    }

    /// Whether all structures that are read as a whole are of a believable size.
    private var isPlausible: Bool {
        [
            threadID, threadFrame, threadNativeID ?? 0, framePrevious, frameCode, frameInstruction, frameOwner ?? 0,
            codeFilename, codeName, codeQualname ?? 0, codeLineTable, codeFirstLine, codeInstructions ?? 0, lockHolder,
            lockIsHeld, objectType, objectSize, bytesData, textLength, textState, asciiTextSize, compactTextSize,
        ]
        .allSatisfy { $0 <= 4096 }
    }
}
