internal import BigInt

/// The methods of `str`.
enum TextMethods {
    /// A method: the receiver and the arguments by position; those left out before a named one are None.
    typealias Method = @Sendable (Value, [Value], inout State) throws(Fault) -> Value

    static let table: [String: Method] = [
        "upper": { (s, _, state) throws(Fault) in try mapped(s, &state, ascii: upper, Casing.upper) },
        "lower": { (s, _, state) throws(Fault) in try mapped(s, &state, ascii: lower, Casing.lower) },
        "casefold": { (s, _, state) throws(Fault) in try mapped(s, &state, ascii: lower, Casing.fold) },
        "title": { (s, _, state) throws(Fault) in try mapped(s, &state, Casing.title) },
        "capitalize": { (s, _, state) throws(Fault) in try mapped(s, &state, Casing.capitalize) },
        "swapcase": { (s, _, state) throws(Fault) in try mapped(s, &state, Casing.swap) },
        "isalpha": { (s, _, state) throws(Fault) in try every(s, &state, Casing.isAlphabetic) },
        "isdecimal": { (s, _, state) throws(Fault) in try every(s, &state, Casing.isDecimal) },
        "isdigit": { (s, _, state) throws(Fault) in try every(s, &state, Casing.isDigit) },
        "isnumeric": { (s, _, state) throws(Fault) in try every(s, &state, Casing.isNumeric) },
        "isalnum": { (s, _, state) throws(Fault) in
            try every(s, &state) { Casing.isAlphabetic($0) || Casing.isNumeric($0) }
        },
        "isspace": { (s, _, state) throws(Fault) in try every(s, &state, Strings.isSpace) },
        "isascii": { (s, _, _) throws(Fault) in
            if case .ascii = s { return .bool(true) }
            return .bool(false)
        },
        "isprintable": { (s, _, state) throws(Fault) in
            if Strings.count(s) == 0 { return .bool(true) }
            return try every(s, &state, Text.isPrintable)
        },
        "islower": { (s, _, state) throws(Fault) in try asked(s, &state, Casing.isLower) },
        "isupper": { (s, _, state) throws(Fault) in try asked(s, &state, Casing.isUpper) },
        "istitle": { (s, _, state) throws(Fault) in try asked(s, &state, Casing.isTitle) },
        "isidentifier": { (s, _, state) throws(Fault) in try asked(s, &state, Casing.isIdentifier) },
        "startswith": { (s, a, state) throws(Fault) in try affix(s, a, isPrefix: true, &state) },
        "endswith": { (s, a, state) throws(Fault) in try affix(s, a, isPrefix: false, &state) },
        "find": { (s, a, state) throws(Fault) in .int(try place(s, a, "find", last: false, &state) ?? -1) },
        "rfind": { (s, a, state) throws(Fault) in .int(try place(s, a, "rfind", last: true, &state) ?? -1) },
        "index": { (s, a, state) throws(Fault) in try index(s, a, "index", last: false, &state) },
        "rindex": { (s, a, state) throws(Fault) in try index(s, a, "rindex", last: true, &state) },
        "count": { (s, a, state) throws(Fault) in try count(s, a, &state) },
        "replace": { (s, a, state) throws(Fault) in try replace(s, a, &state) },
        "strip": { (s, a, state) throws(Fault) in try strip(s, a, left: true, right: true, &state) },
        "lstrip": { (s, a, state) throws(Fault) in try strip(s, a, left: true, right: false, &state) },
        "rstrip": { (s, a, state) throws(Fault) in try strip(s, a, left: false, right: true, &state) },
        "removeprefix": { (s, a, state) throws(Fault) in try remove(s, a, isPrefix: true, &state) },
        "removesuffix": { (s, a, state) throws(Fault) in try remove(s, a, isPrefix: false, &state) },
        "center": { (s, a, state) throws(Fault) in try pad(s, a, .center, &state) },
        "ljust": { (s, a, state) throws(Fault) in try pad(s, a, .left, &state) },
        "rjust": { (s, a, state) throws(Fault) in try pad(s, a, .right, &state) },
        "zfill": { (s, a, state) throws(Fault) in try zfill(s, a, &state) },
        "expandtabs": { (s, a, state) throws(Fault) in try expandTabs(s, a, &state) },
        "join": { (s, a, state) throws(Fault) in try TextSplitting.join(s, a[0], &state) },
        "split": { (s, a, state) throws(Fault) in try TextSplitting.split(s, a, fromRight: false, &state) },
        "rsplit": { (s, a, state) throws(Fault) in try TextSplitting.split(s, a, fromRight: true, &state) },
        "splitlines": { (s, a, state) throws(Fault) in try TextSplitting.lines(s, a, &state) },
        "partition": { (s, a, state) throws(Fault) in try TextSplitting.partition(s, a[0], last: false, &state) },
        "rpartition": { (s, a, state) throws(Fault) in try TextSplitting.partition(s, a[0], last: true, &state) },
    ]

