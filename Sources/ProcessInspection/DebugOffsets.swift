/// Where the interpreter's structures lie, as CPython 3.13 and later publish it at the beginning of their global state
/// (`_Py_DebugOffsets`).
///
/// The table grows with each version: where an entry stands in it depends on the version. Only the beginning, and the
/// three words that PEP 768 fixes at its end, are the same in all.
public struct DebugOffsets: Sendable {
    /// Larger than the table of any version so far (888 bytes in 3.15).
    public static let sizeToRead = 2048
    private static let cookie = UInt64(littleEndian: 0x7970_6775_6265_6478)  // "xdebugpy"

    /// The table as 64-bit words, with what stands behind it.
    public let words: [UInt64]

    /// The version as CPython writes it, such as 0x030e00f0.
    public var version: UInt64 { words[1] }
    /// The second number of the version.
    public var minor: Int { Int(version >> 16 & 0xff) }
    /// Whether the build has no global lock.
    public var isFreeThreaded: Bool { words[2] != 0 }
    /// In the global state: the newest interpreter.
    public var interpretersHead: UInt64 { words[5] }
    /// In an interpreter: its number, 0 for the main one.
    public var interpreterID: UInt64 { words[7] }
    /// In an interpreter: the next older one.
    public var interpreterNext: UInt64 { words[8] }
    /// In an interpreter: the state of its newest thread.
    public var threadsHead: UInt64 { words[9] }
    /// In a thread's state: the next older thread's.
    public var threadNext: UInt64 { words[minor == 13 ? 21 : 24] }
    /// In a thread's state: its interpreter.
    public var threadInterpreter: UInt64 { words[minor == 13 ? 22 : 25] }
    /// In a thread's state: the kernel's number of the thread; nil where the place in the table is not known.
    public var threadNativeID: UInt64? { [13: words[25], 14: words[28], 15: words[31]][minor] }

    /// Takes the offsets from the bytes of the global state.
    ///
    /// - Parameter bytes: The beginning of the global state, ``sizeToRead`` bytes or what there is of them.
    /// - Returns: Nil when they are not of a CPython that publishes any.
    public init?(_ bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        words = (0..<(bytes.count / 8)).map { reader.u64($0 * 8) }
        guard words.count > 110, words[0] == Self.cookie, words[1] >> 24 == 3 else { return nil }
        // An interpreter is about 300 KB large and a thread's state below 4 KB: what lies far beyond is not believed.
        let plausible =
            [interpretersHead, interpreterID, interpreterNext, threadsHead].allSatisfy { $0 < 4 << 20 }
            && [threadNext, threadInterpreter].allSatisfy { $0 < 64 << 10 }
        guard plausible else { return nil }
    }
}
