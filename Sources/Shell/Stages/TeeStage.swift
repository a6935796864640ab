internal import SafeExpression

/// `tee FILE`: writes the rows to a file and passes them on.
struct TeeStage: Stage {
    static let entry: StageTable.Entry = StageTable.Entry(
        name: "tee", usage: "tee FILE", summary: "write the rows to a file too; its ending chooses the format",
        example: "ps | tee ps.jsonl | count"
    ) { (parser, _) throws(Failure) in
        guard let file = try parser.parseWord() else { throw parser.error("tee needs a FILE") }
        return TeeStage(file: file)
    }

    let file: Word

    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource {
        let path = try environment.text(file)
        let writer = try FileWriter(path)
        let renderer = OutputFormat(ofFile: path).makeRenderer(
            shape: upstream.shape, style: .plain, write: { (text) throws(Failure) in try writer.write(text) })
        var isEnded = false
        return StageSource(over: upstream, shape: upstream.shape) {
            if !isEnded { try? renderer.end() }
            isEnded = true
            writer.close()
        } pull: { () async throws(Failure) in
            guard let row = try await upstream.next() else {
                if !isEnded { try renderer.end() }
                isEnded = true
                return nil
            }
            try renderer.add(row)
            return row
        }
    }
}
