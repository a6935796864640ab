import Testing

@testable import LineEditor

@Suite struct HistoryTests {
    private func history(_ lines: [String]) -> History {
        var history = History()
        for line in lines { history.append(line) }
        return history
    }

    @Test func withoutAWordAllLinesComeInTurn() {
        var history = history(["one", "two"])
        #expect(history.older(than: "", typed: "") == "two")
        #expect(history.older(than: "two", typed: "two") == "one")
        #expect(history.older(than: "one", typed: "one") == nil)
        #expect(history.newer(than: "one", typed: "one") == "two")
        #expect(history.newer(than: "two", typed: "two") == "")
        #expect(history.newer(than: "", typed: "") == nil)
    }

    @Test func linesAreSearchedByWhatIsTyped() {
        var history = history(["watch a", "stack b", "watch c", "status"])
        #expect(history.older(than: "wa", typed: "wa") == "watch c")
        #expect(history.older(than: "watch c", typed: "watch c") == "watch a")
        #expect(history.older(than: "watch a", typed: "watch a") == nil)
        #expect(history.newer(than: "watch a", typed: "watch a") == "watch c")
        #expect(history.newer(than: "watch c", typed: "watch c") == "wa")
    }

    @Test func anEditedLineBeginsANewSearch() {
        var history = history(["watch a", "stack b"])
        #expect(history.older(than: "", typed: "") == "stack b")
        #expect(history.older(than: "w", typed: "w") == "watch a")
    }

    @Test func theSameLineIsNotShownTwiceInARow() {
        var history = history(["a1", "a2", "b", "a2"])
        #expect(history.older(than: "a", typed: "a") == "a2")
        #expect(history.older(than: "a2", typed: "a2") == "a1")
    }

    @Test func onlyLinesWorthKeepingAreAccepted() {
        let history = history(["status"])
        #expect(!history.accepts("status"))
        #expect(!history.accepts(""))
        #expect(!history.accepts(" secret"))
        #expect(!history.accepts("\t\n"))
        #expect(history.accepts("stack"))
    }

    @Test func theOldestGoFirst() {
        let full = history((0...History.limit).map(String.init))
        #expect(full.entries.count == History.limit)
        #expect(full.entries.first == "1")
    }
}
