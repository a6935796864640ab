internal import Glibc
internal import ProcessInspection

/// Our memory in the target: mapped at the first stop that needs it, and gone when the source has run.
extension PtraceInjection {
    /// Maps it, unless it is, and puts the source there.
    mutating func mapped(on stop: inout StoppedThread) throws(AttachError) -> Room {
        if let room { return room }
        try unmapLeftovers(on: &stop)
        let wish = Room(forSource: source.count)
        // 5 is reading and running, 0x22 private memory without a file.
        let got = try stop.callSystem(
            NativeMachine.calls.mmap, [wish.address, wish.size, 5, 0x22, UInt64.max, 0], memory: memory,
            deadline: deadline)
        guard got > 0 || got < -4095 else {
            try? stop.restore()
            throw refused(Int32(-got), "executable memory")
        }
        let room = Room(at: UInt64(bitPattern: got), size: wish.size)
        self.room = room
        steps.reached(.mapped)
        try memory.write(room.head(), at: room.address, at: .written)
        try memory.write(ControlBlock.bytes(source: source), at: room.control.address, at: .written)
        return room
    }

    /// Writes the code for one call.
    func write(_ code: [UInt8], in room: Room) throws(AttachError) {
        precondition(code.count <= Int(Room.page) - Room.headSize, "the code has outgrown its page")
        try memory.write(code, at: room.code, at: .written)
        guard memory.read(code.count, at: room.code) == code else {
            throw AttachError(.failed, "process \(pid): its memory did not take what was written", step: "written")
        }
    }

    /// Unmaps it, on a thread that is on its way back; one that is back already has done so itself.
    mutating func unmap(on stop: inout StoppedThread) throws(AttachError) {
        guard let room else { return }
        self.room = nil
        guard stop.isOurs else { return }
        let result = try munmap(room, on: &stop)
        guard result == 0 else {
            throw .failed(pid, "unmap our memory in it", errno: Int32(truncatingIfNeeded: -result), at: .unmapped)
        }
        steps.reached(.unmapped)
    }

    /// Unmaps it in a stop of its own, when no thread is to be in it. A target that is gone, or refuses, keeps two or three
    /// pages: there is nobody to tell.
    mutating func unmapQuietly(on thread: Int32? = nil) {
        for _ in 0..<20 {
            guard let room,
                var stop = try? stopped(thread ?? pid, by: Deadline(after: .seconds(2)))
            else { return }
            let isThere = memory.read(8, at: room.address).map { ByteOrder.u64($0, at: 0) } == Room.mark
            let isLeft = !room.holdsCode(stop.snapshot.registers.programCounter)
            if isLeft || !isThere {
                if isThere { _ = try? munmap(room, on: &stop) }
                self.room = nil
                steps.reached(.unmapped)
            }
            try? stop.restore()
            use += stop.use
            usleep(100)
        }
    }

    /// What it means that the target cannot have memory.
    func refused(_ errno: Int32, _ what: String) -> AttachError {
        AttachError(
            .unsupported, "process \(pid) may not have new \(what): \(SystemError.text(errno))",
            hint: "its memory limit or a security policy forbids it", step: Step.mapped.rawValue)
    }

    private mutating func unmapLeftovers(on stop: inout StoppedThread) throws(AttachError) {
        for leftover in leftovers where leftover.isCertain(with: stop, of: pid, pidInside: pidInside, memory) {
            leftovers.removeAll { $0.room == leftover.room }
            _ = try munmap(leftover.room, on: &stop)
        }
    }

    /// Removes what only the thread that was entered there can tell of, when the source has been run by another one.
    mutating func unmapLeftovers() {
        for thread in Set(leftovers.compactMap { $0.thread(memory) }) {
            guard var stop = try? stopped(thread, by: Deadline(after: .milliseconds(200))) else { continue }
            if stop.snapshot.interrupted.continuation != .unknown, !isOnTheWayBack(stop.snapshot) {
                try? unmapLeftovers(on: &stop)
            }
            try? stop.restore()
            use += stop.use
        }
    }

    private func munmap(_ room: Room, on stop: inout StoppedThread) throws(AttachError) -> Int64 {
        // The thread's registers point at the C library's code by then, not at ours.
        try stop.callSystem(
            NativeMachine.calls.munmap, [room.address, room.size], memory: memory,
            deadline: Deadline(after: .seconds(2)))
    }
}
