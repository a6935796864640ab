internal import ProcessInspection

/// Where the interpreter's structures lie, as CPython 3.14 and later publish it at the beginning of their global state
/// (`_Py_DebugOffsets`, PEP 768).
///
/// The table grows with each version. Its beginning has stayed the same since 3.13; the part on debugging is found by
/// the three words at its end, which PEP 768 fixes: a flag at 0, a path at 4, of 512 bytes.
struct DebugOffsets: Sendable {
    /// The version as CPython writes it, such as 0x030e00f0.
    let version: UInt64
    let interpretersHead: UInt64
    let interpreterID: UInt64
    let interpreterNext: UInt64
    let threadsHead: UInt64
    let threadsMain: UInt64
    let threadNext: UInt64
    let threadInterpreter: UInt64
    /// Nil where the place in the table is not known.
    let threadNativeID: UInt64?
    let evalBreaker: UInt64
    let support: UInt64
    let isEnabled: UInt64
    let pendingCall: UInt64
    let scriptPath: UInt64
    let scriptPathSize: Int

    /// Larger than the table of any version so far (888 bytes in 3.15).
    static let sizeToRead = 2048
    private static let cookie = UInt64(littleEndian: 0x7970_6775_6265_6478)  // "xdebugpy"

    var minor: Int { Int(version >> 16 & 0xff) }

    /// Takes the offsets from the bytes of the global state.
    ///
    /// - Returns: Nil when they are not of a CPython that can be asked to run something.
    init?(_ bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        let words = (0..<(bytes.count / 8)).map { reader.u64($0 * 8) }
        guard words.count > 40, words[0] == Self.cookie, words[1] >> 24 == 3 else { return nil }
        guard let end = (40..<(words.count - 2)).first(where: { words[$0...].starts(with: [0, 4, 512]) }) else {
            return nil
        }
        version = words[1]
        interpretersHead = words[5]
        interpreterID = words[7]
        interpreterNext = words[8]
        threadsHead = words[9]
        threadsMain = words[10]
        threadNext = words[24]
        threadInterpreter = words[25]
        threadNativeID = [14: words[28], 15: words[31]][Int(words[1] >> 16 & 0xff)]
        evalBreaker = words[end - 3]
        support = words[end - 2]
        isEnabled = words[end - 1]
        pendingCall = words[end]
        scriptPath = words[end + 1]
        scriptPathSize = Int(words[end + 2])
        // An interpreter is about 300 KB large and a thread's state below 4 KB: what lies far beyond is not believed.
        let plausible =
            [interpretersHead, interpreterID, interpreterNext, threadsHead, threadsMain, isEnabled]
            .allSatisfy { $0 < 4 << 20 }
            && [threadNext, threadInterpreter, evalBreaker, support].allSatisfy { $0 < 64 << 10 }
        guard plausible else { return nil }
    }
}
