/// Finds the line that an instruction belongs to, in the tables that code objects have.
struct LineTable: Sendable {
    var format: StackLayout.LineFormat
    var bytes: [UInt8]
    /// The line of the function's first line, `co_firstlineno`.
    var firstLine: Int

    /// The line of an instruction.
    ///
    /// - Parameter offset: Where the instruction stands in its function, in bytes; negative before the first.
    /// - Returns: Nil for an instruction that belongs to none, or is beyond the table's end.
    func line(at offset: Int) -> Int? {
        // A frame that has not begun yet (`PyCode_Addr2Line`).
        guard offset >= 0 else { return firstLine }
        switch format {
        case .increments: return lineByIncrements(offset)
        case .ranges: return lineByRanges(offset)
        case .locations: return lineByLocations(offset)
        }
    }

    // Objects/lnotab_notes.txt: pairs of an address increment and a signed line increment.
    private func lineByIncrements(_ offset: Int) -> Int? {
        var line = firstLine
        var address = 0
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            address += Int(bytes[index])
            if address > offset { break }
            line += Int(Int8(bitPattern: bytes[index + 1]))
        }
        return line
    }

    // PEP 626: pairs of a range's length and a signed line increment, -128 for a range without a line.
    private func lineByRanges(_ offset: Int) -> Int? {
        var line = firstLine
        var end = 0
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            let increment = Int8(bitPattern: bytes[index + 1])
            if increment != -128 { line += Int(increment) }
            end += Int(bytes[index])
            if offset < end { return increment == -128 ? nil : line }
        }
        return nil
    }

    // InternalDocs/code_objects.md (3.11: Objects/locations.md): entries that begin with a byte whose top bit is set:
    // four bits of the kind, three of the length in units of two bytes less one.
    private func lineByLocations(_ offset: Int) -> Int? {
        var line = firstLine
        var end = 0
        var index = 0
        while index < bytes.count {
            let head = bytes[index]
            let kind = head >> 3 & 15
            let isLineless = kind == 15
            switch kind {
            case 13, 14: line += signed(at: index + 1)
            case 10...12: line += Int(kind) - 10
            default: break
            }
            end += (Int(head & 7) + 1) * 2
            if offset < end { return isLineless ? nil : line }
            index += 1
            while index < bytes.count, bytes[index] & 0x80 == 0 { index += 1 }
        }
        return nil
    }

    /// A number in pieces of six bits, the lowest first, each but the last marked by bit 6; its lowest bit is the sign.
    private func signed(at start: Int) -> Int {
        var value = 0
        // More pieces than a line number has cannot be meant.
        for (shift, index) in zip(stride(from: 0, to: 36, by: 6), start..<bytes.count) {
            value |= Int(bytes[index] & 63) << shift
            if bytes[index] & 64 == 0 { break }
        }
        return value & 1 != 0 ? -(value >> 1) : value >> 1
    }
}
