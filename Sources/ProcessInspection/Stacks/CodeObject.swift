/// What is known of a code object in another process.
struct CodeObject {
    var function: String
    var file: String
    private let lines: LineTable
    private let instructions: Range<UInt64>

    /// Reads a code object.
    ///
    /// - Parameters:
    ///   - address: Where it lies.
    ///   - memory: The process.
    /// - Returns: Nil when what lies there is none.
    init?(at address: UInt64, in memory: StackMemory) {
        let layout = memory.layout
        guard let object = memory.bytes(Self.size(layout), at: address), memory.isObject(object, of: memory.types.code)
        else { return nil }
        func field(_ offset: UInt64) -> UInt64 { object.u64(Int(offset)) }
        guard let file = memory.text(field(layout.codeFilename)),
            let function = memory.text(field(layout.codeQualname ?? layout.codeName)),
            let table = memory.content(ofBytes: field(layout.codeLineTable))
        else { return nil }
        if let start = layout.codeInstructions {
            // In units of two bytes (`co_code_adaptive`).
            let count = field(layout.objectSize)
            guard count <= StackMemory.longestBytes else { return nil }
            instructions = (address &+ start)..<(address &+ start &+ count * 2)
        } else {
            // The instructions are an object of their own; frames tell only an index.
            instructions = 0..<StackMemory.longestBytes
        }
        self.file = file
        self.function = function
        let firstLine = Int(Int32(truncatingIfNeeded: object.u32(Int(layout.codeFirstLine))))
        lines = LineTable(format: layout.lineFormat, bytes: table, firstLine: firstLine)
    }

    /// The line of what a frame tells of its instruction.
    ///
    /// - Parameters:
    ///   - instruction: The field's word.
    ///   - format: What the word means.
    func line(at instruction: UInt64, _ format: StackLayout.InstructionFormat) -> Int? {
        switch format {
        case .index(let unit):
            return lines.line(at: Int(Int32(truncatingIfNeeded: instruction)) * unit)
        case .pointer:
            // Before the first instruction it points to the place before it.
            guard instruction &+ 2 >= instructions.lowerBound, instruction < instructions.upperBound else { return nil }
            return lines.line(at: Int(Int64(bitPattern: instruction &- instructions.lowerBound)))
        }
    }

    /// How much of it is read at once.
    private static func size(_ layout: StackLayout) -> Int {
        Int(
            [
                layout.codeFilename, layout.codeName, layout.codeQualname ?? 0, layout.codeLineTable,
                layout.codeFirstLine, layout.objectSize,
            ].max() ?? 0) + 8
    }
}
