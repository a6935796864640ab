internal import ProcessInspection

/// A source that waits in the interpreter's queue for its next safe point.
extension PtraceInjection {
    /// Waits until it has run; false when its turn came where it must not run.
    mutating func awaitPendingCall() throws(AttachError) -> Bool {
        guard let room else { return true }
        var looks = 0
        while true {
            switch try state(of: room) {
            case nil:
                // It has run, has raised no error, and has unmapped our memory.
                self.room = nil
                return true
            case .done?:
                try tidyUp(room)
                return true
            case .elsewhere?:
                unmapQuietly()
                return false
            default: break
            }
            guard !deadline.isOver else {
                try cancelPendingCall(room)
                return true
            }
            looks += 1
            deadline.pause(microseconds: looks < 100 ? 100 : 1000)
        }
    }

    // The call's state, or nil when our memory is no longer there.
    private func state(of room: Room) throws(AttachError) -> ControlBlock.State? {
        guard memory.read(8, at: room.address).map({ ByteOrder.u64($0, at: 0) }) == Room.mark else {
            if memory.look(at: gadgets.systemCall & ~3) == .gone { throw goneOrReplaced() }
            return nil
        }
        switch memory.look(at: room.control.state) {
        case .word(let word): return ControlBlock.State(rawValue: word)
        case .nothing: return nil
        case .gone: throw goneOrReplaced()
        }
    }

    // It has raised an error, or was run by another thread than the one that queued it: our memory is still there.
    private mutating func tidyUp(_ room: Room) throws(AttachError) {
        let result = memory.word(at: room.control.result)
        let runner = memory.word(at: room.control.runner).map { Int32(bitPattern: $0) }
        let thread = ThreadState.threads(of: pid).first { (try? ProcessStatus(of: $0))?.namespacePids.last == runner }
        // What has been run is never told as failed because tidying up failed.
        unmapQuietly(on: thread)
        if result != 0 { throw raised() }
    }

    // Returns when the call has run after all.
    private mutating func cancelPendingCall(_ room: Room) throws(AttachError) {
        let late = Deadline(after: .seconds(2))
        var stop = try stopped(pid, by: late)
        defer { use += stop.use }
        if try state(of: room) == .armed {
            try memory.write(
                ControlBlock.word(ControlBlock.State.disarmed.rawValue), at: room.control.state, at: .written)
            // The call stays in the interpreter's queue and its code with it; when its turn comes it unmaps them and does
            // nothing else.
            self.room = nil
            try stop.restore()
            throw AttachError(
                .timedOut, "the main thread of process \(pid) has not come back to the interpreter in time",
                hint: "it is inside a long call into C; try again later")
        }
        try stop.restore()
        while try state(of: room) == .running, !late.isOver { late.pause(microseconds: 1000) }
        switch try state(of: room) {
        case nil: self.room = nil
        case .done?: try tidyUp(room)
        default:
            self.room = nil
            throw AttachError(.timedOut, "the agent's first lines do not end in process \(pid)")
        }
    }
}
