internal import BigInt

/// What lists, tuples, strings and ranges have in common: joining, repeating, indexing, slicing, membership.
enum Sequences {
    // MARK: - What capture left out

    /// The number of elements, those that capture left out included.
    static func wholeCount(_ items: [Value]) -> Int {
        if case .cut(let mark)? = items.last { return items.count - 1 + mark.count }
        return items.count
    }

    /// A fault when an element up to a place was left out.
    private static func checkPresent(_ items: [Value], upTo place: Int, _ state: State) throws(Fault) {
        if case .cut(let mark)? = items.last, place >= items.count - 1 { throw state.cut(mark) }
    }

    private static func checkWhole(_ items: [Value], _ state: State) throws(Fault) {
        if case .cut(let mark)? = items.last { throw state.cut(mark) }
    }

    // MARK: - + and *

    static func concatenate(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Value {
        switch (left, right) {
        case (.ascii(let a), .ascii(let b)):
            try state.allocate(characters: a.count + b.count, wide: false)
            return .ascii(a + b)
        case (.ascii, .wide), (.wide, .ascii), (.wide, .wide):
            let a = Strings.units(left)
            let b = Strings.units(right)
            try state.allocate(characters: a.count + b.count, wide: true)
            return .wide(a + b)
        case (.list(let a), .list(let b)):
            try checkWhole(a, state)
            try checkWhole(b, state)
            try state.allocate(elements: a.count + b.count)
            return .list(a + b)
        case (.tuple(let a), .tuple(let b)):
            try checkWhole(a, state)
            try checkWhole(b, state)
            try state.allocate(elements: a.count + b.count)
            return .tuple(a + b)
        case (.ascii, _), (.wide, _):
            throw state.typeError(
                "can only concatenate str (not \"\(right.typeName)\") to str", hint: "str(...) or an f-string serves")
        case (.list, _), (.tuple, _):
            throw state.typeError(
                "can only concatenate \(left.typeName) (not \"\(right.typeName)\") to \(left.typeName)")
        default: throw Arithmetic.unsupported(.add, left, right, state)
        }
    }

    /// `sequence * count` either way round; nil when neither side is a sequence.
    static func `repeat`(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Value? {
        let (sequence, count): (Value, Value)
        switch (left, right) {
        case (.ascii, _), (.wide, _), (.list, _), (.tuple, _): (sequence, count) = (left, right)
        case (_, .ascii), (_, .wide), (_, .list), (_, .tuple): (sequence, count) = (right, left)
        default: return nil
        }
        guard count.asInt != nil || count.isBig else {
            throw state.typeError("can't multiply sequence by non-int of type '\(count.typeName)'")
        }
        if count.isBig { throw state.overflow("cannot fit 'int' into an index-sized integer") }
        let times = max(0, try Integers.clamped(count, &state))
        func total(_ size: Int) -> Int {
            let (product, overflow) = size.multipliedReportingOverflow(by: times)
            return overflow ? .max : product
        }
        switch sequence {
        case .ascii(let bytes):
            try state.allocate(characters: total(bytes.count), wide: false)
            if bytes.count == 1 { return .ascii(Array(repeating: bytes[0], count: times)) }
            return .ascii(repeated(bytes, times))
        case .wide(let units):
            try state.allocate(characters: total(units.count), wide: true)
            return times == 0 ? .ascii([]) : .wide(repeated(units, times))
        case .list(let items):
            try checkWhole(items, state)
            try state.allocate(elements: total(items.count))
            return .list(repeated(items, times))
        case .tuple(let items):
            try checkWhole(items, state)
            try state.allocate(elements: total(items.count))
            return .tuple(repeated(items, times))
        default: return nil
        }
    }

    private static func repeated<Element>(_ items: [Element], _ times: Int) -> [Element] {
        // Nothing repeated a quintillion times is still nothing.
        if items.isEmpty { return items }
        var result: [Element] = []
        result.reserveCapacity(items.count * times)
        for _ in 0..<times { result += items }
        return result
    }

    // MARK: - Membership

    static func contains(_ container: Value, _ element: Value, _ state: inout State) throws(Fault) -> Bool {
        switch container {
        case .list(let items), .tuple(let items):
            for item in items {
                try state.charge(1)
                if try Equality.isSame(item, element, &state) { return true }
            }
            return false
        case .mapping(let mapping): return try mapping.has(element, &state)
        case .group, .view:
            // Python looks for a frozen copy of a set, and no element is one.
            if case .group = container, case .group = element { return false }
            return try Sets.contains(container, element, &state)
        case .ascii, .wide:
            switch element {
            case .ascii, .wide: return try Strings.find(element, in: container, &state) != nil
            default:
                throw state.typeError(
                    "'in <string>' requires string as left operand, not \(element.typeName)")
            }
        case .range(let range):
            guard let number = Arithmetic.Number(element) else { return false }
            try state.charge(Integers.divisionSteps(range.bits, range.step.bitLength))
            if let integer = number.integer { return range.position(of: integer) != nil }
            guard let double = element.asDouble, let whole = BigInt(exactly: double) else { return false }
            return range.position(of: whole) != nil
        case .iterator:
            var cursor = try Cursor(over: container, &state)
            while let item = try cursor.next(&state) {
                if try Equality.isSame(item, element, &state) { return true }
            }
            return false
        default:
            if let mark = container.cutMark { throw state.cut(mark) }
            throw state.typeError("argument of type '\(container.typeName)' is not iterable")
        }
    }

    // MARK: - Index

    /// `object[index]`.
    ///
    /// - Parameter label: The object's text in the source when that is a name, for messages.
    @inline(never)
    static func item(_ object: Value, _ index: Value, label: String, _ state: inout State) throws(Fault) -> Value {
        switch object {
        case .list(let items), .tuple(let items):
            let place = try place(index, in: wholeCount(items), object, label, &state)
            try checkPresent(items, upTo: place, state)
            return items[place]
        case .ascii(let bytes): return .ascii([bytes[try place(index, in: bytes.count, object, label, &state)]])
        case .wide(let units):
            return Strings.character(units[try place(index, in: units.count, object, label, &state)])
        case .mapping(let mapping):
            guard let place = try mapping.position(of: index, &state) else {
                throw try missing(index, in: mapping, &state)
            }
            return mapping.values[place]
        case .range(let range):
            var place = try Integers.integer(index, &state)
            try state.charge(range.bits >> 5)
            let count: BigInt
            switch range.length {
            case .small(let size): count = BigInt(size)
            case .large(let size): count = size.number
            }
            if place.sign == .minus { place += count }
            guard place.sign == .plus, place < count else {
                throw state.fault(.runtime("IndexError"), "range object index out of range")
            }
            return range.number(at: place)
        default:
            if let mark = object.cutMark { throw state.cut(mark) }
            throw state.typeError("'\(object.typeName)' object is not subscriptable")
        }
    }

    private static func place(
        _ index: Value, in count: Int, _ object: Value, _ label: String, _ state: inout State
    ) throws(Fault) -> Int {
        guard let number = index.asInt else {
            if index.isBig {
                throw state.fault(.runtime("IndexError"), "cannot fit 'int' into an index-sized integer")
            }
            if let mark = index.cutMark { throw state.cut(mark) }
            let isText = object.typeName == "str"
            throw state.typeError(
                isText
                    ? "string indices must be integers, not '\(index.typeName)'"
                    : "\(object.typeName) indices must be integers or slices, not \(index.typeName)")
        }
        let place = number < 0 ? number + count : number
        guard place >= 0, place < count else {
            let name = object.typeName == "str" ? "string" : object.typeName
            let unit = name == "string" ? "character" : "item"
            throw state.fault(
                .runtime("IndexError"), "\(name) index \(number) out of range",
                hint: "\(label) has \(count == 0 ? "no" : "\(count)") \(unit)\(count == 1 ? "" : "s")")
        }
        return place
    }

    private static func missing(_ key: Value, in mapping: Mapping, _ state: inout State) throws(Fault) -> Fault {
        try mapping.checkComplete(state)
        let text = String(decoding: try Representation.bytes(of: key, allowIterators: true, &state), as: UTF8.self)
        let names = mapping.keys.prefix(200).compactMap { $0.asString }
        var hint = key.asString.flatMap { suggestion(for: $0, among: names) }.map { "did you mean '\($0)'?" }
        if hint == nil, mapping.count > 0, mapping.count <= 6, names.count == mapping.count {
            hint = "it has \(names.map { "'\($0)'" }.joined(separator: ", "))"
        }
        return state.fault(.runtime("KeyError"), "no key \(text)", hint: hint)
    }

    // MARK: - Slices

    /// `object[lower:upper:step]`; what was left out is None.
    static func slice(
        _ object: Value, _ lower: Value, _ upper: Value, _ step: Value, _ state: inout State
    ) throws(Fault) -> Value {
        switch object {
        case .list(let items):
            let picked = try pick(wholeCount(items), lower, upper, step, &state)
            try checkPresent(items, upTo: picked.last, state)
            try state.allocate(elements: picked.count)
            return .list(picked.from(items))
        case .tuple(let items):
            let picked = try pick(wholeCount(items), lower, upper, step, &state)
            try checkPresent(items, upTo: picked.last, state)
            try state.allocate(elements: picked.count)
            return .tuple(picked.from(items))
        case .ascii(let bytes):
            let picked = try pick(bytes.count, lower, upper, step, &state)
            try state.charge(picked.count >> 5)
            try state.allocate(characters: picked.count, wide: false)
            return .ascii(picked.from(bytes))
        case .wide(let units):
            let picked = try pick(units.count, lower, upper, step, &state)
            try state.allocate(characters: picked.count, wide: true)
            return .string(codePoints: picked.from(units))
        case .range(let range): return try slice(range, lower, upper, step, &state)
        case .mapping:
            // A slice has a hash since 3.12, and no key equals it.
            for part in [lower, upper, step] { _ = try Hashing.hash(part, &state) }
            throw state.fault(.runtime("KeyError"), "a dict has keys and no slices")
        default:
            if let mark = object.cutMark { throw state.cut(mark) }
            throw state.typeError("'\(object.typeName)' object is not subscriptable")
        }
    }

    private struct Picked {
        let start: Int
        let step: Int
        let count: Int

        /// The greatest place that is picked, -1 if none is.
        var last: Int { count == 0 ? -1 : max(start, start + (count - 1) * step) }

        func from<Element>(_ items: [Element]) -> [Element] {
            if step == 1 { return Array(items[start..<(start + count)]) }
            var result: [Element] = []
            result.reserveCapacity(count)
            var place = start
            for _ in 0..<count {
                result.append(items[place])
                place += step
            }
            return result
        }
    }

    private static func bound(_ value: Value, _ state: inout State) throws(Fault) -> Int? {
        if value.isNone { return nil }
        guard value.asInt != nil || value.isBig else {
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("slice indices must be integers or None or have an __index__ method")
        }
        return try Integers.clamped(value, &state)
    }

    /// CPython's `PySlice_Unpack` and `PySlice_AdjustIndices`.
    private static func pick(
        _ size: Int, _ lower: Value, _ upper: Value, _ step: Value, _ state: inout State
    ) throws(Fault) -> Picked {
        let step = max(try bound(step, &state) ?? 1, -Int.max)
        if step == 0 { throw state.valueError("slice step cannot be zero") }
        let isDown = step < 0
        func clamp(_ place: Int) -> Int {
            if place < 0 {
                let moved = place + size
                return moved < 0 ? (isDown ? -1 : 0) : moved
            }
            return place >= size ? (isDown ? size - 1 : size) : place
        }
        let start = try bound(lower, &state).map(clamp) ?? (isDown ? size - 1 : 0)
        let stop = try bound(upper, &state).map(clamp) ?? (isDown ? -1 : size)
        if isDown ? stop >= start : start >= stop { return Picked(start: 0, step: 1, count: 0) }
        let count = isDown ? (start - stop - 1) / -step + 1 : (stop - start - 1) / step + 1
        return Picked(start: start, step: count == 1 ? 1 : step, count: count)
    }

    private static func slice(
        _ range: Progression, _ lower: Value, _ upper: Value, _ step: Value, _ state: inout State
    ) throws(Fault) -> Value {
        let size: BigInt
        switch range.length {
        case .small(let count): size = BigInt(count)
        case .large(let count): size = count.number
        }
        let stride = step.isNone ? 1 : try Integers.integer(step, &state)
        if stride.isZero { throw state.valueError("slice step cannot be zero") }
        // The new step is the longest of the numbers that come of it.
        let bits = range.step.bitLength + stride.magnitude.bitWidth
        try state.allocate(bits: bits)
        try state.charge(Integers.divisionSteps(max(range.bits, bits), bits) + (range.bits >> 5))
        let isDown = stride.sign == .minus
        func clamp(_ place: BigInt) -> BigInt {
            if place.sign == .minus {
                let moved = place + size
                return moved.sign == .minus ? (isDown ? -1 : 0) : moved
            }
            return place >= size ? (isDown ? size - 1 : size) : place
        }
        let start = lower.isNone ? (isDown ? size - 1 : 0) : clamp(try Integers.integer(lower, &state))
        let stop = upper.isNone ? (isDown ? -1 : size) : clamp(try Integers.integer(upper, &state))
        return .range(
            Progression(
                start: range.start.number + start * range.step.number,
                stop: range.start.number + stop * range.step.number, step: range.step.number * stride))
    }
}

extension Value {
    /// Whether this is an integer beyond 64 bits.
    var isBig: Bool { if case .big = self { true } else { false } }
}
