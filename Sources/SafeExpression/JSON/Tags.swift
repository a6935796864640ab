internal import BigInt

/// The agent protocol's forms for what JSON lacks: dicts whose keys begin with a dollar sign.
///
/// `{"$dict":[[key, value], …]}` stands for a dict that JSON could not hold as it is: one with other keys than text,
/// or one that would itself look like a tagged form.
enum Tags {
    /// Turns a tagged form into its value; a plain dict stays what it is.
    static func resolve(_ mapping: Mapping, at offset: Int) throws(JSONError) -> Value {
        guard let first = mapping.keys.first, case .ascii(let key) = first, key.first == 0x24 else {
            return .mapping(mapping)
        }
        let failure = JSONError(message: "malformed '\(first.str)'", offset: offset)
        if let text = mapping["$repr"] {
            guard let text = text.asString else { throw failure }
            let attributes = mapping["$attrs"]?.asDict ?? []
            return .record(
                CapturedObject(
                    typeName: mapping["$type"]?.asString ?? "object", repr: text,
                    attributes: attributes.map { ($0.key.str, $0.value) }, cut: mapping["$cut"]?.asInt))
        }
        guard mapping.count == 1 else { return .mapping(mapping) }
        let content = mapping.values[0]
        switch String(decoding: key, as: UTF8.self) {
        case "$int":
            guard let text = content.asString, text.utf8.count <= 20_000, let number = BigInt(text) else {
                throw failure
            }
            return Value(BigInteger(number))
        case "$float":
            switch content.asString {
            case "nan": return .float(.nan)
            case "inf": return .float(.infinity)
            case "-inf": return .float(-.infinity)
            default: throw failure
            }
        case "$tuple":
            guard case .list(let items) = content else { throw failure }
            return .tuple(items)
        case "$set":
            guard case .list(let items) = content else { throw failure }
            var state = State.unlimited
            var builder = Group.Builder()
            for item in items {
                guard (try? builder.insert(item, &state)) != nil else { throw failure }
            }
            return .group(builder.finish())
        case "$dict":
            guard case .list(let pairs) = content else { throw failure }
            var state = State.unlimited
            var builder = Mapping.Builder(capacity: pairs.count)
            for pair in pairs {
                guard let pair = pair.asList, pair.count == 2 else { throw failure }
                if case .cut(let mark) = pair[0] {
                    builder.cut = mark.count
                    continue
                }
                guard (try? builder.set(pair[0], pair[1], &state)) != nil else { throw failure }
            }
            return .mapping(builder.finish())
        case "$bytes":
            guard case .ascii(let text) = content, let bytes = Base64.decode(text) else { throw failure }
            return .record(CapturedBytes(bytes))
        case "$cut":
            guard let count = content.asInt else { throw failure }
            return .cut(CutMark(count: count))
        default: return .mapping(mapping)
        }
    }

    /// Whether a dict can be written as a JSON object and read back as the same dict.
    static func isPlain(_ mapping: Mapping) -> Bool {
        if mapping.cut != nil { return false }
        for key in mapping.keys {
            switch key {
            case .ascii(let text): if text.first == 0x24 { return false }
            case .wide: continue
            default: return false
            }
        }
        return true
    }
}

enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8], into out: inout [UInt8]) {
        var place = 0
        while place < bytes.count {
            let rest = min(3, bytes.count - place)
            var group: UInt32 = 0
            for step in 0..<3 { group = group << 8 | (step < rest ? UInt32(bytes[place + step]) : 0) }
            for step in 0..<4 {
                out.append(step <= rest ? alphabet[Int(group >> UInt32(18 - 6 * step) & 63)] : 0x3D)
            }
            place += 3
        }
    }

    static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var count = 0
        var padding = 0
        for digit in text {
            let value: UInt32
            switch digit {
            case 0x41...0x5A: value = UInt32(digit) - 0x41
            case 0x61...0x7A: value = UInt32(digit) - 0x61 + 26
            case 0x30...0x39: value = UInt32(digit) - 0x30 + 52
            case 0x2B: value = 62
            case 0x2F: value = 63
            case 0x3D:
                value = 0
                padding += 1
            default: return nil
            }
            if padding > 0 && digit != 0x3D { return nil }
            group = group << 6 | value
            count += 1
            if count == 4 {
                for step in 0..<3 { bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * step))) }
                group = 0
                count = 0
            }
        }
        guard padding <= 2 else { return nil }
        bytes.removeLast(padding)
        return bytes
    }
}
