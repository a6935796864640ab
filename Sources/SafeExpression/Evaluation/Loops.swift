/// A comprehension made ready; shared by all its runs.
final class LoopPlan: Sendable {
    final class Clause: Sendable {
        let target: Node.Target
        /// The slot, when the target is one variable.
        let slot: Int?
        let iterable: ValueCode
        /// What all conditions together say; nil when there are none.
        let condition: TruthCode?
        /// The node to blame when the iterable is none.
        let site: Int

        init(target: Node.Target, slot: Int?, iterable: @escaping ValueCode, condition: TruthCode?, site: Int) {
            self.target = target
            self.slot = slot
            self.iterable = iterable
            self.condition = condition
            self.site = site
        }
    }

    let clauses: [Clause]
    let elements: [ValueCode]
    /// The element as a condition, for `any` and `all`.
    let truth: TruthCode
    /// Steps of one element.
    let weight: Int
    /// The slots that its variables take up.
    let locals: [Int]
    /// The first slot of comprehensions' variables.
    let base: Int

    init(clauses: [Clause], elements: [ValueCode], truth: @escaping TruthCode, weight: Int, locals: [Int], base: Int) {
        self.clauses = clauses
        self.elements = elements
        self.truth = truth
        self.weight = weight
        self.locals = locals
        self.base = base
    }

    /// Evaluates the first iterable, which belongs to the scope around, and begins a run.
    func begin(_ state: inout State) throws(Fault) -> Loop {
        let iterable = try clauses[0].iterable(&state)
        state.site = clauses[0].site
        return Loop(self, try Cursor(over: iterable, &state))
    }

    /// Runs a body for each element whose conditions hold, until it says false.
    ///
    /// - Parameters:
    ///   - prepare: Called first with the number of elements, where it is known.
    ///   - body: Called with the variables bound.
    @inline(__always)
    func run(
        _ state: inout State, prepare: (Int) -> Void = { _ in }, _ body: (inout State) throws(Fault) -> Bool
    ) throws(Fault) {
        let clause = clauses[0]
        // One variable over what is there already: nothing is left but the loop.
        guard clauses.count == 1, let slot = clause.slot else {
            var loop = try begin(&state)
            while try loop.advance(&state), try body(&state) {}
            return
        }
        let values = try clause.iterable(&state)
        guard case .list(let items) = values else {
            state.site = clause.site
            var loop = Loop(self, try Cursor(over: values, &state))
            while try loop.advance(&state), try body(&state) {}
            return
        }
        guard let first = Lent.first(of: items) else { return }
        if clause.condition == nil { prepare(items.count) }
        // The elements stay the list's, which outlives the loop: binding them counts no references.
        state.slots[slot] = .none
        defer {
            state.slots.forget(slot)
            extendLifetime(values)
        }
        for place in items.indices {
            state.site = clause.site
            try state.charge(weight + 1)
            let item = first.advanced(by: place)
            if case .cut(let mark) = item.value { throw state.cut(mark) }
            state.slots.borrow(item, in: slot)
            if let condition = clause.condition, try !condition(&state) { continue }
            if try !body(&state) { return }
        }
    }

    func bind(_ target: Node.Target, _ value: Value, _ state: inout State) throws(Fault) {
        switch target {
        case .local(_, let local): state.slots[base + local] = value
        case .star: preconditionFailure("a star stands in a list of variables")
        case .unpack(let parts): try unpack(parts, value, &state)
        }
    }

    private func unpack(_ parts: [Node.Target], _ value: Value, _ state: inout State) throws(Fault) {
        switch value {
        case .none, .bool, .int, .float, .big, .object:
            if let mark = value.cutMark { throw state.cut(mark) }
            throw state.typeError("cannot unpack non-iterable \(value.typeName) object")
        default: break
        }
        let items: [Value]
        if case .tuple(let pair) = value { items = pair } else { items = try Functions.elements(value, &state) }
        try state.charge(items.count)
        let star = parts.firstIndex { if case .star = $0 { true } else { false } }
        guard let star else {
            if items.count != parts.count {
                throw state.valueError(
                    items.count > parts.count
                        ? "too many values to unpack (expected \(parts.count))"
                        : "not enough values to unpack (expected \(parts.count), got \(items.count))")
            }
            for (part, item) in zip(parts, items) { try bind(part, item, &state) }
            return
        }
        guard items.count >= parts.count - 1 else {
            throw state.valueError(
                "not enough values to unpack (expected at least \(parts.count - 1), got \(items.count))")
        }
        let after = parts.count - star - 1
        for place in 0..<star { try bind(parts[place], items[place], &state) }
        if case .star(let inner) = parts[star] {
            try bind(inner, .list(Array(items[star..<(items.count - after)])), &state)
        }
        for place in 0..<after { try bind(parts[star + 1 + place], items[items.count - after + place], &state) }
    }
}

/// One run of a comprehension: a cursor for each clause that has begun.
struct Loop {
    let plan: LoopPlan
    private var cursors: [Cursor]

    init(_ plan: LoopPlan, _ first: Cursor) {
        self.plan = plan
        cursors = [first]
    }

    /// Goes on to the next element whose conditions hold; false at the end.
    mutating func advance(_ state: inout State) throws(Fault) -> Bool {
        while !cursors.isEmpty {
            let level = cursors.count - 1
            let clause = plan.clauses[level]
            state.site = clause.site
            try state.charge(plan.weight)
            guard let value = try cursors[level].next(&state) else {
                cursors.removeLast()
                continue
            }
            if let slot = clause.slot {
                state.slots[slot] = value
            } else {
                try plan.bind(clause.target, value, &state)
            }
            if let condition = clause.condition, try !condition(&state) { continue }
            if level + 1 == plan.clauses.count { return true }
            let iterable = try plan.clauses[level + 1].iterable(&state)
            state.site = plan.clauses[level + 1].site
            cursors.append(try Cursor(over: iterable, &state))
        }
        return false
    }
}

/// A generator expression that runs as its elements are asked for.
final class Generator: LazyIterator, @unchecked Sendable {
    private var loop: Loop
    /// The variables' values between two elements: other runs of the same expression use the same slots.
    private var saved: [Value]?

    init(_ loop: Loop) {
        self.loop = loop
        super.init(typeName: "generator")
    }

    override func next(_ state: inout State) throws(Fault) -> Value? {
        let site = state.site
        let plan = loop.plan
        if let saved {
            for (slot, value) in zip(plan.locals, saved) { state.slots[slot] = value }
        }
        guard try loop.advance(&state) else {
            state.site = site
            return nil
        }
        let element = try plan.elements[0](&state)
        saved = plan.locals.map { state.slots[$0] }
        state.site = site
        return element
    }
}