    // MARK: - Case and classes

    private static func upper(_ byte: UInt8) -> UInt8 { 0x61...0x7A ~= byte ? byte - 32 : byte }
    private static func lower(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte + 32 : byte }

    private static func mapped(
        _ text: Value, _ state: inout State, ascii: ((UInt8) -> UInt8)? = nil, _ map: ([UInt32]) -> [UInt32]
    ) throws(Fault) -> Value {
        if case .ascii(let bytes) = text, let ascii {
            try state.allocate(characters: bytes.count, wide: false)
            return .ascii(bytes.map(ascii))
        }
        let units = Strings.units(text)
        // A letter may become three; Unicode's tables are slow to ask.
        try state.charge(units.count)
        try state.allocate(units.count * 4)
        let result = map(units)
        try state.allocate(characters: result.count, wide: result.count != units.count)
        return .string(codePoints: result)
    }

    private static func every(
        _ text: Value, _ state: inout State, _ test: (UInt32) -> Bool
    ) throws(Fault) -> Value {
        let units = Strings.units(text)
        try state.charge(units.count >> 1)
        return .bool(!units.isEmpty && units.allSatisfy(test))
    }

    private static func asked(
        _ text: Value, _ state: inout State, _ test: ([UInt32]) -> Bool
    ) throws(Fault) -> Value {
        let units = Strings.units(text)
        try state.charge(units.count >> 1)
        return .bool(test(units))
    }

    // MARK: - Search

    /// The optional `start` and `end`, clamped as slices are.
    private static func bounds(
        _ arguments: [Value], _ size: Int, _ state: inout State
    ) throws(Fault) -> (start: Int, end: Int) {
        func bound(_ place: Int, _ fallback: Int, _ state: inout State) throws(Fault) -> Int {
            guard arguments.count > place, !arguments[place].isNone else { return fallback }
            guard arguments[place].asInt != nil || arguments[place].isBig else {
                throw state.typeError("slice indices must be integers or None or have an __index__ method")
            }
            let number = try Integers.clamped(arguments[place], &state)
            return number < 0 ? max(0, number &+ size) : number
        }
        let start = try bound(1, 0, &state)
        return (start, min(size, try bound(2, size, &state)))
    }

    static func requireText(_ value: Value, _ message: String, _ state: State) throws(Fault) {
        if let mark = value.cutMark { throw state.cut(mark) }
        if !Strings.isText(value) { throw state.typeError(message) }
    }

    private static func place(
        _ text: Value, _ arguments: [Value], _ name: String, last: Bool, _ state: inout State
    ) throws(Fault) -> Int? {
        try requireText(arguments[0], "\(name)() argument 1 must be str, not \(arguments[0].typeName)", state)
        let (start, end) = try bounds(arguments, Strings.count(text), &state)
        guard start <= end else { return nil }
        return last
            ? try Strings.findLast(arguments[0], in: text, from: start, to: end, &state)
            : try Strings.find(arguments[0], in: text, from: start, to: end, &state)
    }

