/// A piece of the command language with a name: a script file, `-c`, or a line that was typed.
///
/// Places in it are counted in code points, as the expression language counts them, so that a range of an expression
/// needs only its offset added to be a range of the text around it.
public struct SourceText: Sendable {
    /// What a diagnostic calls it, such as `slow.sonde`; nil for a line that was typed, which needs no name.
    public let name: String?

    /// The text.
    let scalars: [Unicode.Scalar]
    private let lineStarts: [Int]

    /// Makes a source text.
    ///
    /// - Parameters:
    ///   - text: the whole text; a byte order mark at its beginning is dropped.
    ///   - name: what a diagnostic calls it, or nil.
    public init(_ text: String, name: String? = nil) {
        self.name = name
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        self.scalars = scalars
        var starts = [0]
        for (index, scalar) in scalars.enumerated() where scalar == "\n" { starts.append(index + 1) }
        self.lineStarts = starts
    }

    /// The whole as a string.
    public var text: String { String(0..<scalars.count, in: self) }

    /// The line and the column of an offset, both counted from 1.
    func position(of offset: Int) -> (line: Int, column: Int) {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return (low + 1, offset - lineStarts[low] + 1)
    }

    /// The range of a line's text, without its line end.
    func range(ofLine line: Int) -> Range<Int> {
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] - 1 : scalars.count
        if end > start, scalars[end - 1] == "\r" { end -= 1 }
        return start..<end
    }
}

extension String {
    /// The text of a range of a source.
    init(_ range: Range<Int>, in source: SourceText) {
        self.init(scalars: source.scalars[range])
    }

    /// The text that code points make.
    init(scalars: some Sequence<Unicode.Scalar>) {
        self.init(String.UnicodeScalarView(scalars))
    }
}
