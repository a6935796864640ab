/// A JSON object that is still text: it was checked whole, and a member is decoded when it is asked for.
///
/// Finding a member and decoding it takes a tenth of what decoding all of them takes, which is what a condition over
/// lines of JSON needs.
public struct JSONObject: Sendable {
    private let bytes: ArraySlice<UInt8>
    private let tagged: Bool
    private let maximumDepth: Int
    /// Where the members stand, in bytes from the beginning; of equal keys only the last.
    private let members: [Member]

    private struct Member {
        let key: JSONToken
        let value: Range<Int>
    }

    /// Checks a text.
    ///
    /// - Parameters:
    ///   - json: The text in UTF-8; it is kept.
    ///   - tagged: Whether `{"$tuple":[…]}` and its kin are what they stand for in the members' values.
    ///   - maximumDepth: How deep containers may nest.
    /// - Returns: Nil when the text is no object, but may be another value.
    /// - Throws: ``JSONError`` when the text begins as an object and is none, or nests too deep.
    public init?(json: ArraySlice<UInt8>, tagged: Bool = true, maximumDepth: Int = 200) throws(JSONError) {
        let found = try JSONScanner.scan(json, maximumDepth: maximumDepth) { (scanner) throws(JSONError) -> [Member]? in
            scanner.skipSpace()
            guard scanner.enterObject() else { return nil }
            let members = try Self.members(&scanner)
            try scanner.finish()
            return members
        }
        guard let found else { return nil }
        bytes = json
        members = found
        self.tagged = tagged
        self.maximumDepth = maximumDepth
    }

    private static func members(_ scanner: inout JSONScanner) throws(JSONError) -> [Member] {
        var members: [Member] = []
        members.reserveCapacity(12)
        var skipper = JSONSkipper()
        scanner.skipSpace()
        if scanner.leaveObject() { return members }
        while true {
            let key = try scanner.key()
            scanner.skipSpace()
            let start = scanner.place
            try scanner.value(&skipper)
            let member = Member(key: key, value: start..<scanner.place)
            if let place = Self.place(of: key, in: members, scanner) {
                members[place] = member
            } else {
                members.append(member)
            }
            scanner.skipSpace()
            if scanner.eat(0x2C) { continue }
            guard scanner.leaveObject() else { throw scanner.failure("expected ',' or '}'") }
            return members
        }
    }

    private static func place(
        of key: JSONToken, in members: [Member], _ scanner: borrowing JSONScanner
    ) -> Int? {
        // An escape may write the same key otherwise; that is rare, and then the keys are decoded.
        if key.kind == .escaped || members.contains(where: { $0.key.kind == .escaped }) {
            let text = key.text(scanner)
            for place in members.indices where members[place].key.text(scanner) == text { return place }
            return nil
        }
        let count = key.range.count
        search: for place in members.indices where members[place].key.range.count == count {
            let start = members[place].key.range.lowerBound
            for offset in 0..<count where scanner[start + offset] != scanner[key.range.lowerBound + offset] {
                continue search
            }
            return place
        }
        return nil
    }

    /// The keys, in their order.
    public var keys: [String] { members.map { key(of: $0) } }

    /// A member's value; nil when there is none, or when its tagged form is malformed.
    public subscript(key: String) -> Value? {
        member(key).flatMap { try? Value(json: text($0.value), tagged: tagged, maximumDepth: maximumDepth) }
    }

    /// A member that is an object itself, undecoded; nil when there is none, or when it is something else.
    ///
    /// - Parameter key: The member's key.
    public func object(_ key: String) -> JSONObject? {
        guard let member = member(key) else { return nil }
        return try? JSONObject(json: text(member.value), tagged: tagged, maximumDepth: maximumDepth)
    }

    private func member(_ key: String) -> Member? {
        var key = key
        return key.withUTF8 { wanted in
            for member in members {
                if member.key.kind == .escaped {
                    if self.key(of: member) == (unsafe String(decoding: wanted, as: UTF8.self)) { return member }
                } else if member.key.range.count == wanted.count {
                    let start = bytes.startIndex + member.key.range.lowerBound
                    if unsafe bytes[start..<start + wanted.count].elementsEqual(wanted) { return member }
                }
            }
            return nil
        }
    }

    private func key(of member: Member) -> String {
        if member.key.kind != .escaped { return String(decoding: text(member.key.range), as: UTF8.self) }
        let quoted = member.key.range.lowerBound - 1..<member.key.range.upperBound + 1
        return (try? Value(json: text(quoted), tagged: false))?.str ?? ""
    }

    private func text(_ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
    }
}
