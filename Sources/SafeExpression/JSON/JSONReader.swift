internal import BigInt

/// Makes values of what a scanner goes through.
struct JSONReader: JSONHandler {
    private let tagged: Bool
    private var open: [Open] = []
    private var result = Value.none

    /// - Parameter tagged: Whether `{"$tuple":[…]}` and its kin are what they stand for.
    init(tagged: Bool) { self.tagged = tagged }

    /// An array or an object that is being read.
    private enum Open {
        case array([Value])
        case object(Mapping.Builder, key: Value)
    }

    /// Reads one value.
    static func value(_ scanner: inout JSONScanner, tagged: Bool) throws(JSONError) -> Value {
        var reader = JSONReader(tagged: tagged)
        try scanner.value(&reader)
        return reader.result
    }

    mutating func begin(isObject: Bool) {
        open.append(isObject ? .object(Mapping.Builder(), key: .none) : .array([]))
    }

    mutating func key(_ token: JSONToken, _ scanner: borrowing JSONScanner) throws(JSONError) {
        guard case .object(let builder, _)? = open.popLast() else { preconditionFailure("a key outside of an object") }
        open.append(.object(builder, key: token.text(scanner)))
    }

    mutating func scalar(_ token: JSONToken, _ scanner: borrowing JSONScanner) throws(JSONError) {
        add(try token.value(scanner))
    }

    mutating func end(_ scanner: borrowing JSONScanner) throws(JSONError) {
        switch open.popLast() {
        case .array(let items): add(.list(items))
        case .object(let builder, _):
            let mapping = builder.finish()
            add(tagged ? try Tags.resolve(mapping, at: scanner.place) : .mapping(mapping))
        case nil: preconditionFailure("an end without a beginning")
        }
    }

    private mutating func add(_ value: Value) {
        switch open.popLast() {
        case .array(var items):
            items.append(value)
            open.append(.array(items))
        case .object(var builder, let key):
            builder.set(key, value)
            open.append(.object(builder, key: key))
        case nil: result = value
        }
    }
}

extension JSONToken {
    /// The value of a scalar.
    func value(_ scanner: borrowing JSONScanner) throws(JSONError) -> Value {
        switch kind {
        case .word:
            switch scanner[range.lowerBound] {
            case 0x74: return .bool(true)
            case 0x66: return .bool(false)
            default: return .none
            }
        case .integer: return try integer(scanner)
        case .float:
            guard let number = Double(String(decoding: scanner.slice(range), as: UTF8.self)) else {
                throw scanner.failure("malformed number", at: range.lowerBound)
            }
            return .float(number)
        case .ascii, .wide, .escaped: return text(scanner)
        }
    }

    private func integer(_ scanner: borrowing JSONScanner) throws(JSONError) -> Value {
        // 18 digits fit whatever they are.
        if range.count <= 18 {
            let negative = scanner[range.lowerBound] == 0x2D
            var number = 0
            for place in (negative ? range.dropFirst() : range) { number = number * 10 + Int(scanner[place] - 0x30) }
            return .int(negative ? -number : number)
        }
        let text = String(decoding: scanner.slice(range), as: UTF8.self)
        if let small = Int(text) { return .int(small) }
        guard let number = BigInt(text) else { throw scanner.failure("malformed number", at: range.lowerBound) }
        return Value(BigInteger(number))
    }

    /// The text, decoded.
    func text(_ scanner: borrowing JSONScanner) -> Value {
        switch kind {
        case .ascii: return .ascii(scanner.slice(range))
        case .wide: return .wide(Text.decode(scanner.slice(range)))
        default: return .string(codePoints: unescaped(scanner.slice(range)))
        }
    }

    /// Text with its escapes replaced; the scanner has checked them.
    private func unescaped(_ bytes: [UInt8]) -> [UInt32] {
        var units: [UInt32] = []
        var place = 0
        var run = 0
        while place < bytes.count {
            guard bytes[place] == 0x5C else {
                place += 1
                continue
            }
            units += Text.decode(bytes[run..<place])
            // Two surrogates make one code point when nothing stands between them.
            let isAdjacent = run == place
            let unit = Self.escape(bytes, at: &place)
            if isAdjacent, 0xDC00...0xDFFF ~= unit, let high = units.last, 0xD800...0xDBFF ~= high {
                units[units.count - 1] = 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00)
            } else {
                units.append(unit)
            }
            run = place
        }
        return units + Text.decode(bytes[run...])
    }

    private static func escape(_ bytes: [UInt8], at place: inout Int) -> UInt32 {
        let letter = bytes[place + 1]
        place += 2
        switch letter {
        case 0x62: return 8
        case 0x66: return 12
        case 0x6E: return 10
        case 0x72: return 13
        case 0x74: return 9
        case 0x75:
            let digits = bytes[place..<place + 4]
            place += 4
            return digits.reduce(0) { $0 << 4 | (Hex.value($1) ?? 0) }
        default: return UInt32(letter)
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
        self = try JSONScanner.scan(json, maximumDepth: maximumDepth) { (scanner) throws(JSONError) in
            let value = try JSONReader.value(&scanner, tagged: tagged)
            try scanner.finish()
            return value
        }
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
