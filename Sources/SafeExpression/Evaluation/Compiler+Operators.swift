internal import BigInt

extension Compiler {
    // MARK: - Arithmetic

    func unary(_ id: Node.ID, _ operation: Node.Unary, _ operand: Code) -> Code {
        if operation == .not {
            if case .constant(let constant) = operand.shape { return Code(constant: .bool(!constant.isTruthy)) }
            let truth = operand.truth
            return Code(truth: { (state) throws(Fault) in try !truth(&state) })
        }
        if case .constant(let constant) = operand.shape {
            var state = State(slots: .none, limits: limits)
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
        if case .constant(let a) = left.shape, case .constant(let b) = right.shape,
            let folded = folded(operation, a, b)
        {
            return Code(constant: folded)
        }
        switch operation {
        case .add: return fast(FastAdd.self, id, left, right)
        case .subtract: return fast(FastSubtract.self, id, left, right)
        case .multiply: return fast(FastMultiply.self, id, left, right)
        case .divide: return fast(FastDivide.self, id, left, right)
        case .floorDivide: return fast(FastFloorDivide.self, id, left, right)
        case .modulo: return fast(FastModulo.self, id, left, right)
        case .power: return fast(FastPower.self, id, left, right)
        case .and: return fast(FastAnd.self, id, left, right)
        case .or: return fast(FastOr.self, id, left, right)
        case .exclusiveOr: return fast(FastExclusiveOr.self, id, left, right)
        case .shiftLeft, .shiftRight:
            let second = right.value
            let link: LinkCode = { (a, state) throws(Fault) in
                let b = try second(&state)
                state.site = id
                return try Arithmetic.apply(operation, a, b, &state)
            }
            return linked(id, left, link)
        }
    }

    /// CPython computes no larger integer beforehand.
    private static let mostFoldedBits = 128

    /// The result for two constants where CPython computes it beforehand too: a set of constants has an order of its
    /// own. What fails is left to fail when it runs.
    private func folded(_ operation: Node.Binary, _ left: Value, _ right: Value) -> Value? {
        guard let a = Arithmetic.Number(left), let b = Arithmetic.Number(right) else { return nil }
        if let x = a.integer, let y = b.integer {
            let count = Int(clamping: y)
            let size = x.magnitude.bitWidth
            let isSmall =
                switch operation {
                case .multiply: size + y.magnitude.bitWidth <= Self.mostFoldedBits
                case .power: size == 0 || count <= Self.mostFoldedBits / size
                case .shiftLeft: size == 0 || count <= Self.mostFoldedBits - size
                default: true
                }
            if !isSmall { return nil }
        }
        var state = State(slots: .none, limits: limits)
        return try? Arithmetic.apply(operation, left, right, &state)
    }

    private func fast<Fast: FastArithmetic>(_: Fast.Type, _ id: Node.ID, _ left: Code, _ right: Code) -> Code {
        if case .constant(let constant) = right.shape, let number = NumberConstant(constant) {
            let link: LinkCode = { (a, state) throws(Fault) in
                if let result = Fast.result(a, number) { return result }
                state.site = id
                return try Arithmetic.apply(Fast.operation, a, constant, &state)
            }
            guard case .path(let path) = left.shape else { return linked(id, left, link) }
            return lending(path) { arithmetic(Fast.self, id, $0, left.value, number, link) }
        }
        let second = right.value
        return linked(id, left) { (a, state) throws(Fault) in
            let b = try second(&state)
            if let result = Fast.result(a, b) { return result }
            state.site = id
            return try Arithmetic.apply(Fast.operation, a, b, &state)
        }
    }

    /// A path and a number that is known beforehand.
    private func arithmetic<Fast: FastArithmetic, From: Lender>(
        _: Fast.Type, _ id: Node.ID, _ lender: From, _ general: @escaping ValueCode, _ number: NumberConstant,
        _ link: @escaping LinkCode
    ) -> Code {
        var code = Code(
            { (state) throws(Fault) in
                if let lent = lender.lend(state.slots), let result = Fast.result(lent.value, number) { return result }
                return try link(general(&state), &state)
            }, site: id)
        code.link = link
        return code
    }
}
