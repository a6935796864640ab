extension Compiler {
    mutating func comprehension(_ id: Node.ID, _ comprehension: Node.Comprehension) throws(Diagnostic) -> Code {
        let base = tree.names.count
        var locals: [Int] = []
        for clause in comprehension.clauses { collect(clause.target, base, &locals) }
        let clauses = comprehension.clauses.map { clause in
            var slot: Int?
            if case .local(_, let local) = clause.target { slot = base + local }
            return LoopPlan.Clause(
                target: clause.target, slot: slot, iterable: iterable(clause.iterable),
                condition: condition(clause.conditions.map { codes[$0].truth }), site: clause.iterable)
        }
        let elements = comprehension.elements.map { codes[$0] }
        let plan = LoopPlan(
            clauses: clauses, elements: elements.map { $0.value }, truth: elements[0].truth,
            weight: weight(of: comprehension), locals: locals, base: base)
        switch comprehension.kind {
        case .generator:
            try checkScope(id, locals)
            plans[id] = plan
            return Code({ (state) throws(Fault) in .iterator(Generator(try plan.begin(&state))) }, site: id)
        case .list: return Code({ (state) throws(Fault) in try Self.list(plan, id, &state) }, site: id)
        case .set:
            return Code(
                { (state) throws(Fault) in
                    var builder = Group.Builder()
                    try plan.run(&state) { (state) throws(Fault) in
                        let element = try plan.elements[0](&state)
                        state.site = id
                        try state.allocate(48)
                        try builder.insert(element, &state)
                        if builder.count > state.limits.elements { try state.allocate(elements: builder.count) }
                        return true
                    }
                    return .group(builder.finish())
                }, site: id)
        case .dict:
            return Code(
                { (state) throws(Fault) in
                    var builder = Mapping.Builder()
                    try plan.run(&state) { (state) throws(Fault) in
                        let key = try plan.elements[0](&state)
                        let value = try plan.elements[1](&state)
                        state.site = id
                        try state.allocate(64)
                        try builder.set(key, value, &state)
                        if builder.count > state.limits.elements { try state.allocate(elements: builder.count) }
                        return true
                    }
                    return .mapping(builder.finish())
                }, site: id)
        }
    }

    private func condition(_ truths: [TruthCode]) -> TruthCode? {
        truths.count < 2 ? truths.first : conjunction(truths)
    }

    private static func list(_ plan: LoopPlan, _ id: Node.ID, _ state: inout State) throws(Fault) -> Value {
        var items: [Value] = []
        let element = plan.elements[0]
        // Not more than is worth it: what a long list may take is charged as it grows.
        let prepare = { items.reserveCapacity(min($0, 256)) }
        try plan.run(&state, prepare: prepare) { (state) throws(Fault) in
            items.append(try element(&state))
            state.site = id
            try state.allocate(16)
            if items.count > state.limits.elements { try state.allocate(elements: items.count) }
            return true
        }
        return .list(items)
    }

    /// `any` and `all` over a generator expression, without the generator.
    func quantifier(_ plan: LoopPlan, isAny: Bool) -> Code {
        let truth = plan.truth
        return Code(truth: { (state) throws(Fault) in
            var answer = !isAny
            try plan.run(&state) { (state) throws(Fault) in
                if try truth(&state) != isAny { return true }
                answer = isAny
                return false
            }
            return answer
        })
    }

    private func collect(_ target: Node.Target, _ base: Int, _ locals: inout [Int]) {
        switch target {
        case .local(_, let local): if !locals.contains(base + local) { locals.append(base + local) }
        case .star(let inner): collect(inner, base, &locals)
        case .unpack(let parts): for part in parts { collect(part, base, &locals) }
        }
    }

    /// One step for every operation of an element, its conditions and inner iterables.
    private func weight(of comprehension: Node.Comprehension) -> Int {
        var pending = comprehension.elements + comprehension.clauses.flatMap { $0.conditions }
        pending += comprehension.clauses.dropFirst().map { $0.iterable }
        var count = 1
        while let id = pending.popLast() {
            switch tree.nodes[id].content {
            case .literal, .name, .local, .function: continue
            // An inner comprehension pays for its own elements.
            case .comprehension(let inner): pending.append(inner.clauses[0].iterable)
            default: pending += tree.nodes[id].children
            }
            count += 1
        }
        return count
    }

    // MARK: - Generators that are kept

    /// Functions and methods that use a generator up at once.
    private static let eager: Set<String> = [
        "all", "any", "dict", "list", "max", "min", "set", "sorted", "sum", "tuple", "join", "union", "intersection",
        "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint",
    ]

    /// Refuses a generator that could run after the variables around it have changed: Python keeps a cell for each of
    /// them, the language does not.
    private func checkScope(_ id: Node.ID, _ own: [Int]) throws(Diagnostic) {
        var inner: Set<Int> = Set(own)
        var isFree = true
        var pending = tree.nodes[id].children
        while let next = pending.popLast() {
            switch tree.nodes[next].content {
            case .comprehension(let nested):
                var bound: [Int] = []
                for clause in nested.clauses { collect(clause.target, tree.names.count, &bound) }
                inner.formUnion(bound)
            case .local(_, let local):
                if !inner.contains(tree.names.count + local) { isFree = isFree && isBoundBelow(local, id) }
            default: break
            }
            pending += tree.nodes[next].children
        }
        if isFree { return }
        var child = id
        var parent = parents[id]
        while parent >= 0, case .call(let name, _, _) = tree.nodes[parent].content, ["zip", "enumerate"].contains(name)
        {
            child = parent
            parent = parents[parent]
        }
        if parent >= 0 {
            switch tree.nodes[parent].content {
            case .call(let name, _, _) where Self.eager.contains(name): return
            case .method(_, let name, _, _) where Self.eager.contains(name): return
            case .compare: return
            case .comprehension(let outer) where outer.clauses.contains { $0.iterable == child }: return
            default: break
            }
        }
        throw Diagnostic(
            kind: .rejected, message: "a generator that uses an outer comprehension's variable must be used up at once",
            range: tree.nodes[id].range, hint: "brackets [ ] make a list of it")
    }

    /// Whether a variable is bound by a comprehension inside of a node.
    private func isBoundBelow(_ local: Int, _ id: Node.ID) -> Bool {
        var pending = tree.nodes[id].children
        while let next = pending.popLast() {
            if case .comprehension(let nested) = tree.nodes[next].content {
                var bound: [Int] = []
                for clause in nested.clauses { collect(clause.target, 0, &bound) }
                if bound.contains(local) { return true }
            }
            pending += tree.nodes[next].children
        }
        return false
    }
}
