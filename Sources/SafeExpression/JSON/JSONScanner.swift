/// Goes through JSON text and tells a handler what stands there, without recursion.
///
/// It checks all of the grammar; whether anything is decoded is the handler's affair. It holds a bare address, so it
/// lives inside ``JSONScanner/scan(_:maximumDepth:_:)``.
@safe struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    /// The offset of the next byte.
    private(set) var place = 0
    /// The closing brackets that are waited for, the innermost last.
    private var open: [UInt8] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        unsafe self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Scans a text.
    ///
    /// - Parameters:
    ///   - text: The text in UTF-8.
    ///   - maximumDepth: How deep containers may nest.
    ///   - body: What is done with the scanner, which may not be kept.
    static func scan<Result>(
        _ text: ArraySlice<UInt8>, maximumDepth: Int, _ body: (inout JSONScanner) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        try unsafe text.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            var scanner = unsafe JSONScanner(buffer, maximumDepth: maximumDepth)
            return try body(&scanner)
        }
    }

    // MARK: - Values

    /// Goes through one value.
    mutating func value(_ handler: inout some JSONHandler) throws(JSONError) {
        let outside = open.count
        while true {
            skipSpace()
            switch peek() {
            case 0x7B:
                if try begin(closing: 0x7D, &handler) {
                    try key(&handler)
                    continue
                }
            case 0x5B: if try begin(closing: 0x5D, &handler) { continue }
            default: try handler.scalar(try scalar(), self)
            }
            // A finished value may finish the containers around it.
            while open.count > outside, let closing = open.last {
                skipSpace()
                if peek() == 0x2C {
                    place += 1
                    if closing == 0x7D { try key(&handler) }
                    break
                }
                guard peek() == closing else {
                    throw failure(closing == 0x7D ? "expected ',' or '}'" : "expected ',' or ']'")
                }
                place += 1
                open.removeLast()
                try handler.end(self)
            }
            if open.count == outside { return }
        }
    }

    /// Opens a container.
    ///
    /// - Returns: False when it is empty, and closed again.
    private mutating func begin(closing: UInt8, _ handler: inout some JSONHandler) throws(JSONError) -> Bool {
        if open.count >= maximumDepth { throw failure("nested deeper than \(maximumDepth)") }
        place += 1
        skipSpace()
        handler.begin(isObject: closing == 0x7D)
        if peek() == closing {
            place += 1
            try handler.end(self)
            return false
        }
        open.append(closing)
        return true
    }

    private mutating func key(_ handler: inout some JSONHandler) throws(JSONError) {
        try handler.key(try key(), self)
    }

    /// Goes into an object, for a caller that goes through its members itself.
    ///
    /// - Returns: False, having moved nowhere, when something else stands here.
    mutating func enterObject() -> Bool {
        guard eat(0x7B) else { return false }
        open.append(0x7D)
        return true
    }

    /// Goes out of the object that was entered.
    ///
    /// - Returns: False, having moved nowhere, when it does not end here.
    mutating func leaveObject() -> Bool {
        guard eat(0x7D) else { return false }
        open.removeLast()
        return true
    }

    /// Reads a member's key and its colon.
    mutating func key() throws(JSONError) -> JSONToken {
        skipSpace()
        guard peek() == 0x22 else { throw failure("expected a key in quotes") }
        let key = try text()
        skipSpace()
        guard peek() == 0x3A else { throw failure("expected ':'") }
        place += 1
        return key
    }

    private mutating func scalar() throws(JSONError) -> JSONToken {
        switch peek() {
        case 0x22: return try text()
        case 0x74: return try word("true")
        case 0x66: return try word("false")
        case 0x6E: return try word("null")
        case 0x2D, 0x30...0x39: return try number()
        default: throw failure("expected a value")
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) -> JSONToken {
        let start = place
        for offset in 0..<word.utf8CodeUnitCount {
            guard peek() == (unsafe word.utf8Start[offset]) else { throw failure("expected a value", at: start) }
            place += 1
        }
        return JSONToken(kind: .word, range: start..<place)
    }

    private mutating func number() throws(JSONError) -> JSONToken {
        let start = place
        var isFloat = false
        if peek() == 0x2D { place += 1 }
        let first = place
        skipDigits()
        guard place > first, place == first + 1 || self[first] != 0x30 else { throw failure("malformed number") }
        if peek() == 0x2E {
            isFloat = true
            place += 1
            let fraction = place
            skipDigits()
            guard place > fraction else { throw failure("malformed number") }
        }
        if peek() | 0x20 == 0x65 {
            isFloat = true
            place += 1
            if peek() == 0x2B || peek() == 0x2D { place += 1 }
            let digits = place
            skipDigits()
            guard place > digits else { throw failure("malformed number") }
        }
        // As many as Python turns into a number, and a point and an exponent.
        if place - start > 4_400 { throw failure("a number of more than 4400 digits", at: start) }
        return JSONToken(kind: isFloat ? .float : .integer, range: start..<place)
    }

    @inline(__always)
    private mutating func skipDigits() {
        while 0x30...0x39 ~= peek() { place += 1 }
    }

    /// Goes through text in quotes; the token's range is what stands between them.
    private mutating func text() throws(JSONError) -> JSONToken {
        place += 1
        let start = place
        var kind = JSONToken.Kind.ascii
        while place < count {
            let byte = self[place]
            if byte == 0x22 {
                let range = start..<place
                if kind != .ascii, !isUTF8(range) {
                    throw failure("the text is not UTF-8", at: start)
                }
                place += 1
                return JSONToken(kind: kind, range: range)
            }
            if byte < 0x20 { throw failure("a control character in a string") }
            if byte == 0x5C {
                kind = .escaped
                try skipEscape()
                continue
            }
            if byte >= 0x80, kind == .ascii { kind = .wide }
            place += 1
        }
        throw failure("unterminated string")
    }

    private mutating func skipEscape() throws(JSONError) {
        place += 1
        switch peek() {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: place += 1
        case 0x75:
            place += 1
            for _ in 0..<4 {
                guard Hex.value(peek()) != nil else { throw failure("malformed escape") }
                place += 1
            }
        default: throw failure("malformed escape")
        }
    }

    private func isUTF8(_ range: Range<Int>) -> Bool {
        unsafe Text.isValid(bytes[range])
    }

    // MARK: - Bytes

    private var count: Int { unsafe bytes.count }

    /// A byte inside the text.
    subscript(place: Int) -> UInt8 {
        @inline(__always) get { unsafe bytes[place] }
    }

    /// A part of the text.
    func slice(_ range: Range<Int>) -> [UInt8] { unsafe Array(bytes[range]) }

    /// The next byte, 0 at the end.
    @inline(__always)
    func peek() -> UInt8 { place < count ? self[place] : 0 }

    /// Whether the next byte is this one; goes past it if so.
    mutating func eat(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        place += 1
        return true
    }

    @inline(__always)
    mutating func skipSpace() {
        while place < count {
            switch self[place] {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            default: return
            }
        }
    }

    /// Checks that nothing but white space follows.
    mutating func finish() throws(JSONError) {
        skipSpace()
        if place != count { throw failure("unexpected text after the value") }
    }

    func failure(_ message: String, at offset: Int? = nil) -> JSONError {
        JSONError(message: place < count ? message : "the text ends too early", offset: offset ?? place)
    }
}

