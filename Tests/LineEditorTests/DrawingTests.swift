import Glibc
import Testing

@testable import LineEditor

@Suite struct DrawingTests {
    init() {
        setlocale(LC_CTYPE, "C.UTF-8")
    }

    private func position(after text: String, columns: Int = 10) -> [Int] {
        var position = ScreenPosition(columns: columns)
        position.advance(over: text.unicodeScalars)
        return [position.row, position.column]
    }

    @Test func rowsWrapWhereLibeditWraps() {
        #expect(position(after: "") == [0, 0])
        #expect(position(after: "123456789") == [0, 9])
        #expect(position(after: "1234567890") == [1, 0])
        #expect(position(after: "12345678901") == [1, 1])
    }

    @Test func wideCharactersDoNotStraddleRows() {
        #expect(position(after: "12345678界") == [1, 0])
        #expect(position(after: "123456789界") == [1, 2])
    }

    @Test func controlCharactersTabsAndLineBreaks() {
        #expect(position(after: "a\u{3}") == [0, 3])
        #expect(position(after: "a\tb") == [0, 9])
        #expect(position(after: "ab\nc") == [1, 1])
    }

    @Test func coloursTakeNoRoomInAPrompt() {
        let prompt = Prompt("\u{1B}[1msonde\u{1B}[0m\u{1B}[31m> \u{1B}[0m")
        #expect(prompt.visible == "sonde> ")
        // A sequence at the very end would be lost by libedit together with its marks, so it is left out.
        #expect(prompt.marked == "\u{1}\u{1B}[1m\u{1}sonde\u{1}\u{1B}[0m\u{1B}[31m\u{1}> ")
    }

    @Test func pastedTextIsCleaned() {
        let pasted = Array("watch a\r\n| head 1\t\u{7}\u{1B}[31mx\n\ny\rz\n\r".unicodeScalars)
        #expect(EditedInput.cleaned(pasted: pasted) == Array("watch a\n| head 1 [31mx\n\ny\nz".unicodeScalars))
    }
}
