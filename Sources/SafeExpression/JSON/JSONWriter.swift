internal import BigInt

/// Writes values as JSON, without recursion.
struct JSONWriter {
    let style: JSONStyle

    /// A container that is being written.
    private struct Open {
        let content: Content
        var next = 0
        let close: [UInt8]

        enum Content {
            case items([Value])
            case entries(Mapping)
            /// A dict as `[[key, value], …]`.
            case pairs(Mapping)
            case attributes([(name: String, value: Value)])
        }

        var count: Int {
            switch content {
            case .items(let items): items.count
            case .entries(let mapping): mapping.count
            case .pairs(let mapping): mapping.count + (mapping.cut == nil ? 0 : 1)
            case .attributes(let attributes): attributes.count
            }
        }
    }

    func write(_ value: Value, to out: inout [UInt8]) {
        var open: [Open] = []
        var current: Value? = value
        while true {
            if let value = current.take(), let container = begin(value, &out) { open.append(container) }
            guard let last = open.indices.last else { return }
            if open[last].next == open[last].count {
                out += open.removeLast().close
                continue
            }
            if open[last].next > 0 { out.append(0x2C) }
            let place = open[last].next
            open[last].next += 1
            switch open[last].content {
            case .items(let items): current = items[place]
            case .entries(let mapping):
                writeKey(mapping.keys[place], &out)
                out.append(0x3A)
                current = mapping.values[place]
            case .pairs(let mapping):
                current =
                    place == mapping.count
                    ? .list([.cut(CutMark(count: mapping.cut ?? 0)), .none])
                    : .list([mapping.keys[place], mapping.values[place]])
            case .attributes(let attributes):
                writeText(attributes[place].name, &out)
                out.append(0x3A)
                current = attributes[place].value
            }
        }
    }

    /// Writes a scalar, or a container's beginning.
    private func begin(_ value: Value, _ out: inout [UInt8]) -> Open? {
        let tagged = style == .tagged
        switch value {
        case .none: out += Array("null".utf8)
        case .bool(let flag): out += Array((flag ? "true" : "false").utf8)
        case .int(let number): out += Array(String(number).utf8)
        case .big(let number):
            out += Array((tagged ? "{\"$int\":\"\(number.number)\"}" : String(number.number)).utf8)
        case .float(let number):
            let text = FloatText.repr(number)
            if number.isFinite {
                out += text
            } else {
                out += Array((tagged ? "{\"$float\":\"" : "\"").utf8) + text + Array((tagged ? "\"}" : "\"").utf8)
            }
        case .ascii(let bytes): writeText(bytes, &out)
        case .wide(let units): writeText(units, &out)
        case .list(let items):
            out.append(0x5B)
            return Open(content: .items(items), close: [0x5D])
        case .tuple(let items): return beginItems(items, tag: "$tuple", &out)
        case .group(let group): return beginItems(group.elements, tag: "$set", &out)
        case .view(let view): return beginItems((0..<view.mapping.count).map(view.element), tag: nil, &out)
        case .mapping(let mapping):
            if tagged && !Tags.isPlain(mapping) {
                out += Array("{\"$dict\":[".utf8)
                return Open(content: .pairs(mapping), close: [0x5D, 0x7D])
            }
            out.append(0x7B)
            return Open(content: .entries(mapping), close: [0x7D])
        case .cut(let mark):
            out += Array((tagged ? "{\"$cut\":\(mark.count)}" : "\"<\(mark.count) more>\"").utf8)
        case .range, .iterator:
            if tagged { return beginRecord(CapturedObject(typeName: value.typeName, repr: value.repr), &out) }
            writeText(value.repr, &out)
        case .object(let box):
            if tagged { return beginRecord(box.record, &out) }
            writeText(box.record.repr, &out)
        }
        return nil
    }

    private func beginItems(_ items: [Value], tag: String?, _ out: inout [UInt8]) -> Open {
        guard style == .tagged, let tag else {
            out.append(0x5B)
            return Open(content: .items(items), close: [0x5D])
        }
        out += Array("{\"\(tag)\":[".utf8)
        return Open(content: .items(items), close: [0x5D, 0x7D])
    }

    private func beginRecord(_ record: any Record, _ out: inout [UInt8]) -> Open? {
        if let bytes = record as? CapturedBytes {
            out += Array("{\"$bytes\":\"".utf8)
            Base64.encode(bytes.bytes, into: &out)
            out += [0x22, 0x7D]
            return nil
        }
        out += Array("{\"$repr\":".utf8)
        writeText(record.repr, &out)
        out += Array(",\"$type\":".utf8)
        writeText(record.typeName, &out)
        var end: [UInt8] = []
        if let count = (record as? CapturedObject)?.cut { end = Array(",\"$cut\":\(count)".utf8) }
        let attributes = record.fieldNames.compactMap { name in record.field(name).map { (name: name, value: $0) } }
        if attributes.isEmpty {
            out += end + [0x7D]
            return nil
        }
        out += Array(",\"$attrs\":{".utf8)
        return Open(content: .attributes(attributes), close: [0x7D] + end + [0x7D])
    }

    private func writeKey(_ key: Value, _ out: inout [UInt8]) {
        switch key {
        case .ascii(let bytes): writeText(bytes, &out)
        case .wide(let units): writeText(units, &out)
        default: writeText(key.repr, &out)
        }
    }

    private func writeText(_ text: String, _ out: inout [UInt8]) {
        writeText(Array(text.unicodeScalars.map { $0.value }), &out)
    }

    private func writeText(_ units: [some FixedWidthInteger & UnsignedInteger], _ out: inout [UInt8]) {
        out.append(0x22)
        for unit in units {
            let unit = UInt32(truncatingIfNeeded: unit)
            switch unit {
            case 0x22: out += [0x5C, 0x22]
            case 0x5C: out += [0x5C, 0x5C]
            case 0x0A: out += [0x5C, 0x6E]
            case 0x0D: out += [0x5C, 0x72]
            case 0x09: out += [0x5C, 0x74]
            case 0..<0x20, 0x7F, 0xD800...0xDFFF:
                out += [0x5C, 0x75]
                for place in (0..<4).reversed() {
                    out.append(Hex.digit(UInt8(truncatingIfNeeded: unit >> UInt32(place * 4) & 15)))
                }
            default: Text.append(unit, to: &out)
            }
        }
        out.append(0x22)
    }
}

extension Value {
    /// Appends the value as JSON, in UTF-8 and on one line.
    ///
    /// - Parameters:
    ///   - bytes: What to append to.
    ///   - style: How values that JSON lacks are written.
    public func encodeJSON(into bytes: inout [UInt8], style: JSONStyle = .tagged) {
        JSONWriter(style: style).write(self, to: &bytes)
    }

    /// The value as one line of JSON in the plain style, as a user gets it.
    public var json: String {
        var bytes: [UInt8] = []
        encodeJSON(into: &bytes, style: .plain)
        return String(decoding: bytes, as: UTF8.self)
    }
}
