internal import ProcessInspection

/// Memory that a Sonde mapped into the target and, killed at a bad moment, has left behind.
struct Leftover: Sendable {
    /// The memory.
    let room: Room
    // Whether it bears our mark, which is the first thing that is written to it.
    private let isMarked: Bool

    /// Looks for it in the target, which runs on.
    ///
    /// Nothing is taken for ours that another may have mapped: either it begins with our mark, and the process that mapped it
    /// has ended, or it lies where no program maps anything, holds nothing, and no thread of the target is being traced.
    static func find(in map: MemoryMap, of pid: Int32, _ memory: borrowing TargetMemory) -> [Leftover] {
        let candidates = map.regions.filter {
            $0.isExecutable && !$0.isWritable && !$0.isShared && $0.inode == 0 && $0.path.isEmpty
        }
        guard !candidates.isEmpty else { return [] }
        var found: [Leftover] = []
        for region in candidates {
            guard let head = memory.read(Room.headSize, at: region.start) else { continue }
            if let (room, owner) = Room.parse(head, at: region.start) {
                if owner.hasEnded { found.append(Leftover(room: room, isMarked: true)) }
            } else if isUntouched(region, memory) {
                // Another Sonde that is about to write here traces a thread; the map was read before this look.
                let isTraced = ThreadState.threads(of: pid).contains { (try? ProcessStatus(of: $0).tracer) != 0 }
                if !isTraced {
                    found.append(Leftover(room: Room(at: region.start, size: region.size), isMarked: false))
                }
            }
        }
        return found
    }

    /// The thread that was entered there, if any was.
    func thread(_ memory: borrowing TargetMemory) -> Int32? {
        guard isMarked, let word = memory.word(at: room.control.thread), word != 0 else { return nil }
        return Int32(bitPattern: word)
    }

    /// Whether it is certain that nothing in the target will ever come back to it.
    ///
    /// - Parameters:
    ///   - stop: A thread that stands still.
    ///   - pid: The target.
    ///   - pidInside: Its number as it sees it.
    ///   - memory: Its memory.
    func isCertain(
        with stop: borrowing StoppedThread, of pid: Int32, pidInside: Int32, _ memory: borrowing TargetMemory
    ) -> Bool {
        guard isMarked else { return true }
        guard let head = memory.read(Room.headSize, at: room.address), Room.parse(head, at: room.address) != nil,
            let words = memory.read(ControlBlock.sourceOffset, at: room.control.address)
        else { return false }
        let word = { (offset: Int) in ByteReader(words).u32(offset) }
        // The thread it was entered on has left it, if it is the one that stands still somewhere else, or has ended. (The
        // injection leaves a thread alone that stands in any such memory, so nothing of ours lies below on its stack.)
        let thread = Int32(bitPattern: word(ControlBlock.threadOffset))
        guard thread != 0 else { return true }
        let stands = thread == stop.thread && !room.holdsCode(stop.snapshot.registers.programCounter)
        let hasEnded = (try? ThreadState(of: thread, in: pid)) == nil
        guard stands || hasEnded else { return false }
        switch ControlBlock.Outcome(rawValue: word(ControlBlock.outcomeOffset)) {
        case nil: return false
        case ControlBlock.Outcome.none?:
            // It is still inside, or has never entered.
            return hasEnded || word(ControlBlock.enteredOffset) == 0
        case .queued?:
            // The interpreter still has it in its queue, or has called it, on the same thread.
            return word(ControlBlock.stateOffset) == ControlBlock.State.done.rawValue
                && Int32(bitPattern: word(ControlBlock.runnerOffset)) == pidInside
        default: return true
        }
    }

    private static func isUntouched(_ region: MemoryMap.Region, _ memory: borrowing TargetMemory) -> Bool {
        guard Room(at: region.start, size: region.size).isInOurArea, region.size < 64 << 20,
            let bytes = memory.read(Int(region.size), at: region.start)
        else { return false }
        return bytes.allSatisfy { $0 == 0 }
    }
}
