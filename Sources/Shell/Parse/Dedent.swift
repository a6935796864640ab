/// A text over several lines without the indentation that its lines have in common, and without the line end that it
/// begins with, as Python's `textwrap.dedent` has it.
func dedented(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.count > 1, lines[0].allSatisfy(\.isWhitespace) { lines.removeFirst() }
    let written = lines.filter { !$0.allSatisfy(\.isWhitespace) }
    guard var margin = written.first?.prefix(while: { $0 == " " || $0 == "\t" }) else { return "" }
    for line in written {
        while !line.hasPrefix(margin) { margin.removeLast() }
    }
    return lines.map { $0.hasPrefix(margin) ? $0.dropFirst(margin.count) : "" }.joined(separator: "\n")
}
