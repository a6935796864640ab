/// The frames of one thread, read while it may be running.
struct StackWalk {
    /// What was found.
    var frames: [PythonThread.Frame] = []
    /// Whether the chain of frames never was the same at the end of reading as at the beginning.
    var isChanging = true
    /// Whether the chain is longer than was read.
    var isCut = false

    /// How often a stack is read before it counts as changing.
    static let attempts = 5
    /// More frames than this are not read of one thread.
    static let longest = 10_000

    /// A frame's own words: what leads to the next, and to what it runs.
    private struct Link: Equatable {
        var address: UInt64
        var previous: UInt64
        var code: UInt64
        var isForeign: Bool
    }

    /// Reads a thread's frames, again when they changed meanwhile.
    ///
    /// - Parameters:
    ///   - thread: The thread's state.
    ///   - memory: The process.
    init(of thread: UInt64, in memory: StackMemory) {
        for _ in 0..<Self.attempts where isChanging {
            read(thread, memory)
        }
    }

    private mutating func read(_ thread: UInt64, _ memory: StackMemory) {
        frames = []
        isCut = false
        guard let top = Self.top(of: thread, memory) else { return }
        var links: [Link] = []
        var codes: [UInt64: CodeObject] = [:]
        var address = top
        var isWhole = true
        while address != 0 {
            guard links.count < Self.longest else {
                isCut = true
                break
            }
            guard let (link, instruction) = Self.link(at: address, memory) else {
                isWhole = false
                break
            }
            if !link.isForeign {
                guard let code = codes[link.code] ?? CodeObject(at: link.code, in: memory) else {
                    isWhole = false
                    break
                }
                codes[link.code] = code
                frames.append(
                    .init(
                        function: code.function, file: code.file,
                        line: code.line(at: instruction, memory.layout.instructionFormat)))
            }
            links.append(link)
            address = link.previous
        }
        isChanging = !isWhole || !Self.stillStand(links, top, thread, memory)
    }

    /// Whether the chain is as it was read.
    private static func stillStand(
        _ links: [Link], _ top: UInt64, _ thread: UInt64, _ memory: StackMemory
    ) -> Bool {
        guard self.top(of: thread, memory) == top else { return false }
        for link in links where self.link(at: link.address, memory)?.0 != link { return false }
        return self.top(of: thread, memory) == top
    }

    /// The address of the innermost frame, 0 when there is none; nil when that cannot be read.
    private static func top(of thread: UInt64, _ memory: StackMemory) -> UInt64? {
        let layout = memory.layout
        guard let word = memory.word(at: thread &+ layout.threadFrame), let holder = layout.holderFrame, word != 0
        else { return memory.word(at: thread &+ layout.threadFrame) }
        return memory.word(at: word &+ holder)
    }

    private static func link(at address: UInt64, _ memory: StackMemory) -> (Link, instruction: UInt64)? {
        let layout = memory.layout
        let last = [layout.framePrevious, layout.frameCode, layout.frameInstruction, layout.frameOwner ?? 0].max() ?? 0
        guard address % 8 == 0, let frame = memory.bytes(Int(last) + 8, at: address) else { return nil }
        let owner = layout.frameOwner.map { frame.bytes[Int($0)] }
        let link = Link(
            address: address, previous: frame.u64(Int(layout.framePrevious)),
            code: frame.u64(Int(layout.frameCode)) & ~StackLayout.tagBits,
            isForeign: owner.map { $0 >= StackLayout.firstForeignOwner } ?? false)
        return (link, frame.u64(Int(layout.frameInstruction)))
    }
}
