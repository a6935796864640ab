internal import BigInt

/// The arguments of a call, as the checked signatures have sorted them.
struct Arguments {
    /// By position; those left out before a named one are None.
    let values: [Value]
    /// Those that are given by name only.
    var keywords: [(name: String, value: Value)] = []
    /// The function that `key=` names.
    var key: Functions.Function?

    subscript(keyword: String) -> Value? { keywords.first { $0.name == keyword }?.value }
}

/// The functions of the language.
enum Functions {
    typealias Function = @Sendable (Arguments, inout State) throws(Fault) -> Value

    /// A function of one argument, called without a list of arguments.
    typealias Unary = @Sendable (Value, inout State) throws(Fault) -> Value

    /// Those that are mostly called with one.
    static let unary: [String: Unary] = [
        "len": { (value, state) throws(Fault) in .int(try length(value, &state)) },
        "abs": { (value, state) throws(Fault) in try absolute(value, &state) },
        "sum": { (value, state) throws(Fault) in try Aggregates.sum(value, from: .int(0), &state) },
        "any": { (value, state) throws(Fault) in .bool(try Aggregates.any(value, &state)) },
        "all": { (value, state) throws(Fault) in .bool(try Aggregates.all(value, &state)) },
        "str": { (value, state) throws(Fault) in try Representation.str(value, &state) },
        "repr": { (value, state) throws(Fault) in try Representation.repr(value, &state) },
        "ord": { (value, state) throws(Fault) in try ord(value, &state) },
        "chr": { (value, state) throws(Fault) in try chr(value, &state) },
        "reversed": { (value, state) throws(Fault) in try reversed(value, &state) },
    ]

    static let table: [String: Function] = unary.mapValues { function in
        let listed: Function = { (a, state) throws(Fault) in try function(a.values[0], &state) }
        return listed
    }.merging(general) { $1 }

    /// Those that take several arguments or none, or keywords.
    private static let general: [String: Function] = [
        "min": { (a, state) throws(Fault) in try Aggregates.extreme(a, "min", .less, &state) },
        "max": { (a, state) throws(Fault) in try Aggregates.extreme(a, "max", .greater, &state) },
        "sum": { (a, state) throws(Fault) in
            try Aggregates.sum(a.values[0], from: a.values.count > 1 ? a.values[1] : .int(0), &state)
        },
        "sorted": { (a, state) throws(Fault) in try Sorting.sorted(a, &state) },
        "round": { (a, state) throws(Fault) in try Conversions.round(a, &state) },
        "int": { (a, state) throws(Fault) in try Conversions.int(a, &state) },
        "float": { (a, state) throws(Fault) in try Conversions.float(a, &state) },
        "str": { (a, state) throws(Fault) in
            a.values.isEmpty ? .ascii([]) : try Representation.str(a.values[0], &state)
        },
        "bool": { (a, state) throws(Fault) in
            guard let value = a.values.first else { return .bool(false) }
            if let mark = value.cutMark { throw state.cut(mark) }
            return .bool(value.isTruthy)
        },
        "list": { (a, state) throws(Fault) in .list(a.values.isEmpty ? [] : try elements(a.values[0], &state)) },
        "tuple": { (a, state) throws(Fault) in
            if case .tuple? = a.values.first { return a.values[0] }
            return .tuple(a.values.isEmpty ? [] : try elements(a.values[0], &state))
        },
        "set": { (a, state) throws(Fault) in
            a.values.isEmpty ? .set([]) : .group(try Sets.makeGroup(a.values[0], &state))
        },
        "dict": { (a, state) throws(Fault) in try Conversions.dict(a, &state) },
        "range": { (a, state) throws(Fault) in try range(a.values, &state) },
        "enumerate": { (a, state) throws(Fault) in
            let start = a.values.count > 1 ? try Integers.integer(a.values[1], &state) : 0
            return .iterator(Enumeration(try Cursor(over: a.values[0], &state), from: start))
        },
        "zip": { (a, state) throws(Fault) in
            var cursors: [Cursor] = []
            for value in a.values { cursors.append(try Cursor(over: value, &state)) }
            return .iterator(Zip(cursors, isStrict: a["strict"]?.isTruthy ?? false))
        },
        "divmod": { (a, state) throws(Fault) in try divmod(a.values[0], a.values[1], &state) },
        "pow": { (a, state) throws(Fault) in try power(a.values, &state) },
        "hex": { (a, state) throws(Fault) in try Integers.text(a.values[0], radix: 16, prefix: "0x", &state) },
        "oct": { (a, state) throws(Fault) in try Integers.text(a.values[0], radix: 8, prefix: "0o", &state) },
        "bin": { (a, state) throws(Fault) in try Integers.text(a.values[0], radix: 2, prefix: "0b", &state) },
    ]

