import Testing

@testable import AgentProtocol

@Suite struct FrameTests {
    static let payloads: [[UInt8]] = [Array("{}".utf8), Array(#"{"id":7}"#.utf8), Array(repeating: 120, count: 70_000)]

    static var stream: [UInt8] { payloads.flatMap { Frame.header(of: $0.count) + $0 } }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 64, 4096, 1 << 20])
    func framesComeOutHoweverTheBytesAreSplit(_ size: Int) throws {
        var decoder = Frame.Decoder()
        var found: [[UInt8]] = []
        let bytes = Self.stream
        for start in stride(from: 0, to: bytes.count, by: size) {
            decoder.feed(bytes[start..<min(start + size, bytes.count)])
            while let event = try decoder.next() {
                if case .payload(let payload) = event { found.append(payload) }
            }
        }
        #expect(found == Self.payloads)
        #expect(decoder.pendingCount == 0)
    }

    @Test func headerIsBigEndian() {
        #expect(Frame.header(of: 0x010203) == [0, 1, 2, 3])
    }

    @Test func tooLargeIsToldByTheHeaderAlone() throws {
        var decoder = Frame.Decoder(limit: 10)
        decoder.feed([0, 0, 0, 11])
        #expect(throws: Frame.DecodingError.tooLarge(announced: 11, limit: 10)) { try decoder.next() }
        decoder.feed([0, 0, 0, 1, 65])
        #expect(try decoder.next() == nil)
    }

    @Test func lengthZeroCloses() throws {
        var decoder = Frame.Decoder()
        decoder.feed([0, 0, 0, 1, 65, 0, 0, 0, 0, 0, 0, 0, 1, 66])
        #expect(try decoder.next() == .payload([65]))
        #expect(try decoder.next() == .close)
        #expect(try decoder.next() == nil)
    }
}
