extension Compiler {
    // MARK: - Arithmetic

    func unary(_ id: Node.ID, _ operation: Node.Unary, _ operand: Code) -> Code {
        if operation == .not {
            let truth = operand.truth
            return Code(truth: { (state) throws(Fault) in try !truth(&state) })
        }
        if case .constant(let constant) = operand.shape {
            var state = State(slots: [], limits: limits)
            if let folded = try? Arithmetic.apply(operation, constant, &state) { return Code(constant: folded) }
        }
        let value = operand.value
        return Code(
            { (state) throws(Fault) in
                let operand = try value(&state)
                if operation == .negative, case .float(let number) = operand, !number.isNaN { return .float(-number) }
                state.site = id
                return try Arithmetic.apply(operation, operand, &state)
            }, site: id)
    }

    func binary(_ id: Node.ID, _ operation: Node.Binary, _ left: Code, _ right: Code) -> Code {
        switch operation {
        case .add: return fast(FastAdd.self, id, left, right)
        case .subtract: return fast(FastSubtract.self, id, left, right)
        case .multiply: return fast(FastMultiply.self, id, left, right)
        case .divide: return fast(FastDivide.self, id, left, right)
        case .floorDivide: return fast(FastFloorDivide.self, id, left, right)
        case .modulo: return fast(FastModulo.self, id, left, right)
        case .power, .shiftLeft, .shiftRight, .and, .or, .exclusiveOr:
            let (first, second) = (left.value, right.value)
            let link: LinkCode = { (a, state) throws(Fault) in
                let b = try second(&state)
                state.site = id
                return try Arithmetic.apply(operation, a, b, &state)
            }
            var code = Code({ (state) throws(Fault) in try link(first(&state), &state) }, site: id)
            code.link = link
            return code
        }
    }

    private func fast<Fast: FastArithmetic>(_: Fast.Type, _ id: Node.ID, _ left: Code, _ right: Code) -> Code {
        let (first, second) = (left.value, right.value)
        let link: LinkCode
        if case .constant(.int(let number)) = right.shape {
            let constant = Value.int(number)
            let double = Double(number)
            let isExact = number.magnitude <= 1 << 53
            link = { (a, state) throws(Fault) in
                if case .int(let x) = a {
                    if let result = Fast.ints(x, number) { return result }
                } else if case .float(let x) = a, isExact, let result = Fast.floats(x, double), !result.isNaN {
                    return .float(result)
                }
                state.site = id
                return try Arithmetic.apply(Fast.operation, a, constant, &state)
            }
        } else {
            link = { (a, state) throws(Fault) in
                let b = try second(&state)
                if case .int(let x) = a, case .int(let y) = b {
                    if let result = Fast.ints(x, y) { return result }
                } else if case .float(let x) = a, case .float(let y) = b, let result = Fast.floats(x, y), !result.isNaN
                {
                    return .float(result)
                }
                state.site = id
                return try Arithmetic.apply(Fast.operation, a, b, &state)
            }
        }
        var code = Code({ (state) throws(Fault) in try link(first(&state), &state) }, site: id)
        code.link = link
        return code
    }

    // MARK: - Comparisons

    func compare(_ id: Node.ID, _ first: Node.ID, _ chain: [(operation: Node.Comparison, right: Node.ID)]) -> Code {
        if chain.count == 1 { return comparison(id, chain[0].operation, codes[first], codes[chain[0].right]) }
        let start = codes[first].value
        let links = chain.map { (test: test(id, $0.operation), right: codes[$0.right].value) }
        return Code(truth: { (state) throws(Fault) in
            var left = try start(&state)
            for link in links {
                let right = try link.right(&state)
                if try !link.test(left, right, &state) { return false }
                left = right
            }
            return true
        })
    }

    private typealias TestCode = @Sendable (Value, Value, inout State) throws(Fault) -> Bool

    /// A comparison of two values that are there already.
    private func test(_ id: Node.ID, _ operation: Node.Comparison) -> TestCode {
        switch operation {
        case .less: return fastTest(FastLess.self, id)
        case .lessOrEqual: return fastTest(FastLessOrEqual.self, id)
        case .greater: return fastTest(FastGreater.self, id)
        case .greaterOrEqual: return fastTest(FastGreaterOrEqual.self, id)
        case .equal: return fastTest(FastEqual.self, id)
        case .notEqual: return fastTest(FastNotEqual.self, id)
        case .isIn, .notIn, .isSame, .isNotSame:
            return { (left, right, state) throws(Fault) in
                state.site = id
                return try Self.slow(operation, left, right, &state)
            }
        }
    }

    private func fastTest<Fast: FastComparison>(_: Fast.Type, _ id: Node.ID) -> TestCode {
        { (left, right, state) throws(Fault) in
            switch (left, right) {
            case (.int(let a), .int(let b)): return Fast.ints(a, b)
            case (.float(let a), .float(let b)): return Fast.floats(a, b)
            default:
                state.site = id
                return try Self.slow(Fast.operation, left, right, &state)
            }
        }
    }

