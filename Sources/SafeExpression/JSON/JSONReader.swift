internal import BigInt

/// Reads JSON into values, without recursion.
struct JSONReader {
    private let bytes: ArraySlice<UInt8>
    private var place: Int
    private let tagged: Bool
    private let maximumDepth: Int

    init(_ bytes: ArraySlice<UInt8>, tagged: Bool, maximumDepth: Int) {
        self.bytes = bytes
        self.tagged = tagged
        self.maximumDepth = maximumDepth
        place = bytes.startIndex
    }

    /// An array or an object that is being read.
    private enum Open {
        case array([Value])
        case object(Mapping.Builder, key: Value)
    }

    /// Reads one value that takes up the whole text.
    mutating func read() throws(JSONError) -> Value {
        let value = try readValue()
        skipSpace()
        if place != bytes.endIndex { throw failure("unexpected text after the value") }
        return value
    }

    private mutating func readValue() throws(JSONError) -> Value {
        var open: [Open] = []
        while true {
            skipSpace()
            var done: Value
            switch peek() {
            case 0x7B:
                try checkDepth(open.count)
                place += 1
                skipSpace()
                if peek() == 0x7D {
                    place += 1
                    done = .dict([])
                    break
                }
                open.append(.object(Mapping.Builder(), key: try readKey()))
                continue
            case 0x5B:
                try checkDepth(open.count)
                place += 1
                skipSpace()
                if peek() == 0x5D {
                    place += 1
                    done = .list([])
                    break
                }
                open.append(.array([]))
                continue
            default: done = try readScalar()
            }
            // A finished value may finish the containers around it.
            finishing: while true {
                guard let last = open.popLast() else { return done }
                skipSpace()
                let next = peek()
                switch last {
                case .array(var items):
                    items.append(done)
                    if next == 0x2C {
                        place += 1
                        open.append(.array(items))
                        break finishing
                    }
                    guard next == 0x5D else { throw failure("expected ',' or ']'") }
                    place += 1
                    done = .list(items)
                case .object(var builder, let key):
                    builder.set(key, done)
                    if next == 0x2C {
                        place += 1
                        open.append(.object(builder, key: try readKey()))
                        break finishing
                    }
                    guard next == 0x7D else { throw failure("expected ',' or '}'") }
                    place += 1
                    let mapping = builder.finish()
                    done = tagged ? try Tags.resolve(mapping, at: place - bytes.startIndex) : .mapping(mapping)
                }
            }
        }
    }

    private func checkDepth(_ depth: Int) throws(JSONError) {
        if depth >= maximumDepth { throw failure("nested deeper than \(maximumDepth)") }
    }

    private func peek() -> UInt8 { place < bytes.endIndex ? bytes[place] : 0 }

    private func failure(_ message: String) -> JSONError {
        JSONError(
            message: place < bytes.endIndex ? message : "the text ends too early", offset: place - bytes.startIndex)
    }

    private mutating func skipSpace() {
        while place < bytes.endIndex {
            switch bytes[place] {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            default: return
            }
        }
    }

    private mutating func readKey() throws(JSONError) -> Value {
        skipSpace()
        guard peek() == 0x22 else { throw failure("expected a key in quotes") }
        let key = try readText()
        skipSpace()
        guard peek() == 0x3A else { throw failure("expected ':'") }
        place += 1
        return key
    }

    private mutating func readScalar() throws(JSONError) -> Value {
        switch peek() {
        case 0x22: return try readText()
        case 0x74: return try readWord("true", .bool(true))
        case 0x66: return try readWord("false", .bool(false))
        case 0x6E: return try readWord("null", .none)
        case 0x2D, 0x30...0x39: return try readNumber()
        default: throw failure("expected a value")
        }
    }

    private mutating func readWord(_ word: StaticString, _ value: Value) throws(JSONError) -> Value {
        let text = Array(word.description.utf8)
        guard bytes[place...].starts(with: text) else { throw failure("expected a value") }
        place += text.count
        return value
    }

    private mutating func readNumber() throws(JSONError) -> Value {
        let start = place
        var isFloat = false
        var small = 0
        var overflow = false
        let negative = peek() == 0x2D
        if negative { place += 1 }
        let first = place
        while case 0x30...0x39 = peek() {
            let (product, one) = small.multipliedReportingOverflow(by: 10)
            let digit = Int(bytes[place] - 0x30)
            let (sum, two) =
                negative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            overflow = overflow || one || two
            small = sum
            place += 1
        }
        guard place > first, place == first + 1 || bytes[first] != 0x30 else { throw failure("malformed number") }
        if peek() == 0x2E {
            isFloat = true
            place += 1
            let fraction = place
            while case 0x30...0x39 = peek() { place += 1 }
            guard place > fraction else { throw failure("malformed number") }
        }
        if peek() | 0x20 == 0x65 {
            isFloat = true
            place += 1
            if peek() == 0x2B || peek() == 0x2D { place += 1 }
            let digits = place
            while case 0x30...0x39 = peek() { place += 1 }
            guard place > digits else { throw failure("malformed number") }
        }
        if !isFloat && !overflow { return .int(small) }
        if place - start > 4_400 { throw failure("a number of more than 4400 digits") }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isFloat {
            guard let number = Double(text) else { throw failure("malformed number") }
            return .float(number)
        }
        guard let number = BigInt(text) else { throw failure("malformed number") }
        return Value(BigInteger(number))
    }

