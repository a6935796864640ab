internal import CSondeAgentBundle

/// The agent's files compiled for one bytecode, as a release build carries them.
///
/// Who runs them is spared the compiling, nearly all of what an arrival takes of a target. Code of another bytecode would
/// crash an interpreter; as for its own `.pyc` files, the magic number tells (PEP 3147).
struct CompiledAgent {
    /// The binary's own memory.
    typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    /// The number of the bytecode, four bytes read as a little-endian number.
    let magic: UInt32
    /// The minor version of the CPython that compiled them.
    let minor: Int
    /// Of each file its path, NUL, the length of its code (four bytes, big-endian) and its code, marshalled.
    let bytes: Bytes

    /// All that there is; nothing when the sources have been edited since.
    static var all: [CompiledAgent] {
        var all: [CompiledAgent] = []
        guard sonde_agent_compiled_digest() == AgentBundle.digest else { return all }
        while true {
            let entry = sonde_agent_compiled_at(all.count)
            guard entry.magic != 0 else { return all }
            let bytes = UnsafeBufferPointer(start: entry.contents, count: entry.length)
            all.append(CompiledAgent(magic: entry.magic, minor: Int(entry.minor), bytes: bytes[...]))
        }
    }

    /// Each file's code by its path.
    var files: [String: Bytes] {
        var files: [String: Bytes] = [:]
        var rest = bytes
        while let end = rest.firstIndex(of: 0) {
            let path = String(decoding: rest[..<end], as: UTF8.self)
            let length = rest[(end + 1)...].prefix(4).reduce(0) { $0 << 8 | Int($1) }
            files[path] = rest[(end + 5)...].prefix(length)
            rest = rest.dropFirst(end + 5 + length - rest.startIndex)
        }
        return files
    }
}

extension AgentBundle {
    /// A number that is another one when any file is: FNV-1a over words of 64 bits.
    ///
    /// Files that were compiled and then edited would otherwise be sent as they were.
    static var digest: UInt64 {
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ word: UInt64) { digest = (digest ^ word) &* 0x100_0000_01b3 }
        for index in 0..<sonde_agent_file_count() {
            let file = sonde_agent_file_at(index)
            let bytes = UnsafeRawBufferPointer(start: file.contents, count: file.length)
            add(UInt64(bytes.count))
            for place in stride(from: 0, to: bytes.count, by: 8) {
                let part = UnsafeRawBufferPointer(rebasing: bytes[place..<min(place + 8, bytes.count)])
                var word: UInt64 = 0
                withUnsafeMutableBytes(of: &word) { $0.copyMemory(from: part) }
                add(UInt64(littleEndian: word))
            }
        }
        return digest
    }
}
