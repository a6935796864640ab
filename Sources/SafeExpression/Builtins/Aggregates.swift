internal import BigInt

/// Functions that go through an iterable and give one value.
enum Aggregates {
    static func any(_ values: Value, _ state: inout State) throws(Fault) -> Bool {
        var cursor = try Cursor(over: values, &state)
        while let value = try cursor.next(&state) {
            if value.isTruthy { return true }
        }
        return false
    }

    static func all(_ values: Value, _ state: inout State) throws(Fault) -> Bool {
        var cursor = try Cursor(over: values, &state)
        while let value = try cursor.next(&state) {
            if !value.isTruthy { return false }
        }
        return true
    }

    /// `min` and `max`.
    static func extreme(
        _ arguments: Arguments, _ name: String, _ operation: Ordering.Operator, _ state: inout State
    ) throws(Fault) -> Value {
        let fallback = arguments["default"]
        let isSingle = arguments.values.count == 1
        if !isSingle, fallback != nil {
            throw state.typeError("Cannot specify a default for \(name)() with multiple positional arguments")
        }
        var cursor = try Cursor(over: isSingle ? arguments.values[0] : .list(arguments.values), &state)
        var best: (value: Value, key: Value)?
        while let value = try cursor.next(&state) {
            let key =
                try arguments.key.map { (key) throws(Fault) in try key(Arguments(values: [value]), &state) } ?? value
            if let current = best {
                try state.charge(1)
                if try Ordering.compare(operation, key, current.key, &state) { best = (value, key) }
            } else {
                best = (value, key)
            }
        }
        if let best { return best.value }
        if let fallback { return fallback }
        throw state.valueError("\(name)() iterable argument is empty")
    }

    /// `sum`, with CPython 3.12's compensated addition of floats.
    static func sum(_ values: Value, from start: Value, _ state: inout State) throws(Fault) -> Value {
        if Strings.isText(start) { throw state.typeError("sum() can't sum strings [use ''.join(seq) instead]") }
        var cursor = try Cursor(over: values, &state)
        var total = start
        if case .int(var integer) = total {
            var isOpen = true
            while isOpen {
                guard let value = try cursor.next(&state) else { return .int(integer) }
                if let number = value.asInt {
                    let (sum, overflow) = integer.addingReportingOverflow(number)
                    if !overflow {
                        integer = sum
                        continue
                    }
                }
                total = try Arithmetic.apply(.add, .int(integer), value, &state)
                isOpen = false
            }
        }
        if case .float(var float) = total {
            var lost = 0.0
            var isOpen = true
            while isOpen {
                guard let value = try cursor.next(&state) else {
                    return Arithmetic.made(lost != 0 && lost.isFinite ? float + lost : float)
                }
                switch value {
                case .float(let number):
                    let sum = float + number
                    lost += float.magnitude >= number.magnitude ? (float - sum) + number : (number - sum) + float
                    float = sum
                case .int(let number): float += Double(number)
                case .bool(let flag): float += flag ? 1 : 0
                default:
                    total = try Arithmetic.apply(.add, .float(float), value, &state)
                    isOpen = false
                }
            }
        }
        while let value = try cursor.next(&state) { total = try Arithmetic.apply(.add, total, value, &state) }
        return total
    }
}
