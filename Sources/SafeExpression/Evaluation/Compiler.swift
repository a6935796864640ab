/// Turns the checked tree into closures, children before parents, in one loop.
struct Compiler {
    let tree: CheckedTree
    let limits: LimitBox
    var codes: [Code] = []
    /// How many links long the chain is that ends in a node.
    var chains: [Int]
    /// The branches of a conditional, for the conditional around it.
    var branches: [Node.ID: [(condition: TruthCode, then: ValueCode)]] = [:]
    var parents: [Node.ID]
    /// The loops of generator expressions, for the functions that run them without a generator.
    var plans: [Node.ID: LoopPlan] = [:]

    /// Chains up to this length are nested closures, longer ones a loop over links.
    static let nestedChain = 6

    init(_ tree: CheckedTree, limits: LimitBox) {
        self.tree = tree
        self.limits = limits
        chains = Array(repeating: 0, count: tree.nodes.count)
        parents = Array(repeating: -1, count: tree.nodes.count)
        codes.reserveCapacity(tree.nodes.count)
    }

    /// Makes the root's code.
    mutating func compile() throws(Diagnostic) -> Code {
        for id in tree.nodes.indices {
            for child in tree.nodes[id].children { parents[child] = id }
            guard let before = tree.nodes[id].chained else { continue }
            let isSame = tree.nodes[before].chained != nil && tree.nodes[id].isOperator == tree.nodes[before].isOperator
            chains[id] = isSame ? chains[before] + 1 : 1
        }
        for id in tree.nodes.indices {
            var code = try makeCode(id)
            if chains[id] > Self.nestedChain, let link = code.link { code = loop(id, link) }
            codes.append(code)
        }
        return codes[tree.root]
    }

    /// A long chain as a loop: its links one after another over the value at its beginning.
    private func loop(_ id: Node.ID, _ last: @escaping LinkCode) -> Code {
        var links = [last]
        var current = id
        for _ in 1..<chains[id] {
            guard let before = tree.nodes[current].chained, let link = codes[before].link else { break }
            links.append(link)
            current = before
        }
        links.reverse()
        let finished = links
        guard let first = tree.nodes[current].chained else { preconditionFailure("a chain without a beginning") }
        let start = codes[first].value
        var code = Code(
            { (state) throws(Fault) in
                var value = try start(&state)
                for link in finished { value = try link(value, &state) }
                return value
            }, site: id)
        code.link = last
        return code
    }

    private mutating func makeCode(_ id: Node.ID) throws(Diagnostic) -> Code {
        let node = tree.nodes[id]
        switch node.content {
        case .literal(let value): return Code(constant: value)
        case .name(let name):
            guard let slot = tree.names.firstIndex(of: name) else { preconditionFailure("an unresolved name") }
            return Code(slot: slot, label: name, site: id)
        case .local(let name, let number): return Code(slot: tree.names.count + number, label: name, site: id)
        // Never evaluated: the call around it has taken its name.
        case .function: return Code(constant: .none)
        case .star(let operand): return codes[operand]
        case .display(let kind, let items): return display(id, kind, items)
        case .dict(let entries): return dict(id, entries)
        case .unary(let operation, let operand): return unary(id, operation, codes[operand])
        case .binary(let operation, let left, let right): return binary(id, operation, codes[left], codes[right])
        case .compare(let first, let chain): return compare(id, first, chain)
        case .all(let parts): return logic(id, parts, isAnd: true)
        case .any(let parts): return logic(id, parts, isAnd: false)
        case .conditional(let condition, let then, let otherwise):
            return conditional(id, condition, then, otherwise)
        case .index(let object, let index): return self.index(id, codes[object], codes[index])
        case .slice(let object, let lower, let upper, let step):
            return slice(id, object, [lower, upper, step])
        case .attribute(let object, let name): return attribute(id, codes[object], name)
        case .call(let name, let arguments, let keywords): return call(id, name, arguments, keywords)
        case .method(let object, let name, let arguments, let keywords):
            return method(id, object, name, arguments, keywords)
        case .comprehension(let comprehension): return try self.comprehension(id, comprehension)
        case .fstring(let parts): return fstring(id, parts)
        }
    }

    // MARK: - Displays

    /// The constants of nodes that all are some.
    private func constants(_ ids: [Node.ID]) -> [Value]? {
        var values: [Value] = []
        for id in ids {
            guard case .constant(let value) = codes[id].shape, !tree.nodes[id].isStar else { return nil }
            values.append(value)
        }
        return values
    }

