/// A compiled expression: the checked tree and the root's closures.
final class Program: Sendable {
    let tree: CheckedTree
    let limits: Limits
    private let value: ValueCode
    private let truth: TruthCode

    init(_ source: [UInt8], names: Names, limits: Limits) throws(Diagnostic) {
        tree = try Resolver.check(source, names: names, limits: limits)
        self.limits = limits
        var compiler = Compiler(tree, limits: limits)
        let code = try compiler.compile()
        value = code.value
        truth = code.truth
    }

    private func state(_ slots: [Value]) -> State {
        precondition(slots.count == tree.names.count, "a value for each of the expression's names")
        var slots = slots
        for _ in 0..<tree.localCount { slots.append(.none) }
        return State(slots: slots, limits: limits)
    }

    func evaluate(_ slots: [Value]) throws(Diagnostic) -> Value {
        var state = state(slots)
        do throws(Fault) {
            let result = try value(&state)
            switch result {
            case .list, .tuple, .mapping, .view, .group, .iterator: try checkResult(result, &state)
            default: break
            }
            return result
        } catch {
            throw diagnostic(error)
        }
    }

    func isTrue(_ slots: [Value]) throws(Diagnostic) -> Bool {
        var state = state(slots)
        do throws(Fault) {
            return try truth(&state)
        } catch {
            throw diagnostic(error)
        }
    }

    private func diagnostic(_ fault: Fault) -> Diagnostic {
        Diagnostic(kind: fault.kind, message: fault.message, range: tree.nodes[fault.site].range, hint: fault.hint)
    }

    /// An iterator ends with its evaluation, so none may be part of the result; nor may the result be small only because
    /// its parts are shared (`[[[0] * 1000] * 1000] * 1000`, `["…"] * 1000`), for whoever writes it out would not end.
    private func checkResult(_ result: Value, _ state: inout State) throws(Fault) {
        state.site = tree.root
        var pending = [result]
        var left = limits.elements * 10
        var room = limits.bytes
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
                throw state.fault(.limit(.elements), "a result of more than \(limits.elements * 10) elements")
            }
            for item in items {
                if item.isContainer { pending.append(item) } else { room -= item.writtenSize }
            }
            if room < 0 { throw state.fault(.limit(.bytes), "a result of more than \(limits.bytes) bytes of text") }
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
