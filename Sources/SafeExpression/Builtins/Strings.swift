/// Text as Python sees it: code points.
enum Strings {
    /// A string of one code point.
    static func character(_ unit: UInt32) -> Value { unit < 0x80 ? .ascii([UInt8(unit)]) : .wide([unit]) }

    /// The code points of text.
    static func units(_ text: Value) -> [UInt32] {
        switch text {
        case .ascii(let bytes): bytes.map { UInt32($0) }
        case .wide(let units): units
        default: []
        }
    }

    /// The code points of text, paid for where they have to be made first.
    static func units(_ text: Value, _ state: inout State) throws(Fault) -> [UInt32] {
        if case .ascii(let bytes) = text { try state.charge(bytes.count >> 5) }
        return units(text)
    }

    static func count(_ text: Value) -> Int {
        switch text {
        case .ascii(let bytes): bytes.count
        case .wide(let units): units.count
        default: 0
        }
    }

    static func isText(_ value: Value) -> Bool {
        switch value {
        case .ascii, .wide: true
        default: false
        }
    }

    /// Makes text after paying for it.
    static func make(_ units: [UInt32], _ state: inout State) throws(Fault) -> Value {
        try state.allocate(characters: units.count, wide: true)
        return .string(codePoints: units)
    }

    // MARK: - Classes of characters

    static func isSpace(_ unit: UInt32) -> Bool {
        switch unit {
        case 9...13, 28...32, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    static func isLineBreak(_ unit: UInt32) -> Bool {
        switch unit {
        case 10...13, 28...30, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// The value of a digit or a letter in a number of up to base 36; any script's decimal digits count.
    static func digit(_ unit: UInt32) -> Int? {
        switch unit {
        case 0x30...0x39: return Int(unit) - 0x30
        case 0x41...0x5A: return Int(unit) - 0x41 + 10
        case 0x61...0x7A: return Int(unit) - 0x61 + 10
        case 0..<0x80: return nil
        default:
            let properties = Text.scalar(unit).properties
            guard properties.numericType == .decimal, let value = properties.numericValue else { return nil }
            return Int(value)
        }
    }

    static func trimmed(_ units: ArraySlice<UInt32>) -> ArraySlice<UInt32> {
        var units = units
        while let first = units.first, isSpace(first) { units = units.dropFirst() }
        while let last = units.last, isSpace(last) { units = units.dropLast() }
        return units
    }

    // MARK: - Order

    /// The order of two strings by code points.
    static func order(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Ordering.Order {
        func order(
            _ a: [some FixedWidthInteger], _ b: [some FixedWidthInteger], _ state: inout State
        ) throws(Fault) -> Ordering.Order {
            let count = min(a.count, b.count)
            try state.charge(count >> 4)
            for place in 0..<count {
                let x = UInt32(truncatingIfNeeded: a[place])
                let y = UInt32(truncatingIfNeeded: b[place])
                if x != y { return x < y ? .less : .greater }
            }
            return a.count < b.count ? .less : a.count == b.count ? .equal : .greater
        }
        switch (left, right) {
        case (.ascii(let a), .ascii(let b)): return try order(a, b, &state)
        case (.ascii(let a), .wide(let b)): return try order(a, b, &state)
        case (.wide(let a), .ascii(let b)): return try order(a, b, &state)
        case (.wide(let a), .wide(let b)): return try order(a, b, &state)
        default: preconditionFailure("only text is ordered as text")
        }
    }

    // MARK: - Search

    /// The first place of a text in another.
    static func find(_ needle: Value, in text: Value, _ state: inout State) throws(Fault) -> Int? {
        try find(needle, in: text, from: 0, to: count(text), &state)
    }

    static func find(
        _ needle: Value, in text: Value, from start: Int, to end: Int, _ state: inout State
    ) throws(Fault) -> Int? {
        switch (needle, text) {
        case (.ascii(let a), .ascii(let b)): return try Search.first(a, in: b, from: start, to: end, &state)
        case (.wide, .ascii): return nil
        case (.ascii, .wide(let b)): return try Search.first(units(needle), in: b, from: start, to: end, &state)
        case (.wide(let a), .wide(let b)): return try Search.first(a, in: b, from: start, to: end, &state)
        default: return nil
        }
    }

    static func findLast(
        _ needle: Value, in text: Value, from start: Int, to end: Int, _ state: inout State
    ) throws(Fault) -> Int? {
        let text = units(text)
        let needle = units(needle)
        let reversed = try Search.first(
            needle.reversed(), in: text.reversed(), from: text.count - end, to: text.count - start, &state)
        return reversed.map { text.count - $0 - needle.count }
    }
}

/// Looking for runs of units, in time that grows with the lengths' sum.
enum Search {
    static func first<Unit: FixedWidthInteger>(
        _ needle: [Unit], in text: [Unit], from start: Int, to end: Int, _ state: inout State
    ) throws(Fault) -> Int? {
        if needle.isEmpty { return start <= end ? start : nil }
        guard start >= 0, end - start >= needle.count else { return nil }
        if needle.count <= 8 {
            try state.charge((end - start) >> 3)
            let head = needle[0]
            for place in start...(end - needle.count) where text[place] == head {
                var step = 1
                while step < needle.count, text[place + step] == needle[step] { step += 1 }
                if step == needle.count { return place }
            }
            return nil
        }
        try state.charge((end - start + needle.count) >> 2)
        try state.allocate(needle.count * 8)
        let borders = self.borders(of: needle)
        var matched = 0
        for place in start..<end {
            while matched > 0, text[place] != needle[matched] { matched = borders[matched - 1] }
            if text[place] == needle[matched] { matched += 1 }
            if matched == needle.count { return place - needle.count + 1 }
        }
        return nil
    }

    /// Knuth, Morris and Pratt's table.
    private static func borders<Unit: FixedWidthInteger>(of needle: [Unit]) -> [Int] {
        var borders = [Int](repeating: 0, count: needle.count)
        var matched = 0
        for place in 1..<needle.count {
            while matched > 0, needle[place] != needle[matched] { matched = borders[matched - 1] }
            if needle[place] == needle[matched] { matched += 1 }
            borders[place] = matched
        }
        return borders
    }

    /// Every place where a run stands, without overlaps, up to a number of them.
    static func all<Unit: FixedWidthInteger>(
        _ needle: [Unit], in text: [Unit], from start: Int, to end: Int, limit: Int, _ state: inout State
    ) throws(Fault) -> [Int] {
        var places: [Int] = []
        guard !needle.isEmpty, start >= 0, end - start >= needle.count, limit > 0 else { return places }
        try state.charge((end - start + needle.count) >> 2)
        try state.allocate(needle.count * 8)
        let borders = self.borders(of: needle)
        var matched = 0
        for place in start..<end {
            while matched > 0, text[place] != needle[matched] { matched = borders[matched - 1] }
            if text[place] == needle[matched] { matched += 1 }
            if matched == needle.count {
                places.append(place - needle.count + 1)
                if places.count == limit { break }
                matched = 0
            }
        }
        try state.charge(places.count >> 1)
        try state.allocate(places.count * 8)
        return places
    }
}