    private func display(_ id: Node.ID, _ kind: Node.Display, _ items: [Node.ID]) -> Code {
        if let constants = constants(items) {
            switch kind {
            case .list: return Code(constant: .list(constants))
            case .tuple: return Code(constant: .tuple(constants))
            case .set:
                var state = State(slots: .none, limits: limits)
                if let group = try? Self.group(constants, isConstant: true, &state) {
                    return Code(constant: .group(group))
                }
            }
        }
        let parts = items.map { (code: codes[$0].value, isStar: tree.nodes[$0].isStar) }
        let hasStar = parts.contains { $0.isStar }
        if kind == .set, hasStar || items.count > Self.mostAtOnce { return growingSet(id, parts) }
        return Code(
            { (state) throws(Fault) in
                var values: [Value] = []
                values.reserveCapacity(parts.count)
                for part in parts {
                    let value = try part.code(&state)
                    state.site = id
                    if part.isStar {
                        values += try Functions.elements(value, &state)
                        if values.count > state.limits.elements { try state.allocate(elements: values.count) }
                    } else {
                        values.append(value)
                    }
                }
                state.site = id
                try state.allocate(values.count * 16 + 32)
                if hasStar { try state.charge(values.count) }
                switch kind {
                case .list: return .list(values)
                case .tuple: return .tuple(values)
                case .set: return .group(try Self.group(values, isConstant: false, &state))
                }
            }, site: id)
    }

    /// CPython keeps up to so many elements of a display on its stack before it makes something of them.
    private static let mostAtOnce = 30

    /// A set display with stars, or too long a one: what stands before the first star goes in at once, the rest one by
    /// one as it is evaluated.
    private func growingSet(_ id: Node.ID, _ parts: [(code: ValueCode, isStar: Bool)]) -> Code {
        let first = parts.count > Self.mostAtOnce ? 0 : parts.firstIndex { $0.isStar } ?? 0
        return Code(
            { (state) throws(Fault) in
                var builder = Group.Builder()
                var waiting: [Value] = []
                for part in parts[..<first] { waiting.append(try part.code(&state)) }
                state.site = id
                for value in waiting { try builder.insert(value, &state) }
                for part in parts[first...] {
                    let value = try part.code(&state)
                    state.site = id
                    if part.isStar {
                        try Sets.update(&builder, with: value, &state)
                    } else {
                        try builder.insert(value, &state)
                    }
                }
                try state.allocate(builder.count * 16 + 32)
                return .group(builder.finish())
            }, site: id)
    }

    /// The elements of a set display; of three or more constants CPython makes a frozen set beforehand, and updates an
    /// empty set with it.
    private static func group(_ values: [Value], isConstant: Bool, _ state: inout State) throws(Fault) -> Group {
        if isConstant, values.count > 2 {
            return try Group.Builder(copying: frozen(values, &state), &state).finish()
        }
        var builder = Group.Builder()
        for value in values { try builder.insert(value, &state) }
        return builder.finish()
    }

    /// A frozen set of constants, which CPython makes anew in its own order as it merges constants.
    private static func frozen(_ values: [Value], _ state: inout State) throws(Fault) -> Group {
        var builder = Group.Builder()
        for value in values { try builder.insert(value, &state) }
        var again = Group.Builder()
        for value in builder.finish().elements { try again.insert(value, &state) }
        return again.finish()
    }

    /// What a comprehension goes through: of a set display of constants, the frozen set as it is.
    func iterable(_ id: Node.ID) -> ValueCode {
        if case .display(.set, let items) = tree.nodes[id].content, let constants = constants(items) {
            var state = State(slots: .none, limits: limits)
            if let group = try? Self.frozen(constants, &state) { return Code(constant: .group(group)).value }
        }
        return codes[id].value
    }

    private func dict(_ id: Node.ID, _ entries: [(key: Node.ID?, value: Node.ID)]) -> Code {
        let parts = entries.map { (key: $0.key.map { codes[$0].value }, value: codes[$0.value].value) }
        let ends = Self.ends(of: entries.map { $0.key != nil })
        return Code(
            { (state) throws(Fault) in
                var builder = Mapping.Builder(capacity: parts.count)
                // What is wrong with a key comes up when all of its group are evaluated.
                var held: Fault?
                for (place, part) in parts.enumerated() {
                    guard let key = part.key else {
                        let value = try part.value(&state)
                        state.site = id
                        guard case .mapping(let mapping) = value else {
                            if let mark = value.cutMark { throw state.cut(mark) }
                            throw state.typeError("'\(value.typeName)' object is not a mapping")
                        }
                        try mapping.checkComplete(state)
                        try state.allocate(elements: builder.count + mapping.count)
                        for place in mapping.keys.indices {
                            try builder.set(mapping.keys[place], mapping.values[place], &state)
                        }
                        continue
                    }
                    let name = try key(&state)
                    let value = try part.value(&state)
                    state.site = id
                    do throws(Fault) {
                        try builder.set(name, value, &state)
                    } catch {
                        if error.kind != .runtime("TypeError") { throw error }
                        held = held ?? error
                    }
                    if let held, ends[place] { throw held }
                }
                try state.allocate(builder.count * 48 + 32)
                return .mapping(builder.finish())
            }, site: id)
    }

