/// The lines of a descriptor, one after another, without holding up other tasks.
///
/// `@unchecked Sendable`: whoever reads asks for one line after another, never two at once.
final class LineReader: @unchecked Sendable {
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var position = 0
    private var searched = 0
    private var hasEnded = false
    /// How many lines were given out.
    private(set) var count = 0

    /// - Parameter descriptor: What to read; it stays the caller's.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The next line without its line feed; nil at the end.
    ///
    /// - Throws: The system's reason why no more can be read. It comes once, then the end.
    func next() async throws(StandardInput.SystemError) -> ArraySlice<UInt8>? {
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    position = end + 1
                    searched = position
                }
                count += 1
                return bytes[position..<end]
            }
            searched = bytes.count
            if hasEnded {
                defer { position = bytes.count }
                guard position < bytes.count else { return nil }
                count += 1
                return bytes[position...]
            }
            bytes.removeFirst(position)
            searched -= position
            position = 0
            switch await StandardInput.read(descriptor) {
            case .success(let block):
                hasEnded = block.isEmpty
                bytes += block
            case .failure(let error):
                hasEnded = true
                throw error
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether a line holds nothing but white space.
    var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}