/// A scalar or a key, still undecoded.
struct JSONToken: Sendable {
    enum Kind: Sendable {
        /// `true`, `false` or `null`.
        case word
        case integer
        case float
        /// Text without escapes, of code points below 128.
        case ascii
        /// Text without escapes.
        case wide
        /// Text with escapes.
        case escaped
    }

    let kind: Kind
    /// Where it stands; of text, what is between the quotes.
    let range: Range<Int>
}

/// What is told of the values that a scanner goes through.
protocol JSONHandler {
    mutating func begin(isObject: Bool)
    /// A member's key, before its value.
    mutating func key(_ token: JSONToken, _ scanner: borrowing JSONScanner) throws(JSONError)
    mutating func scalar(_ token: JSONToken, _ scanner: borrowing JSONScanner) throws(JSONError)
    /// The innermost container ends.
    mutating func end(_ scanner: borrowing JSONScanner) throws(JSONError)
}

/// Goes through a value without looking at it.
struct JSONSkipper: JSONHandler {
    func begin(isObject: Bool) {}
    func key(_ token: JSONToken, _ scanner: borrowing JSONScanner) {}
    func scalar(_ token: JSONToken, _ scanner: borrowing JSONScanner) {}
    func end(_ scanner: borrowing JSONScanner) {}
}
