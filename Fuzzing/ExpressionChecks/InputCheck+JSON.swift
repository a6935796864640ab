internal import SafeExpression

extension InputCheck {
    /// Bytes are no JSON, with a place among them, or a value that can be shown and reads back from what is written.
    func json(_ bytes: [UInt8], tagged: Bool) throws(Complaint) {
        let read = try timed("reading") { () throws(Complaint) in
            Result { () throws(JSONError) in try Value(json: bytes, tagged: tagged) }
        }
        let value: Value
        switch read {
        case .failure(let error):
            try expect(
                0...bytes.count ~= error.offset, "'\(error.message)' points at \(error.offset) of \(bytes.count)")
            try expect(!error.message.isEmpty, "an error without a message")
            return
        case .success(let made): value = made
        }
        try timed("showing") { () throws(Complaint) in
            _ = value.repr
            _ = value.isTruthy
        }
        let written = encoded(value, .tagged)
        let again = encoded(try reread(written), .tagged)
        // A set's order comes of the order in which its elements were added, as in Python.
        let isSame = again == written || text(written).contains("$set") && again.sorted() == written.sorted()
        try expect(isSame, "written as \(text(written)), then as \(text(again))")
        // A tagged integer may be longer than a number in JSON.
        if bytes.count < 4_400 { _ = try reread(encoded(value, .plain), tagged: false) }
    }

    private func encoded(_ value: Value, _ style: JSONStyle) -> [UInt8] {
        var bytes: [UInt8] = []
        value.encodeJSON(into: &bytes, style: style)
        return bytes
    }

    private func reread(_ bytes: [UInt8], tagged: Bool = true) throws(Complaint) -> Value {
        do throws(JSONError) {
            // A dict with odd keys is written in a form that nests deeper.
            return try Value(json: bytes, tagged: tagged, maximumDepth: 2_000)
        } catch {
            throw Complaint("\(text(bytes)) does not read back: \(error.message) at \(error.offset)")
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