    /// Any comparison of any values.
    @inline(never)
    static func slow(
        _ operation: Node.Comparison, _ left: Value, _ right: Value, _ state: inout State
    ) throws(Fault) -> Bool {
        switch operation {
        case .equal: return try Equality.isEqual(left, right, &state)
        case .notEqual: return try !Equality.isEqual(left, right, &state)
        case .less: return try Ordering.compare(.less, left, right, &state)
        case .lessOrEqual: return try Ordering.compare(.lessOrEqual, left, right, &state)
        case .greater: return try Ordering.compare(.greater, left, right, &state)
        case .greaterOrEqual: return try Ordering.compare(.greaterOrEqual, left, right, &state)
        case .isIn: return try Sequences.contains(right, left, &state)
        case .notIn: return try !Sequences.contains(right, left, &state)
        case .isSame: return try isSame(left, right, state)
        case .isNotSame: return try !isSame(left, right, state)
        }
    }

    /// `is` with None, True or False on the right.
    private static func isSame(_ left: Value, _ right: Value, _ state: State) throws(Fault) -> Bool {
        switch (left, right) {
        case (.none, .none): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.cut(let mark), _): throw state.cut(mark)
        default: return false
        }
    }

    private func comparison(_ id: Node.ID, _ operation: Node.Comparison, _ left: Code, _ right: Code) -> Code {
        switch operation {
        case .less: return fast(FastLess.self, id, left, right)
        case .lessOrEqual: return fast(FastLessOrEqual.self, id, left, right)
        case .greater: return fast(FastGreater.self, id, left, right)
        case .greaterOrEqual: return fast(FastGreaterOrEqual.self, id, left, right)
        case .equal: return fast(FastEqual.self, id, left, right)
        case .notEqual: return fast(FastNotEqual.self, id, left, right)
        case .isIn, .notIn, .isSame, .isNotSame:
            let (first, second) = (left.value, right.value)
            return Code(truth: { (state) throws(Fault) in
                let a = try first(&state)
                let b = try second(&state)
                state.site = id
                return try Self.slow(operation, a, b, &state)
            })
        }
    }

    private func fast<Fast: FastComparison>(_: Fast.Type, _ id: Node.ID, _ left: Code, _ right: Code) -> Code {
        switch (left.shape, right.shape) {
        case (_, .constant(.int(let number))) where number.magnitude <= 1 << 53:
            if let lane = left.int {
                return Code(truth: { (state) throws(Fault) in try Fast.ints(lane(&state), number) })
            }
            return withNumber(Fast.self, id, left, .int(number), Double(number), number)
        case (_, .constant(.float(let number))):
            return withNumber(Fast.self, id, left, .float(number), number, nil)
        case (_, .constant(.ascii(let text))) where Fast.operation == .equal || Fast.operation == .notEqual:
            let first = left.value
            let isEqual = Fast.operation == .equal
            return Code(truth: { (state) throws(Fault) in
                let value = try first(&state)
                if case .ascii(let other) = value { return (other == text) == isEqual }
                state.site = id
                return try Self.slow(Fast.operation, value, .ascii(text), &state)
            })
        default: break
        }
        if let a = left.int, let b = right.int {
            return Code(truth: { (state) throws(Fault) in
                let x = try a(&state)
                return Fast.ints(x, try b(&state))
            })
        }
        let (first, second) = (left.value, right.value)
        return Code(truth: { (state) throws(Fault) in
            let a = try first(&state)
            let b = try second(&state)
            switch (a, b) {
            case (.int(let x), .int(let y)): return Fast.ints(x, y)
            case (.float(let x), .float(let y)): return Fast.floats(x, y)
            default:
                state.site = id
                return try Self.slow(Fast.operation, a, b, &state)
            }
        })
    }

    /// A comparison with a number that is known beforehand; `int` is nil where it is a float.
    private func withNumber<Fast: FastComparison>(
        _: Fast.Type, _ id: Node.ID, _ left: Code, _ constant: Value, _ double: Double, _ int: Int?
    ) -> Code {
        if case .slot(let slot) = left.shape {
            if let int {
                return Code(truth: { (state) throws(Fault) in
                    switch state.slots[slot] {
                    case .int(let number): return Fast.ints(number, int)
                    case .float(let number): return Fast.floats(number, double)
                    default:
                        state.site = id
                        return try Self.slow(Fast.operation, state.slots[slot], constant, &state)
                    }
                })
            }
            return Code(truth: { (state) throws(Fault) in
                if case .float(let number) = state.slots[slot] { return Fast.floats(number, double) }
                state.site = id
                return try Self.slow(Fast.operation, state.slots[slot], constant, &state)
            })
        }
        let first = left.value
        return Code(truth: { (state) throws(Fault) in
            let value = try first(&state)
            switch value {
            case .float(let number): return Fast.floats(number, double)
            case .int(let number): if let int { return Fast.ints(number, int) }
            default: break
            }
            state.site = id
            return try Self.slow(Fast.operation, value, constant, &state)
        })
    }
}
