extension Frame {
    /// Takes frames out of a stream of bytes, however the bytes were split on the way.
    ///
    /// ```
    /// decoder.feed(bytes)
    /// while let event = try decoder.next() { … }
    /// ```
    /// After an error, or after `.close`, the decoder gives nothing more.
    public struct Decoder: Sendable {
        /// What came out of the stream.
        public enum Event: Equatable, Sendable {
            /// One frame's payload.
            case payload([UInt8])
            /// A frame of length 0: the other side closes.
            case close
        }

        private let limit: Int
        private var buffer: [UInt8] = []
        private var start = 0
        private var isFinished = false

        /// Makes a decoder.
        ///
        /// - Parameter limit: the largest payload taken, in bytes.
        public init(limit: Int = Frame.defaultLimit) {
            precondition(limit > 0)
            self.limit = limit
        }

        /// The bytes that were fed and not yet taken out.
        public var pendingCount: Int { buffer.count - start }

        /// Adds bytes as they came from the other side.
        public mutating func feed(_ bytes: some Collection<UInt8>) {
            guard !isFinished else { return }
            // Moving what is left to the front only when the dead part is the larger keeps feeding linear.
            if start > 0, start >= buffer.count - start {
                buffer.removeSubrange(..<start)
                start = 0
            }
            buffer.append(contentsOf: bytes)
        }

        /// Takes out the next frame, or nil when more bytes are needed.
        ///
        /// - Throws: `DecodingError.tooLarge` as soon as the header is there, before its payload is waited for.
        public mutating func next() throws(DecodingError) -> Event? {
            guard !isFinished, pendingCount >= Frame.headerLength else { return nil }
            var length = 0
            for byte in buffer[start..<start + Frame.headerLength] { length = length << 8 | Int(byte) }
            if length == 0 {
                finish()
                return .close
            }
            guard length <= limit else {
                finish()
                throw .tooLarge(announced: length, limit: limit)
            }
            let payloadStart = start + Frame.headerLength
            guard buffer.count - payloadStart >= length else { return nil }
            start = payloadStart + length
            return .payload(Array(buffer[payloadStart..<start]))
        }

        private mutating func finish() {
            isFinished = true
            buffer = []
            start = 0
        }
    }
}
