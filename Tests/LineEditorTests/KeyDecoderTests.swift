import Testing

@testable import LineEditor

@Suite struct KeyDecoderTests {
    private func decode(_ bytes: [UInt8], portion: Int = 1) -> String {
        var decoder = KeyDecoder()
        var text = String.UnicodeScalarView()
        for start in stride(from: 0, to: bytes.count, by: portion) {
            decoder.feed(bytes[start..<min(start + portion, bytes.count)])
            while let scalar = decoder.next() { text.append(scalar) }
        }
        return String(text)
    }

    @Test(arguments: [1, 2, 3, 100]) func charactersSurviveAnyPortions(portion: Int) {
        let text = "watch é€😀 \u{1B}[A\u{0}\u{10FFFF}"
        #expect(decode(Array(text.utf8), portion: portion) == text)
    }

    @Test(
        arguments: [
            [0x80], [0xC3, 0x28], [0xE2, 0x82, 0x41], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x41], [0xF0, 0x9F, 0x98, 0xC3, 0xA9], [0xFF],
        ] as [[UInt8]])
    func brokenBytesAreReplacedAsTheStandardLibraryDoes(bytes: [UInt8]) {
        let bytes = bytes + [0x7A]
        #expect(decode(bytes) == String(decoding: bytes, as: UTF8.self))
    }

    @Test func anIncompleteCharacterWaits() {
        var decoder = KeyDecoder()
        decoder.feed([0xE2, 0x82])
        #expect(decoder.next() == nil)
        decoder.feed([0xAC])
        #expect(decoder.next() == "€")
        #expect(decoder.next() == nil)
    }
}
