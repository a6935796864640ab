internal import BigInt

/// Python's `repr` and `str`, written without recursion.
enum Representation {
    /// A container that is being written.
    private struct Open {
        let items: Items
        var next = 0
        let close: [UInt8]

        enum Items {
            case sequence([Value])
            case mapping(Mapping)
            case view(View)
        }

        var count: Int {
            switch items {
            case .sequence(let items): items.count
            case .mapping(let mapping): mapping.count
            case .view(let view): view.mapping.count
            }
        }
    }

    /// What the host is shown at most; a list of lists of lists may share its parts and be huge only when written.
    private static let shown = 4_000_000

    /// `repr(value)` as UTF-8, for the host; cut after four million bytes.
    static func bytes(of value: Value) -> [UInt8] {
        var state = State.unlimited
        var out: [UInt8] = []
        state.room = shown
        do throws(Fault) {
            try write(value, allowIterators: true, &out, &state)
        } catch {
            out = Array(out.prefix(shown)) + Array("…".utf8)
        }
        return out
    }

    /// `repr(value)` as a value.
    static func repr(_ value: Value, _ state: inout State) throws(Fault) -> Value {
        .string(utf8: try bytes(of: value, allowIterators: false, &state))
    }

    /// `str(value)` as a value.
    static func str(_ value: Value, _ state: inout State) throws(Fault) -> Value {
        switch value {
        case .ascii, .wide: return value
        case .object(let box):
            if let captured = box.record as? CapturedObject, let count = captured.cut {
                throw state.cut(CutMark(count: count))
            }
            return .string(box.record.repr)
        default: return try repr(value, &state)
        }
    }

