/// What views of a dict's keys and items can as sets, with anything iterable on the other side.
///
/// In the steps of `Objects/dictobject.c` of CPython 3.12: they tell in which order a result's elements come, and which
/// of them are hashed.
enum ViewOperators {
    /// Whether a value is a view that acts as a set.
    static func isLikeSet(_ value: Value) -> Bool {
        if case .view(let view) = value { return view.kind != .values }
        return false
    }

    /// `left OP right`, where one side is a view that acts as a set.
    static func apply(
        _ operation: Sets.Operator, _ left: Value, _ right: Value, _ state: inout State
    ) throws(Fault) -> Group {
        if operation == .intersection { return try intersection(left, right, &state) }
        if operation == .symmetric, case .view(let a) = left, case .view(let b) = right, a.kind == .items,
            b.kind == .items
        {
            return try symmetric(itemsOf: a.mapping, b.mapping, &state)
        }
        var result = Group.Builder(continuing: try makeGroup(left, &state))
        switch operation {
        case .intersection: preconditionFailure("done above")
        case .union: try Sets.update(&result, with: right, &state)
        case .difference: try Sets.subtract(right, from: &result, &state)
        case .symmetric:
            let other: Value
            switch right {
            case .group, .mapping: other = right
            default: other = .group(try Sets.makeGroup(right, &state))
            }
            var cursor = try Cursor(over: other, &state)
            while let element = try cursor.next(&state) {
                try state.allocate(32)
                try Sets.toggle(element, in: &result, &state)
            }
        }
        return result.finish()
    }

    /// `set(value)`, where the keys of a dict are as good as the dict.
    private static func makeGroup(_ value: Value, _ state: inout State) throws(Fault) -> Group {
        if case .view(let view) = value, view.kind == .keys {
            return try Sets.makeGroup(.mapping(view.mapping), &state)
        }
        return try Sets.makeGroup(value, &state)
    }

    private static func intersection(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Group {
        var (view, other) = isLikeSet(left) ? (left, right) : (right, left)
        if case .group(let group) = other, Sets.count(view) <= group.count {
            return try Sets.intersection(group, view, &state)
        }
        if isLikeSet(other), Sets.count(other) > Sets.count(view) { swap(&view, &other) }
        var result = Group.Builder()
        var cursor = try Cursor(over: other, &state)
        while let element = try cursor.next(&state) {
            guard try Sets.contains(view, element, &state) else { continue }
            try state.allocate(32)
            try result.insert(element, &state)
        }
        return result.finish()
    }

    /// The items of one dict only; those of both are never hashed, and so may hold anything.
    private static func symmetric(
        itemsOf a: Mapping, _ b: Mapping, _ state: inout State
    ) throws(Fault) -> Group {
        try state.allocate(elements: a.count + b.count)
        try state.charge(a.count + b.count)
        var result = Group.Builder()
        var shared: Set<Int> = []
        for place in b.keys.indices {
            if let same = try a.position(of: b.keys[place], &state),
                try Equality.isSame(a.values[same], b.values[place], &state)
            {
                shared.insert(same)
            } else {
                try result.insert(.tuple([b.keys[place], b.values[place]]), &state)
            }
        }
        for place in a.keys.indices where !shared.contains(place) {
            try result.insert(.tuple([a.keys[place], a.values[place]]), &state)
        }
        return result.finish()
    }

    /// `view.isdisjoint(other)`.
    static func isDisjoint(_ view: Value, _ other: Value, _ state: inout State) throws(Fault) -> Bool {
        var (view, other) = (view, other)
        let isSet = if case .group = other { true } else { isLikeSet(other) }
        if isSet, Sets.count(other) > Sets.count(view) { swap(&view, &other) }
        var cursor = try Cursor(over: other, &state)
        while let element = try cursor.next(&state) {
            if try Sets.contains(view, element, &state) { return false }
        }
        return true
    }
}
