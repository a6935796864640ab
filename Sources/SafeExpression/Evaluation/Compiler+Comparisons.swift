extension Compiler {
    func compare(_ id: Node.ID, _ first: Node.ID, _ chain: [(operation: Node.Comparison, right: Node.ID)]) -> Code {
        if chain.count == 1 { return comparison(id, chain[0].operation, codes[first], codes[chain[0].right]) }
        let operands = [codes[first]] + chain.map { codes[$0.right] }
        if operands.dropFirst().dropLast().allSatisfy(\.isRepeatable) {
            return pairs(id, operands, chain.map(\.operation))
        }
        let start = operands[0].value
        let links = zip(chain, operands.dropFirst()).map { (test: test(id, $0.operation), right: $1.value) }
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

    /// `a < b <= c` as `a < b and b <= c`, where looking at `b` twice costs nothing and gives the same.
    private func pairs(_ id: Node.ID, _ operands: [Code], _ operations: [Node.Comparison]) -> Code {
        let tests = operations.indices.map {
            comparison(id, operations[$0], operands[$0], operands[$0 + 1]).truth
        }
        return Code(truth: conjunction(tests))
    }

    private typealias TestCode = @Sendable (Value, Value, inout State) throws(Fault) -> Bool

    /// A comparison of two values that are there already.
    private func test(_ id: Node.ID, _ operation: Node.Comparison) -> TestCode {
        func fast<Fast: FastComparison>(_: Fast.Type) -> TestCode {
            { (left, right, state) throws(Fault) in
                if let answer = Fast.numbers(left, right) { return answer }
                state.site = id
                return try Self.slow(Fast.operation, left, right, &state)
            }
        }
        switch operation {
        case .less: return fast(FastLess.self)
        case .lessOrEqual: return fast(FastLessOrEqual.self)
        case .greater: return fast(FastGreater.self)
        case .greaterOrEqual: return fast(FastGreaterOrEqual.self)
        case .equal: return fast(FastEqual.self)
        case .notEqual: return fast(FastNotEqual.self)
        case .isIn, .notIn, .isSame, .isNotSame:
            return { (left, right, state) throws(Fault) in
                state.site = id
                return try Self.slow(operation, left, right, &state)
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
        case .isIn, .notIn:
            if case .constant(.ascii(let text)) = left.shape, case .path(let path) = right.shape {
                return membership(id, operation, text, path, right.value)
            }
        case .isSame, .isNotSame: break
        }
        let (first, second) = (left.value, right.value)
        return Code(truth: { (state) throws(Fault) in
            let a = try first(&state)
            let b = try second(&state)
            state.site = id
            return try Self.slow(operation, a, b, &state)
        })
    }

    private func fast<Fast: FastComparison>(_: Fast.Type, _ id: Node.ID, _ left: Code, _ right: Code) -> Code {
        if case .constant(let constant) = right.shape, let number = NumberConstant(constant) {
            if let lane = left.int, let exact = number.int {
                return Code(truth: { (state) throws(Fault) in try Fast.ints(lane(&state), exact) })
            }
            if case .path(let path) = left.shape {
                return lending(path) { againstNumber(Fast.self, id, $0, left.value, number) }
            }
            return againstNumber(Fast.self, id, left.value, number)
        }
        // `0 < cost` is looked at as `cost > 0` is, but its errors name the operands in their order.
        if case .constant(let constant) = left.shape, let number = NumberConstant(constant),
            case .path(let path) = right.shape
        {
            return lending(path) { ofNumber(Fast.self, id, number, $0, right.value) }
        }
        if case .constant(.ascii(let text)) = right.shape, Fast.operation == .equal || Fast.operation == .notEqual {
            let isEqual = Fast.operation == .equal
            if case .path(let path) = left.shape {
                return lending(path) { againstText(Fast.operation, id, $0, left.value, text, isEqual) }
            }
            let first = left.value
            if case .part(let path, let slice) = left.shape {
                return Code(truth: { (state) throws(Fault) in
                    if let lent = path.lend(state.slots), let answer = slice.isSame(of: lent.value, as: text) {
                        return answer == isEqual
                    }
                    let value = try first(&state)
                    state.site = id
                    return try Self.slow(Fast.operation, value, .ascii(text), &state)
                })
            }
            return Code(truth: { (state) throws(Fault) in
                let value = try first(&state)
                if case .ascii(let other) = value { return (other == text) == isEqual }
                state.site = id
                return try Self.slow(Fast.operation, value, .ascii(text), &state)
            })
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
            if let answer = Fast.numbers(a, b) { return answer }
            state.site = id
            return try Self.slow(Fast.operation, a, b, &state)
        })
    }

    // MARK: - Against constants

    private func againstNumber<Fast: FastComparison>(
        _: Fast.Type, _ id: Node.ID, _ first: @escaping ValueCode, _ number: NumberConstant
    ) -> Code {
        Code(truth: { (state) throws(Fault) in
            let value = try first(&state)
            if let answer = number.isRight(of: value, Fast.self) { return answer }
            state.site = id
            return try Self.slow(Fast.operation, value, number.value, &state)
        })
    }

    private func againstNumber<Fast: FastComparison, From: Lender>(
        _: Fast.Type, _ id: Node.ID, _ lender: From, _ general: @escaping ValueCode, _ number: NumberConstant
    ) -> Code {
        Code(truth: { (state) throws(Fault) in
            if let lent = lender.lend(state.slots), let answer = number.isRight(of: lent.value, Fast.self) {
                return answer
            }
            let value = try general(&state)
            state.site = id
            return try Self.slow(Fast.operation, value, number.value, &state)
        })
    }

    private func ofNumber<Fast: FastComparison, From: Lender>(
        _: Fast.Type, _ id: Node.ID, _ number: NumberConstant, _ lender: From, _ general: @escaping ValueCode
    ) -> Code {
        Code(truth: { (state) throws(Fault) in
            if let lent = lender.lend(state.slots), let answer = number.isLeft(of: lent.value, Fast.self) {
                return answer
            }
            let value = try general(&state)
            state.site = id
            return try Self.slow(Fast.operation, number.value, value, &state)
        })
    }

    private func againstText<From: Lender>(
        _ operation: Node.Comparison, _ id: Node.ID, _ lender: From, _ general: @escaping ValueCode, _ text: [UInt8],
        _ isEqual: Bool
    ) -> Code {
        Code(truth: { (state) throws(Fault) in
            if let lent = lender.lend(state.slots), case .ascii(let other) = lent.value {
                return (other == text) == isEqual
            }
            let value = try general(&state)
            state.site = id
            return try Self.slow(operation, value, .ascii(text), &state)
        })
    }

    /// `"admin" in roles`.
    private func membership(
        _ id: Node.ID, _ operation: Node.Comparison, _ text: [UInt8], _ path: Path, _ general: @escaping ValueCode
    ) -> Code {
        let isIn = operation == .isIn
        return lending(path) { (lender) in
            Code(truth: { (state) throws(Fault) in
                state.site = id
                if let lent = lender.lend(state.slots), let answer = try lent.contains(text, &state) {
                    return answer == isIn
                }
                let container = try general(&state)
                state.site = id
                return try Self.slow(operation, .ascii(text), container, &state)
            })
        }
    }

    /// Makes code that is specialised for where an operand lies.
    func lending(_ path: Path, _ make: (any Lender) -> Code) -> Code {
        if path.steps.isEmpty { return make(SlotLender(slot: path.slot)) }
        if path.steps.count == 1, case .place(let place) = path.steps[0] {
            return make(ElementLender(slot: path.slot, place: place))
        }
        return make(path)
    }
}
