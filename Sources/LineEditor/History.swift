/// The lines entered before, oldest first, and the search through them by what is typed.
struct History {
    /// More entries than this are not kept in memory; the oldest go first.
    static let limit = 10_000

    private(set) var entries: [String] = []
    private var search: Search?

    /// A search under way: what the lines must begin with, where it stands, and what it showed there.
    private struct Search {
        let prefix: String
        let draft: String
        var index: Int
        var shown: String
    }

    /// Whether a line is worth keeping: it is not empty, does not begin with a space, and is not the one before again.
    func accepts(_ line: String) -> Bool {
        guard let first = line.unicodeScalars.first, first != " " else { return false }
        return line.unicodeScalars.contains { !$0.properties.isWhitespace } && line != entries.last
    }

    /// Adds a line.
    mutating func append(_ line: String) {
        entries.append(line)
        if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
        search = nil
    }

    /// The next older line that begins as the typed one does, or nil when there is none.
    ///
    /// - Parameters:
    ///   - line: The line as it stands.
    ///   - typed: Its part before the cursor, which the search goes by when it begins.
    mutating func older(than line: String, typed: String) -> String? {
        var search = continued(line, typed: typed)
        var index = search.index
        while index > 0 {
            index -= 1
            if matches(index, search) {
                search.index = index
                search.shown = entries[index]
                self.search = search
                return search.shown
            }
        }
        self.search = search
        return nil
    }

    /// The next newer line that begins as the typed one does; after the newest, what was typed; nil when the search does
    /// not stand on an older line.
    mutating func newer(than line: String, typed: String) -> String? {
        var search = continued(line, typed: typed)
        guard search.index < entries.count else { return nil }
        var index = search.index + 1
        while index < entries.count, !matches(index, search) { index += 1 }
        search.index = index
        search.shown = index < entries.count ? entries[index] : search.draft
        self.search = search
        return search.shown
    }

    private func continued(_ line: String, typed: String) -> Search {
        if let search, search.shown == line { return search }
        return Search(prefix: typed, draft: line, index: entries.count, shown: line)
    }

    private func matches(_ index: Int, _ search: Search) -> Bool {
        // Compared as bytes: canonical equivalence would be slow, and is not what is typed.
        entries[index].utf8.starts(with: search.prefix.utf8) && entries[index] != search.shown
    }
}