    private static func index(
        _ text: Value, _ arguments: [Value], _ name: String, last: Bool, _ state: inout State
    ) throws(Fault) -> Value {
        guard let place = try place(text, arguments, name, last: last, &state) else {
            throw state.valueError("substring not found")
        }
        return .int(place)
    }

    private static func count(_ text: Value, _ arguments: [Value], _ state: inout State) throws(Fault) -> Value {
        try requireText(arguments[0], "count() argument 1 must be str, not \(arguments[0].typeName)", state)
        let (start, end) = try bounds(arguments, Strings.count(text), &state)
        guard start <= end else { return .int(0) }
        if Strings.count(arguments[0]) == 0 { return .int(end - start + 1) }
        let places: [Int]
        if case .ascii(let bytes) = text, case .ascii(let needle) = arguments[0] {
            places = try Search.all(needle, in: bytes, from: start, to: end, limit: .max, &state)
        } else {
            places = try Search.all(
                Strings.units(arguments[0]), in: Strings.units(text), from: start, to: end, limit: .max, &state)
        }
        return .int(places.count)
    }

    private static func affix(
        _ text: Value, _ arguments: [Value], isPrefix: Bool, _ state: inout State
    ) throws(Fault) -> Value {
        let name = isPrefix ? "startswith" : "endswith"
        let (start, end) = try bounds(arguments, Strings.count(text), &state)
        let candidates: [Value]
        if case .tuple(let items) = arguments[0] { candidates = items } else { candidates = [arguments[0]] }
        let units = try Strings.units(text, &state)
        for candidate in candidates {
            try state.charge(1)
            try requireText(
                candidate,
                candidates.count == 1 && arguments[0].typeName != "tuple"
                    ? "\(name) first arg must be str or a tuple of str, not \(candidate.typeName)"
                    : "tuple for \(name) must only contain str, not \(candidate.typeName)", state)
            let part = Strings.units(candidate)
            try state.charge(part.count >> 4)
            guard start <= end, part.count <= end - start else { continue }
            let from = isPrefix ? start : end - part.count
            if units[from..<(from + part.count)].elementsEqual(part) { return .bool(true) }
        }
        return .bool(false)
    }

    // MARK: - New text

    private static func replace(_ text: Value, _ arguments: [Value], _ state: inout State) throws(Fault) -> Value {
        for place in 0..<2 {
            try requireText(
                arguments[place],
                "replace() argument \(place + 1) must be str, not \(arguments[place].typeName)", state)
        }
        var limit = Int.max
        if arguments.count > 2 {
            let number = try Integers.clamped(arguments[2], &state)
            if number >= 0 { limit = number }
        }
        let units = Strings.units(text)
        let old = Strings.units(arguments[0])
        let new = Strings.units(arguments[1])
        var places: [Int]
        if old.isEmpty {
            places = Array((0...units.count).prefix(limit))
            try state.charge(places.count)
        } else {
            places = try Search.all(old, in: units, from: 0, to: units.count, limit: limit, &state)
        }
        if places.isEmpty { return text }
        let (growth, overflow) = places.count.multipliedReportingOverflow(by: new.count - old.count)
        let isWide: Bool
        if case .ascii = text, case .ascii = arguments[1] { isWide = false } else { isWide = true }
        try state.allocate(characters: overflow ? .max / 8 : units.count + growth, wide: isWide)
        var result: [UInt32] = []
        result.reserveCapacity(units.count + growth)
        var done = 0
        for place in places {
            result += units[done..<place]
            result += new
            done = place + old.count
        }
        result += units[done...]
        return .string(codePoints: result)
    }