    /// Appends an integer in decimal.
    static func append(_ number: Int, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(0x2D) }
        FloatText.appendDigits(UInt64(number.magnitude), least: 1, to: &bytes)
    }

    static func bytes(
        of value: Value, allowIterators: Bool, _ state: inout State
    ) throws(Fault) -> [UInt8] {
        var out: [UInt8] = []
        try write(value, allowIterators: allowIterators, &out, &state)
        return out
    }

    private static func write(
        _ value: Value, allowIterators: Bool, _ out: inout [UInt8], _ state: inout State
    ) throws(Fault) {
        var open: [Open] = []
        var paid = 0
        var current: Value? = value
        while true {
            if let value = current.take() {
                if let container = begin(value, &out) {
                    open.append(container)
                    if open.count > state.limits.depth {
                        throw state.fault(.limit(.depth), "data nested deeper than \(state.limits.depth)")
                    }
                } else {
                    try leaf(value, allowIterators: allowIterators, &out, &state)
                }
                try state.charge(1)
                if out.count > state.limits.characters,
                    out.count(where: { $0 & 0xC0 != 0x80 }) > state.limits.characters
                {
                    throw state.fault(
                        .limit(.characters), "a string of more than \(state.limits.characters) characters")
                }
                try state.charge((out.count - paid) >> 6)
                try state.allocate(out.count - paid)
                paid = out.count
            }
            guard let last = open.indices.last else { return }
            if open[last].next == open[last].count {
                out += open.removeLast().close
                continue
            }
            if open[last].next > 0 { out += [0x2C, 0x20] }
            let place = open[last].next
            open[last].next += 1
            switch open[last].items {
            case .sequence(let items): current = items[place]
            case .view(let view): current = view.element(at: place)
            case .mapping(let mapping):
                // A key is a leaf or a tuple, so the detour cannot go deep.
                out += try bytes(of: mapping.keys[place], allowIterators: false, &state)
                out += [0x3A, 0x20]
                current = mapping.values[place]
            }
        }
    }

    /// Writes a container's beginning; nil for everything else.
    private static func begin(_ value: Value, _ out: inout [UInt8]) -> Open? {
        switch value {
        case .list(let items):
            out.append(0x5B)
            return Open(items: .sequence(items), close: [0x5D])
        case .tuple(let items):
            out.append(0x28)
            return Open(items: .sequence(items), close: items.count == 1 ? [0x2C, 0x29] : [0x29])
        case .mapping(let mapping):
            out.append(0x7B)
            return Open(items: .mapping(mapping), close: [0x7D])
        case .group(let group) where group.count > 0:
            out.append(0x7B)
            return Open(items: .sequence(group.elements), close: [0x7D])
        case .view(let view):
            out += Array("\(view.kind.rawValue)([".utf8)
            return Open(items: .view(view), close: [0x5D, 0x29])
        default: return nil
        }
    }

    private static func leaf(
        _ value: Value, allowIterators: Bool, _ out: inout [UInt8], _ state: inout State
    ) throws(Fault) {
        switch value {
        case .none: out += Array("None".utf8)
        case .bool(let flag): out += Array((flag ? "True" : "False").utf8)
        case .int(let number): append(number, to: &out)
        case .big(let number): out += try Integers.decimal(number.number, &state)
        case .float(let number): out += FloatText.repr(number)
        case .ascii(let bytes):
            try state.charge(bytes.count >> 3)
            quote(bytes, &out)
        case .wide(let units):
            try state.charge(units.count >> 2)
            quote(units, &out)
        case .group: out += Array("set()".utf8)
        case .range(let range):
            let one = range.step.small == 1
            let numbers = [range.start, range.stop] + (one ? [] : [range.step])
            out += Array("range(\(numbers.map { String($0.number) }.joined(separator: ", ")))".utf8)
        case .object(let box): out += Array(box.record.repr.utf8)
        case .cut(let mark):
            if !allowIterators { throw state.cut(mark) }
            out += Array("<\(mark.count) more>".utf8)
        case .iterator(let iterator):
            // Python shows an address here, which is never the same twice.
            if !allowIterators {
                throw state.fault(
                    .rejected, "'\(iterator.typeName)' has no text of its own", hint: "list(...) shows its elements")
            }
            out += Array("<\(iterator.typeName)>".utf8)
        case .list, .tuple, .mapping, .view: preconditionFailure("a container is no leaf")
        }
    }

    /// Writes quoted text with Python's escapes.
    private static func quote(_ units: [some FixedWidthInteger & UnsignedInteger], _ out: inout [UInt8]) {
        var single = false
        var double = false
        for unit in units {
            if unit == 0x27 { single = true }
            if unit == 0x22 { double = true }
        }
        let mark: UInt8 = single && !double ? 0x22 : 0x27
        out.append(mark)
        for unit in units {
            let unit = UInt32(truncatingIfNeeded: unit)
            switch unit {
            case 0x09: out += [0x5C, 0x74]
            case 0x0A: out += [0x5C, 0x6E]
            case 0x0D: out += [0x5C, 0x72]
            case 0x5C: out += [0x5C, 0x5C]
            case UInt32(mark): out += [0x5C, mark]
            default:
                if Text.isPrintable(unit) {
                    Text.append(unit, to: &out)
                } else {
                    escape(unit, &out)
                }
            }
        }
        out.append(mark)
    }

    /// Writes `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
    static func escape(_ unit: UInt32, _ out: inout [UInt8]) {
        let (letter, digits): (UInt8, Int) =
            unit < 0x100 ? (0x78, 2) : unit < 0x10000 ? (0x75, 4) : (0x55, 8)
        out += [0x5C, letter]
        for place in (0..<digits).reversed() {
            out.append(Hex.digit(UInt8(truncatingIfNeeded: unit >> UInt32(place * 4) & 15)))
        }
    }

    /// `ascii(value)`: the `repr` with every code point above 127 escaped.
    static func ascii(_ value: Value, _ state: inout State) throws(Fault) -> Value {
        let text = try repr(value, &state)
        guard case .wide(let units) = text else { return text }
        var out: [UInt8] = []
        for unit in units {
            if unit < 0x80 { out.append(UInt8(unit)) } else { escape(unit, &out) }
        }
        try state.allocate(characters: out.count, wide: false)
        return .ascii(out)
    }
}
