internal import ProcessInspection

/// What of the published offsets is about asking a thread to run something (3.14 and later, PEP 768).
///
/// It is found by the three words at its end, which PEP 768 fixes: a flag at 0, a path at 4, of 512 bytes.
struct RequestOffsets: Sendable {
    /// In an interpreter: the state of its main thread.
    let threadsMain: UInt64
    /// In a thread's state: the word that makes it look up at its next safe point.
    let evalBreaker: UInt64
    /// In a thread's state: the part that a request is written to.
    let support: UInt64
    /// In an interpreter: whether requests are taken.
    let isEnabled: UInt64
    /// In that part: whether there is a request.
    let pendingCall: UInt64
    /// In that part: the path of the script.
    let scriptPath: UInt64
    /// The space for it, in bytes.
    let scriptPathSize: Int

    /// Takes them from the table.
    ///
    /// - Returns: Nil when it is not of a CPython that can be asked to run something.
    init?(_ offsets: DebugOffsets) {
        let words = offsets.words
        guard offsets.minor >= 14,
            let end = (40..<(words.count - 2)).first(where: { words[$0...].starts(with: [0, 4, 512]) })
        else { return nil }
        threadsMain = words[10]
        evalBreaker = words[end - 3]
        support = words[end - 2]
        isEnabled = words[end - 1]
        pendingCall = words[end]
        scriptPath = words[end + 1]
        scriptPathSize = Int(words[end + 2])
        let plausible =
            [threadsMain, isEnabled].allSatisfy { $0 < 4 << 20 }
            && [evalBreaker, support].allSatisfy { $0 < 64 << 10 }
        guard plausible else { return nil }
    }
}