    private static func strip(
        _ text: Value, _ arguments: [Value], left: Bool, right: Bool, _ state: inout State
    ) throws(Fault) -> Value {
        let units = Strings.units(text)
        try state.charge(units.count >> 3)
        var members: Set<UInt32>?
        if let characters = arguments.first, !characters.isNone {
            let name = left && right ? "strip" : left ? "lstrip" : "rstrip"
            try requireText(characters, "\(name) arg must be None or str", state)
            try state.charge(Strings.count(characters))
            members = Set(Strings.units(characters))
        }
        let isStripped = { (unit: UInt32) in members.map { $0.contains(unit) } ?? Strings.isSpace(unit) }
        var start = 0
        var end = units.count
        if left { while start < end, isStripped(units[start]) { start += 1 } }
        if right { while start < end, isStripped(units[end - 1]) { end -= 1 } }
        if start == 0, end == units.count { return text }
        return try Strings.make(Array(units[start..<end]), &state)
    }

    private static func remove(
        _ text: Value, _ arguments: [Value], isPrefix: Bool, _ state: inout State
    ) throws(Fault) -> Value {
        let name = isPrefix ? "removeprefix" : "removesuffix"
        try requireText(arguments[0], "\(name)() argument must be str, not \(arguments[0].typeName)", state)
        let units = try Strings.units(text, &state)
        let part = Strings.units(arguments[0])
        if part.isEmpty || part.count > units.count { return text }
        if isPrefix {
            return units.starts(with: part) ? try Strings.make(Array(units[part.count...]), &state) : text
        }
        let cut = units.count - part.count
        return units[cut...].elementsEqual(part) ? try Strings.make(Array(units[..<cut]), &state) : text
    }

    private enum Side {
        case left
        case right
        case center
    }

    private static func pad(_ text: Value, _ arguments: [Value], _ side: Side, _ state: inout State) throws(Fault)
        -> Value
    {
        let width = try Integers.clamped(arguments[0], &state)
        var fill: UInt32 = 0x20
        if arguments.count > 1 {
            try requireText(
                arguments[1], "The fill character must be a unicode character, not \(arguments[1].typeName)", state)
            let units = Strings.units(arguments[1])
            guard units.count == 1 else {
                throw state.typeError("The fill character must be exactly one character long")
            }
            fill = units[0]
        }
        guard width > Strings.count(text) else { return text }
        let units = Strings.units(text)
        try state.allocate(characters: width, wide: true)
        let gap = width - units.count
        // CPython rounds the left side up only when both gap and width are odd.
        let left = side == .left ? 0 : side == .right ? gap : gap / 2 + (gap & width & 1)
        return .string(
            codePoints: Array(repeating: fill, count: left) + units + Array(repeating: fill, count: gap - left))
    }

    private static func zfill(_ text: Value, _ arguments: [Value], _ state: inout State) throws(Fault) -> Value {
        let width = try Integers.clamped(arguments[0], &state)
        guard width > Strings.count(text) else { return text }
        let units = Strings.units(text)
        try state.allocate(characters: width, wide: true)
        let zeros = [UInt32](repeating: 0x30, count: width - units.count)
        if let sign = units.first, sign == 0x2B || sign == 0x2D {
            return .string(codePoints: [sign] + zeros + units[1...])
        }
        return .string(codePoints: zeros + units)
    }

    private static func expandTabs(_ text: Value, _ arguments: [Value], _ state: inout State) throws(Fault) -> Value {
        // A tab beyond the longest text is as good as any: no sum of it overflows.
        let size = arguments.isEmpty ? 8 : min(try Integers.clamped(arguments[0], &state), state.limits.characters + 1)
        var result: [UInt32] = []
        var column = 0
        let units = Strings.units(text)
        try state.charge(units.count >> 2)
        for unit in units {
            if unit == 9 {
                guard size > 0 else { continue }
                let gap = size - column % size
                try state.allocate(characters: result.count + gap, wide: false)
                state.room += result.count
                result += Array(repeating: 0x20, count: gap)
                column += gap
            } else {
                result.append(unit)
                column = unit == 10 || unit == 13 ? 0 : column + 1
            }
        }
        return try Strings.make(result, &state)
    }
}