    private mutating func readText() throws(JSONError) -> Value {
        place += 1
        let start = place
        var isWide = false
        while place < bytes.endIndex {
            let byte = bytes[place]
            if byte == 0x22 {
                let run = bytes[start..<place]
                place += 1
                return isWide ? .wide(try decode(run)) : .ascii(Array(run))
            }
            if byte == 0x5C { return try readEscaped(from: start) }
            if byte < 0x20 { throw failure("a control character in a string") }
            if byte >= 0x80 { isWide = true }
            place += 1
        }
        throw failure("unterminated string")
    }

    private func decode(_ run: ArraySlice<UInt8>) throws(JSONError) -> [UInt32] {
        guard Text.isValid(Array(run)) else {
            throw JSONError(message: "the text is not UTF-8", offset: run.startIndex - bytes.startIndex)
        }
        return Text.decode(run)
    }

    /// Reads on in a string that has escapes.
    private mutating func readEscaped(from start: Int) throws(JSONError) -> Value {
        var units: [UInt32] = []
        var run = start
        while place < bytes.endIndex {
            let byte = bytes[place]
            if byte < 0x20 { throw failure("a control character in a string") }
            guard byte == 0x22 || byte == 0x5C else {
                place += 1
                continue
            }
            units += try decode(bytes[run..<place])
            place += 1
            if byte == 0x22 { return .string(codePoints: units) }
            let unit = try readEscape()
            // Two escaped surrogates make one code point.
            if 0xDC00...0xDFFF ~= unit, let high = units.last, 0xD800...0xDBFF ~= high, run == place - 6 {
                units[units.count - 1] = 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00)
            } else {
                units.append(unit)
            }
            run = place
        }
        throw failure("unterminated string")
    }

    private mutating func readEscape() throws(JSONError) -> UInt32 {
        guard place < bytes.endIndex else { throw failure("unterminated string") }
        let letter = peek()
        place += 1
        switch letter {
        case 0x22, 0x5C, 0x2F: return UInt32(letter)
        case 0x62: return 8
        case 0x66: return 12
        case 0x6E: return 10
        case 0x72: return 13
        case 0x74: return 9
        case 0x75:
            var unit: UInt32 = 0
            for _ in 0..<4 {
                guard let digit = Hex.value(peek()) else { throw failure("malformed escape") }
                unit = unit << 4 | digit
                place += 1
            }
            return unit
        default: throw failure("malformed escape")
        }
    }
}

extension Value {
    /// Reads JSON, with the agent protocol's tagged forms.
    ///
    /// - Parameters:
    ///   - json: The text in UTF-8.
    ///   - tagged: Whether `{"$tuple":[…]}` and its kin are what they stand for, or plain dicts.
    ///   - maximumDepth: How deep containers may nest.
    /// - Throws: ``JSONError`` when the bytes are no JSON or nest too deep.
    public init(json: [UInt8], tagged: Bool = true, maximumDepth: Int = 200) throws(JSONError) {
        try self.init(json: json[...], tagged: tagged, maximumDepth: maximumDepth)
    }

    /// Reads JSON out of a longer buffer.
    ///
    /// - Parameters:
    ///   - json: The text in UTF-8.
    ///   - tagged: Whether `{"$tuple":[…]}` and its kin are what they stand for, or plain dicts.
    ///   - maximumDepth: How deep containers may nest.
    /// - Throws: ``JSONError`` when the bytes are no JSON or nest too deep.
    public init(json: ArraySlice<UInt8>, tagged: Bool = true, maximumDepth: Int = 200) throws(JSONError) {
        var reader = JSONReader(json, tagged: tagged, maximumDepth: maximumDepth)
        self = try reader.read()
    }

    /// Reads JSON from a string.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - tagged: Whether `{"$tuple":[…]}` and its kin are what they stand for, or plain dicts.
    ///   - maximumDepth: How deep containers may nest.
    /// - Throws: ``JSONError`` when the text is no JSON or nests too deep.
    public init(json text: String, tagged: Bool = true, maximumDepth: Int = 200) throws(JSONError) {
        try self.init(json: Array(text.utf8), tagged: tagged, maximumDepth: maximumDepth)
    }
}
