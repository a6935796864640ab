/// A compiled expression: the checked tree and the root's closures.
final class Program: Sendable {
    let tree: CheckedTree
    private let limits: LimitBox
    private let value: ValueCode
    private let truth: TruthCode
    /// Whether the value is always a boolean.
    private let isBool: Bool

    init(_ source: [UInt8], names: Names, limits: Limits) throws(Diagnostic) {
        tree = try Resolver.check(source, names: names, limits: limits)
        self.limits = LimitBox(limits)
        var compiler = Compiler(tree, limits: self.limits)
        let code = try compiler.compile()
        value = code.value
        truth = code.truth
        isBool = code.isBool
    }

    func evaluate(_ slots: [Value]) throws(Diagnostic) -> Value {
        if isBool { return .bool(try isTrue(slots)) }
        do throws(Fault) {
            if tree.localCount > 0 {
                return try withLocals(slots) { (state) throws(Fault) in try checked(value(&state), &state) }
            }
            var state = State(slots: Slots(reading: slots), limits: limits)
            defer { extendLifetime(slots) }
            return try checked(value(&state), &state)
        } catch {
            throw diagnostic(error)
        }
    }

    func isTrue(_ slots: [Value]) throws(Diagnostic) -> Bool {
        do throws(Fault) {
            if tree.localCount > 0 { return try withLocals(slots) { (state) throws(Fault) in try truth(&state) } }
            var state = State(slots: Slots(reading: slots), limits: limits)
            defer { extendLifetime(slots) }
            return try truth(&state)
        } catch {
            throw diagnostic(error)
        }
    }

    /// Runs code with the host's variables and room for those of comprehensions behind them.
    private func withLocals<Result>(
        _ slots: [Value], _ code: (inout State) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        let count = slots.count + tree.localCount
        return try unsafe withUnsafeTemporaryAllocation(of: Value.self, capacity: count) { (buffer) throws(Fault) in
            guard let base = buffer.baseAddress else { preconditionFailure("an allocation without an address") }
            // The host's are only lent: no code assigns to them, and the caller keeps them.
            let variables = unsafe Slots(base)
            let lent = Slots(reading: slots)
            for slot in slots.indices { variables.borrow(lent.lend(slot), in: slot) }
            for slot in slots.count..<count { variables.forget(slot) }
            defer {
                for slot in slots.count..<count { variables[slot] = .none }
                extendLifetime(slots)
            }
            var state = State(slots: variables, limits: limits)
            return try code(&state)
        }
    }

    @inline(__always)
    private func checked(_ result: Value, _ state: inout State) throws(Fault) -> Value {
        switch result {
        case .list, .tuple, .mapping, .view, .group, .iterator: try checkResult(result, &state)
        default: break
        }
        return result
    }

    @inline(never)
    private func diagnostic(_ fault: Fault) -> Diagnostic {
        Diagnostic(
            kind: fault.kind, message: Self.shortened(fault.message), range: tree.nodes[fault.site].range,
            hint: fault.hint)
    }

    /// A message may quote a value; what a person reads of it is its beginning.
    private static func shortened(_ message: String) -> String {
        if message.utf8.count <= 300 { return message }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: message.unicodeScalars.prefix(297))
        return String(scalars) + "..."
    }

    /// An iterator ends with its evaluation, so none may be part of the result; nor may the result be small only because
    /// its parts are shared (`[[[0] * 1000] * 1000] * 1000`, `["…"] * 1000`), for whoever writes it out would not end.
    private func checkResult(_ result: Value, _ state: inout State) throws(Fault) {
        state.site = tree.root
        var pending = [result]
        var left = state.limits.elements * 10
        var room = state.limits.bytes
        while let value = pending.popLast() {
            let items: [Value]
            switch value {
            case .list(let elements), .tuple(let elements): items = elements
            case .mapping(let mapping): items = mapping.keys + mapping.values
            case .view(let view): items = view.mapping.keys + view.mapping.values
            case .group(let group): items = group.elements
            case .iterator(let iterator):
                throw state.fault(
                    .rejected, "the result is an iterator ('\(iterator.typeName)')",
                    hint: "list(...) makes a list of it")
            default: continue
            }
            left -= items.count
            if left < 0 {
                throw state.fault(.limit(.elements), "a result of more than \(state.limits.elements * 10) elements")
            }
            for item in items {
                if item.isContainer { pending.append(item) } else { room -= item.writtenSize }
            }
            if room < 0 {
                throw state.fault(.limit(.bytes), "a result of more than \(state.limits.bytes) bytes of text")
            }
        }
    }
}

extension Value {
    /// Whether other values may be inside.
    fileprivate var isContainer: Bool {
        switch self {
        case .list, .tuple, .mapping, .view, .group, .iterator: true
        default: false
        }
    }

    /// What writing out costs beyond a word or a number, in bytes; an integer's digits cost the square of its length.
    fileprivate var writtenSize: Int {
        switch self {
        case .ascii(let bytes): return bytes.count
        case .wide(let units): return units.count * 4
        case .big(let number):
            let words = number.bitLength >> 6
            return 64 + 2 * words * (64 + words)
        case .range(let range):
            let words = range.bits >> 6
            return 6 * words * (64 + words)
        default: return 0
        }
    }
}
