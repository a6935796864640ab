/// The memory of a process as far as a stack needs it: everything read from it is checked, since the process goes on and
/// what was an object a moment ago may be anything.
struct StackMemory {
    /// Where the types lie, for checking what an object is; a stripped file may not tell.
    struct Types: Sendable {
        var code: UInt64?
        var text: UInt64?
        var bytes: UInt64?
    }

    /// The longest name or path that is read, in characters: Linux allows paths of 4096 bytes.
    static let longestText: UInt64 = 4096
    /// The longest table of lines or block of instructions that is believed, in bytes.
    static let longestBytes: UInt64 = 16 << 20

    let layout: StackLayout
    let types: Types
    private let read: (Int, UInt64) -> [UInt8]?

    /// Takes what reads the bytes.
    ///
    /// - Parameters:
    ///   - layout: Where the interpreter keeps what.
    ///   - types: The types' addresses.
    ///   - read: Reads so many bytes at an address; nil, or fewer, when they are not there.
    init(layout: StackLayout, types: Types, read: @escaping (Int, UInt64) -> [UInt8]?) {
        self.layout = layout
        self.types = types
        self.read = read
    }

    /// Reads from an open `/proc/PID/mem`.
    init(layout: StackLayout, types: Types, file: consuming File) {
        let holder = FileHolder(file)
        self.init(layout: layout, types: types) { try? holder.file.read($0, at: $1) }
    }

    /// A file that a closure can hold.
    private final class FileHolder: Sendable {
        let file: File
        init(_ file: consuming File) { self.file = file }
    }

    /// All of so many bytes, or nil.
    func bytes(_ count: Int, at address: UInt64) -> ByteReader? {
        // Addresses of programs lie in the lower half, and nothing in the first page.
        guard address >= 4096, address < 1 << 56, let bytes = read(count, address), bytes.count == count else {
            return nil
        }
        return ByteReader(bytes)
    }

    /// The word at an address.
    func word(at address: UInt64) -> UInt64? { bytes(8, at: address)?.u64(0) }

    /// Whether an object is of a type, as far as that can be told.
    func isObject(_ reader: ByteReader, of type: UInt64?) -> Bool {
        type == nil || reader.u64(Int(layout.objectType)) == type
    }

    /// The content of a `bytes` object.
    func content(ofBytes object: UInt64) -> [UInt8]? {
        guard let head = bytes(Int(layout.bytesData), at: object), isObject(head, of: types.bytes) else { return nil }
        let size = head.u64(Int(layout.objectSize))
        guard size <= Self.longestBytes else { return nil }
        return size == 0 ? [] : bytes(Int(size), at: object &+ layout.bytesData)?.bytes
    }

    /// The text of a `str` object, cut at ``longestText``.
    func text(_ object: UInt64) -> String? {
        guard let head = bytes(Int(layout.asciiTextSize), at: object), isObject(head, of: types.text) else {
            return nil
        }
        // The bits of `state` (unicodeobject.h): 2 interned, 3 kind, 1 compact, 1 ascii.
        let state = head.u32(Int(layout.textState))
        let width = Int(state >> 2 & 7)
        let isCompact = state >> 5 & 1 == 1
        let isASCII = state >> 6 & 1 == 1
        guard isCompact, width == 1 || width == 2 || width == 4, !isASCII || width == 1 else { return nil }
        let count = Int(min(head.u64(Int(layout.textLength)), Self.longestText))
        guard count > 0 else { return "" }
        let start = isASCII ? layout.asciiTextSize : layout.compactTextSize
        guard let characters = bytes(count * width, at: object &+ start) else { return nil }
        var text = String.UnicodeScalarView()
        for index in 0..<count {
            let code =
                switch width {
                case 1: UInt32(characters.bytes[index])
                case 2: UInt32(characters.u16(index * 2))
                default: characters.u32(index * 4)
                }
            // Half of a pair stands for a byte of a file name that is no text.
            text.append(Unicode.Scalar(code) ?? "\u{fffd}")
        }
        return String(text)
    }
}