    /// Where the groups of a dict display end of which CPython makes a dict at once: at `**`, and where the stack is
    /// full; a full group's keys go in one by one.
    ///
    /// - Parameter hasKey: Of each entry; false for `**`.
    private static func ends(of hasKey: [Bool]) -> [Bool] {
        var ends = hasKey.map { _ in false }
        var start = 0
        for place in hasKey.indices {
            guard hasKey[place] else {
                start = place + 1
                continue
            }
            let count = place + 1 - start
            let isLast = place + 1 == hasKey.count || !hasKey[place + 1]
            ends[place] = isLast
            if count * 2 > mostAtOnce, isLast || (count - 1) * 2 > mostAtOnce {
                for each in start...place { ends[each] = true }
                start = place + 1
            }
        }
        return ends
    }

    // MARK: - Conditions

    private func logic(_ id: Node.ID, _ parts: [Node.ID], isAnd: Bool) -> Code {
        let codes = parts.map { self.codes[$0] }
        let truths = codes.map { $0.truth }
        let values = codes.map { $0.value }
        let truth = isAnd ? conjunction(truths) : disjunction(truths)
        if codes.allSatisfy({ $0.isBool }) { return Code(truth: truth) }
        let last = values.count - 1
        var code = Code(
            { (state) throws(Fault) in
                for place in 0..<last {
                    let value = try values[place](&state)
                    if try Code.truth(of: value, id, &state) != isAnd { return value }
                }
                return try values[last](&state)
            }, site: id)
        code.truth = truth
        return code
    }

    /// Whether all of some conditions hold.
    func conjunction(_ truths: [TruthCode]) -> TruthCode {
        guard truths.count == 2 else {
            return { (state) throws(Fault) in
                for truth in truths where try !truth(&state) { return false }
                return true
            }
        }
        let (first, second) = (truths[0], truths[1])
        return { (state) throws(Fault) in
            if try !first(&state) { return false }
            return try second(&state)
        }
    }

    /// Whether one of some conditions holds.
    private func disjunction(_ truths: [TruthCode]) -> TruthCode {
        guard truths.count == 2 else {
            return { (state) throws(Fault) in
                for truth in truths where try truth(&state) { return true }
                return false
            }
        }
        let (first, second) = (truths[0], truths[1])
        return { (state) throws(Fault) in
            if try first(&state) { return true }
            return try second(&state)
        }
    }

    private mutating func conditional(
        _ id: Node.ID, _ condition: Node.ID, _ then: Node.ID, _ otherwise: Node.ID
    ) -> Code {
        let (test, yes, no) = (codes[condition].truth, codes[then], codes[otherwise])
        var arms = branches[otherwise] ?? []
        arms.insert((test, yes.value), at: 0)
        branches[id] = arms
        if arms.count > 3 {
            var end = otherwise
            while case .conditional(_, _, let next) = tree.nodes[end].content { end = next }
            let last = codes[end].value
            let steps = arms
            return Code(
                { (state) throws(Fault) in
                    for step in steps where try step.condition(&state) { return try step.then(&state) }
                    return try last(&state)
                }, site: id)
        }
        let (yesValue, noValue) = (yes.value, no.value)
        var code = Code(
            { (state) throws(Fault) in try test(&state) ? try yesValue(&state) : try noValue(&state) }, site: id)
        let (yesTruth, noTruth) = (yes.truth, no.truth)
        code.truth = { (state) throws(Fault) in try test(&state) ? try yesTruth(&state) : try noTruth(&state) }
        code.isBool = yes.isBool && no.isBool
        return code
    }
}

extension Node {
    /// The node that this one continues: the left side of an operator, the object of a postfix.
    var chained: ID? {
        switch content {
        case .binary(let operation, let left, _): operation == .power ? nil : left
        case .index(let object, _), .slice(let object, _, _, _), .attribute(let object, _),
            .method(let object, _, _, _):
            object
        default: nil
        }
    }

    var isOperator: Bool { if case .binary = content { true } else { false } }

    /// The nodes right below.
    var children: [ID] {
        switch content {
        case .literal, .name, .local, .function: []
        case .star(let operand), .unary(_, let operand), .attribute(let operand, _): [operand]
        case .display(_, let items), .all(let items), .any(let items): items
        case .dict(let entries): entries.flatMap { [$0.key, $0.value].compactMap { $0 } }
        case .binary(_, let left, let right), .index(let left, let right): [left, right]
        case .compare(let first, let chain): [first] + chain.map { $0.right }
        case .conditional(let condition, let then, let otherwise): [condition, then, otherwise]
        case .slice(let object, let lower, let upper, let step): [object] + [lower, upper, step].compactMap { $0 }
        case .call(_, let arguments, let keywords): arguments + keywords.map { $0.value }
        case .method(let object, _, let arguments, let keywords): [object] + arguments + keywords.map { $0.value }
        case .comprehension(let comprehension):
            comprehension.elements + comprehension.clauses.flatMap { [$0.iterable] + $0.conditions }
        case .fstring(let parts): parts.flatMap { $0.nodes }
        }
    }
}

extension Node.Part {
    /// The nodes of the values in the part and in its format.
    var nodes: [Node.ID] {
        switch self {
        case .text: []
        case .value(let id, _, let format): [id] + (format ?? []).flatMap { $0.nodes }
        }
    }
}