    @inline(never)
    static func length(_ value: Value, _ state: inout State) throws(Fault) -> Int {
        switch value {
        case .ascii(let bytes): return bytes.count
        case .wide(let units): return units.count
        case .list(let items), .tuple(let items):
            return Sequences.wholeCount(items)
        case .mapping(let mapping): return mapping.count + (mapping.cut ?? 0)
        case .group(let group): return group.count
        case .view(let view): return view.mapping.count
        case .range(let range):
            if case .small(let count) = range.length { return count }
            throw state.overflow("Python int too large to convert to C ssize_t")
        default:
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("object of type '\(value.typeName)' has no len()")
        }
    }

    static func elements(_ value: Value, _ state: inout State) throws(Fault) -> [Value] {
        var cursor = try Cursor(over: value, &state)
        return try cursor.rest(&state)
    }

    private static func absolute(_ value: Value, _ state: inout State) throws(Fault) -> Value {
        switch Arithmetic.Number(value) {
        case .int(let number):
            return number == .min ? Value(BigInteger(BigInt(number.magnitude))) : .int(abs(number))
        case .big(let number): return Value(BigInteger(BigInt(number.magnitude)))
        case .float(let number): return Arithmetic.made(number.magnitude)
        case nil:
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("bad operand type for abs(): '\(value.typeName)'")
        }
    }

    private static func range(_ values: [Value], _ state: inout State) throws(Fault) -> Value {
        var numbers: [BigInt] = []
        for value in values { numbers.append(try Integers.integer(value, &state)) }
        let step = numbers.count > 2 ? numbers[2] : 1
        if step.isZero { throw state.valueError("range() arg 3 must not be zero") }
        let bits = numbers.prefix(2).map { $0.magnitude.bitWidth }.max() ?? 0
        try state.charge(Integers.divisionSteps(bits, step.magnitude.bitWidth))
        return .range(
            Progression(
                start: numbers.count > 1 ? numbers[0] : 0, stop: numbers.count > 1 ? numbers[1] : numbers[0],
                step: step))
    }

    private static func reversed(_ value: Value, _ state: inout State) throws(Fault) -> Value {
        switch value {
        case .list, .tuple, .ascii, .wide, .mapping, .view:
            let items = try elements(value, &state)
            return .iterator(Reversed(items))
        case .range(let range):
            let flipped = try Sequences.slice(.range(range), .none, .none, .int(-1), &state)
            return .iterator(Forward(try Cursor(over: flipped, &state), typeName: "range_iterator"))
        default:
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("'\(value.typeName)' object is not reversible")
        }
    }

    private static func divmod(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Value {
        guard let a = Arithmetic.Number(left), let b = Arithmetic.Number(right) else {
            throw state.typeError(
                "unsupported operand type(s) for divmod(): '\(left.typeName)' and '\(right.typeName)'")
        }
        if a.integer != nil, b.integer != nil {
            return .tuple([
                try Arithmetic.apply(.floorDivide, left, right, &state),
                try Arithmetic.apply(.modulo, left, right, &state),
            ])
        }
        let divisor = try b.double(state)
        if divisor == 0 { throw state.fault(.runtime("ZeroDivisionError"), "float divmod()") }
        let (quotient, remainder) = Arithmetic.divideFloats(try a.double(state), divisor)
        return .tuple([Arithmetic.made(quotient), Arithmetic.made(remainder)])
    }

    private static func power(_ values: [Value], _ state: inout State) throws(Fault) -> Value {
        guard values.count > 2, !values[2].isNone else {
            return try Arithmetic.apply(.power, values[0], values[1], &state)
        }
        var numbers: [BigInt] = []
        for value in values {
            guard let number = Arithmetic.Number(value) else {
                throw state.typeError("unsupported operand type(s) for ** or pow(): '\(value.typeName)'")
            }
            guard let integer = number.integer else {
                throw state.typeError("pow() 3rd argument not allowed unless all arguments are integers")
            }
            numbers.append(integer)
        }
        return try Integers.power(numbers[0], numbers[1], modulus: numbers[2], &state)
    }

    private static func ord(_ value: Value, _ state: inout State) throws(Fault) -> Value {
        guard Strings.isText(value) else {
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("ord() expected string of length 1, but \(value.typeName) found")
        }
        let count = Strings.count(value)
        guard count == 1 else {
            throw state.typeError("ord() expected a character, but string of length \(count) found")
        }
        return .int(Int(Strings.units(value)[0]))
    }

    private static func chr(_ value: Value, _ state: inout State) throws(Fault) -> Value {
        let code = try Integers.integer(value, &state)
        guard let small = Int32(exactly: code) else { throw state.overflow("Python int too large to convert to C int") }
        guard 0...0x10FFFF ~= small else { throw state.valueError("chr() arg not in range(0x110000)") }
        return Strings.character(UInt32(small))
    }
}

extension Value {
    /// What is missing, when this value or its text was cut by capture.
    var cutMark: CutMark? {
        switch self {
        case .cut(let mark): mark
        case .object(let box): (box.record as? CapturedObject)?.cut.map(CutMark.init(count:))
        default: nil
        }
    }
}
