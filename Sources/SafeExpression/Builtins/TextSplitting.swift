/// Taking text apart and putting it together.
enum TextSplitting {
    static func join(_ separator: Value, _ parts: Value, _ state: inout State) throws(Fault) -> Value {
        switch parts {
        case .none, .bool, .int, .float, .big, .object: throw state.typeError("can only join an iterable")
        default: break
        }
        var cursor = try Cursor(over: parts, &state)
        let items = try cursor.rest(&state)
        var total = 0
        var isWide = false
        if case .wide = separator { isWide = items.count > 1 }
        for (place, item) in items.enumerated() {
            try TextMethods.requireText(
                item, "sequence item \(place): expected str instance, \(item.typeName) found", state)
            if case .wide = item { isWide = true }
            total += Strings.count(item)
        }
        let (glue, overflow) = max(0, items.count - 1).multipliedReportingOverflow(by: Strings.count(separator))
        try state.allocate(characters: overflow ? .max / 8 : total + glue, wide: isWide)
        if isWide {
            let glue = Strings.units(separator)
            var result: [UInt32] = []
            result.reserveCapacity(total)
            for (place, item) in items.enumerated() {
                if place > 0 { result += glue }
                result += Strings.units(item)
            }
            return .wide(result)
        }
        var result: [UInt8] = []
        result.reserveCapacity(total + glue)
        for (place, item) in items.enumerated() {
            if place > 0, case .ascii(let glue) = separator { result += glue }
            if case .ascii(let bytes) = item { result += bytes }
        }
        return .ascii(result)
    }

    /// `split` and `rsplit`: the separator and the greatest number of cuts.
    static func split(
        _ text: Value, _ arguments: [Value], fromRight: Bool, _ state: inout State
    ) throws(Fault) -> Value {
        var limit = Int.max
        if arguments.count > 1 {
            let number = try Integers.clamped(arguments[1], &state)
            if number >= 0 { limit = number }
        }
        var units = Strings.units(text)
        try state.charge(units.count >> 2)
        if fromRight { units.reverse() }
        var pieces: [ArraySlice<UInt32>]
        if let separator = arguments.first, !separator.isNone {
            try TextMethods.requireText(separator, "must be str or None, not \(separator.typeName)", state)
            var mark = Strings.units(separator)
            if mark.isEmpty { throw state.valueError("empty separator") }
            if fromRight { mark.reverse() }
            pieces = []
            var done = 0
            for place in try Search.all(mark, in: units, from: 0, to: units.count, limit: limit, &state) {
                pieces.append(units[done..<place])
                done = place + mark.count
            }
            pieces.append(units[done...])
        } else {
            pieces = words(units, limit: limit)
        }
        try state.allocate(elements: pieces.count)
        try state.charge(pieces.count)
        try state.allocate(units.count * 4)
        if fromRight {
            return .list(pieces.reversed().map { .string(codePoints: $0.reversed()) })
        }
        return .list(pieces.map { .string(codePoints: Array($0)) })
    }

    private static func words(_ units: [UInt32], limit: Int) -> [ArraySlice<UInt32>] {
        var pieces: [ArraySlice<UInt32>] = []
        var place = 0
        while true {
            while place < units.count, Strings.isSpace(units[place]) { place += 1 }
            if place == units.count { return pieces }
            if pieces.count == limit {
                // What is left after the last cut keeps the blanks at its far end.
                pieces.append(units[place...])
                return pieces
            }
            let start = place
            while place < units.count, !Strings.isSpace(units[place]) { place += 1 }
            pieces.append(units[start..<place])
        }
    }

    static func lines(_ text: Value, _ arguments: [Value], _ state: inout State) throws(Fault) -> Value {
        let keeps = arguments.first?.isTruthy ?? false
        let units = Strings.units(text)
        try state.charge(units.count >> 2)
        var lines: [Value] = []
        var start = 0
        var place = 0
        while place < units.count {
            guard Strings.isLineBreak(units[place]) else {
                place += 1
                continue
            }
            let end = place
            place += units[place] == 13 && place + 1 < units.count && units[place + 1] == 10 ? 2 : 1
            lines.append(.string(codePoints: Array(units[start..<(keeps ? place : end)])))
            start = place
            try state.charge(1)
        }
        if start < units.count { lines.append(.string(codePoints: Array(units[start...]))) }
        try state.allocate(elements: lines.count)
        try state.allocate(units.count * 4)
        return .list(lines)
    }

    static func partition(
        _ text: Value, _ separator: Value, last: Bool, _ state: inout State
    ) throws(Fault) -> Value {
        try TextMethods.requireText(separator, "must be str, not \(separator.typeName)", state)
        if Strings.count(separator) == 0 { throw state.valueError("empty separator") }
        let units = Strings.units(text)
        try state.allocate(units.count * 4)
        let place =
            last
            ? try Strings.findLast(separator, in: text, from: 0, to: units.count, &state)
            : try Strings.find(separator, in: text, &state)
        guard let place else {
            return last ? .tuple([.ascii([]), .ascii([]), text]) : .tuple([text, .ascii([]), .ascii([])])
        }
        let rest = units[(place + Strings.count(separator))...]
        return .tuple([
            .string(codePoints: Array(units[..<place])), separator, .string(codePoints: Array(rest)),
        ])
    }
}
