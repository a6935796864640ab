import Testing

@testable import LineEditor

@Suite struct CompletionsTests {
    private func action(_ line: String, _ start: Int, _ words: [String], repeated: Bool = false, finished: Bool = true)
        -> Completions.Action
    {
        Completions(start: start, candidates: words.map { .init($0, isFinished: finished) })
            .action(before: Array(line.unicodeScalars), isRepeated: repeated)
    }

    @Test func theOnlyWordIsInsertedWithASpace() {
        #expect(action("wat", 0, ["watch"]) == .replace(start: 0, with: "watch "))
        #expect(action("watch sho", 6, ["shop:"], finished: false) == .replace(start: 6, with: "shop:"))
    }

    @Test func theCommonPartIsInserted() {
        #expect(action("s", 0, ["status", "stack"]) == .replace(start: 0, with: "sta"))
        #expect(action("", 0, ["één", "éen"]) == .replace(start: 0, with: "é"))
    }

    @Test func theSecondTabLists() {
        #expect(action("s", 0, ["sc", "sm"]) == .beep)
        #expect(action("s", 0, ["sc", "sm"], repeated: true) == .list(["sc", "sm"]))
    }

    @Test func aWordInAnotherSpellingIsReplaced() {
        #expect(action("SH", 0, ["shop", "ship"]) == .replace(start: 0, with: "sh"))
    }

    @Test func nothingFits() {
        #expect(action("zz", 0, [], repeated: true) == .beep)
        #expect(action("a", 7, ["b"]) == .beep)
        #expect(action("watch ", 0, ["watch"]) == .beep)
    }

    @Test func listsFillDownwards() {
        let words = ["a", "bb", "c", "dd", "e"]
        #expect(Completions.layOut(words, columns: 12, rows: 10) == "a   c   e\nbb  dd\n")
        #expect(Completions.layOut(words, columns: 2, rows: 2) == "a\nbb\n… and 3 more\n")
    }
}
