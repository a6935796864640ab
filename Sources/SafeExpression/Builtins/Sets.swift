/// Sets and the views of dicts that act as sets.
enum Sets {
    /// The elements of a set or of a view.
    static func elements(_ value: Value) -> [Value] {
        switch value {
        case .group(let group): group.elements
        case .view(let view): (0..<view.mapping.count).map(view.element)
        default: []
        }
    }

    static func count(_ value: Value) -> Int {
        switch value {
        case .group(let group): group.count
        case .view(let view): view.mapping.count
        default: 0
        }
    }

    /// Whether a set or a view has an element.
    static func contains(_ set: Value, _ element: Value, _ state: inout State) throws(Fault) -> Bool {
        switch set {
        case .group(let group): return try group.contains(element, &state)
        case .view(let view):
            switch view.kind {
            case .keys: return try view.mapping.position(of: element, &state) != nil
            case .items:
                guard case .tuple(let pair) = element, pair.count == 2,
                    let place = try view.mapping.position(of: pair[0], &state)
                else { return false }
                return try Equality.isSame(view.mapping.values[place], pair[1], &state)
            case .values:
                for value in view.mapping.values {
                    try state.charge(1)
                    if try Equality.isSame(value, element, &state) { return true }
                }
                return false
            }
        default: return false
        }
    }

    static func isSubset(_ left: Value, of right: Value, _ state: inout State) throws(Fault) -> Bool {
        if count(left) > count(right) { return false }
        for element in elements(left) {
            try state.charge(1)
            if try !contains(right, element, &state) { return false }
        }
        return true
    }

    static func isEqual(_ left: Value, _ right: Value, _ state: inout State) throws(Fault) -> Bool {
        guard count(left) == count(right) else { return false }
        // Python asks the view, whose items may be such as no set can be asked for.
        if case .group = left, case .view = right { return try isSubset(right, of: left, &state) }
        return try isSubset(left, of: right, &state)
    }

    /// `<` and its kin; nil for a view of values, which has no order.
    static func compare(
        _ operation: Ordering.Operator, _ left: Value, _ right: Value, _ state: inout State
    ) throws(Fault) -> Bool? {
        for side in [left, right] {
            if case .view(let view) = side, view.kind == .values { return nil }
        }
        switch operation {
        case .less: return count(left) < count(right) ? try isSubset(left, of: right, &state) : false
        case .lessOrEqual: return try isSubset(left, of: right, &state)
        case .greater: return count(left) > count(right) ? try isSubset(right, of: left, &state) : false
        case .greaterOrEqual: return try isSubset(right, of: left, &state)
        }
    }

    /// The operators between sets.
    enum Operator: String {
        case union = "|"
        case intersection = "&"
        case difference = "-"
        case symmetric = "^"
    }

    /// `left OP right` for two sets, or for a view and anything iterable; nil if it is neither.
    static func combine(
        _ operation: Operator, _ left: Value, _ right: Value, _ state: inout State
    ) throws(Fault) -> Value? {
        if case .group(let a) = left, case .group(let b) = right {
            return try combine(operation, a, b, &state)
        }
        guard ViewOperators.isLikeSet(left) || ViewOperators.isLikeSet(right) else { return nil }
        return .group(try ViewOperators.apply(operation, left, right, &state))
    }

    private static func combine(
        _ operation: Operator, _ a: Group, _ b: Group, _ state: inout State
    ) throws(Fault) -> Value {
        switch operation {
        case .union:
            try state.allocate(elements: a.count + b.count)
            var result = try Group.Builder(copying: a, &state)
            try result.merge(b, &state)
            return .group(result.finish())
        case .intersection: return .group(try intersection(a, b, &state))
        case .difference: return .group(try difference(a, b, &state))
        case .symmetric: return .group(try symmetric(a, Group.Builder(copying: b, &state).finish(), &state))
        }
    }

    /// The elements of one set only; as CPython does it, by going on in the table of the second one.
    static func symmetric(_ a: Group, _ b: Group, _ state: inout State) throws(Fault) -> Group {
        try state.allocate(elements: a.count + b.count)
        var result = Group.Builder(continuing: b)
        for element in a.elements { try toggle(element, in: &result, &state) }
        return result.finish()
    }

    /// Removes an element, or inserts it if it was not there.
    static func toggle(_ element: Value, in set: inout Group.Builder, _ state: inout State) throws(Fault) {
        try state.charge(1)
        if try !set.remove(element, &state) { try set.insert(element, &state) }
    }

    /// As CPython does it: the elements of the smaller set, in its order.
    static func intersection(_ a: Group, _ b: Group, _ state: inout State) throws(Fault) -> Group {
        if a === b { return try makeGroup(.group(a), &state) }
        let (large, small) = b.count > a.count ? (b, a) : (a, b)
        try state.allocate(elements: small.count)
        var result = Group.Builder()
        for element in small.elements {
            try state.charge(1)
            if try large.contains(element, &state) { try result.insert(element, &state) }
        }
        return result.finish()
    }

    /// The elements of a set that another iterable has too, in the order of the smaller set or of the iterable.
    static func intersection(_ group: Group, _ other: Value, _ state: inout State) throws(Fault) -> Group {
        if case .group(let other) = other { return try intersection(group, other, &state) }
        var result = Group.Builder()
        var cursor = try Cursor(over: other, &state)
        while let element = try cursor.next(&state) {
            if try group.contains(element, &state) { try result.insert(element, &state) }
        }
        return result.finish()
    }

    /// A set or a dict is taken away as CPython does it, all else by removing one element after another.
    static func difference(_ group: Group, _ other: Value, _ state: inout State) throws(Fault) -> Group {
        switch other {
        case .group(let other): return try difference(group, other, &state)
        case .mapping: return try difference(group, makeGroup(other, &state), &state)
        default:
            var result = try Group.Builder(copying: group, &state)
            try subtract(other, from: &result, &state)
            return result.finish()
        }
    }

    private static func difference(_ a: Group, _ b: Group, _ state: inout State) throws(Fault) -> Group {
        try state.allocate(elements: a.count)
        if a.count >> 2 > b.count {
            var result = try Group.Builder(copying: a, &state)
            try subtract(.group(b), from: &result, &state)
            return result.finish()
        }
        var result = Group.Builder()
        for element in a.elements {
            try state.charge(1)
            if try !b.contains(element, &state) { try result.insert(element, &state) }
        }
        return result.finish()
    }

    /// `set(iterable)`.
    static func makeGroup(_ value: Value, _ state: inout State) throws(Fault) -> Group {
        var builder = Group.Builder()
        try update(&builder, with: value, &state)
        return builder.finish()
    }

    /// `set.update(iterable)`, which makes room at once for a set or a dict.
    static func update(_ builder: inout Group.Builder, with other: Value, _ state: inout State) throws(Fault) {
        if case .group(let group) = other {
            try state.allocate(elements: group.count)
            try state.charge(group.count)
            return try builder.merge(group, &state)
        }
        if case .mapping(let mapping) = other { builder.reserve(forKeysOf: mapping) }
        var cursor = try Cursor(over: other, &state)
        while let element = try cursor.next(&state) {
            try state.allocate(32)
            try builder.insert(element, &state)
            if builder.count > state.limits.elements { try state.allocate(elements: builder.count) }
        }
    }

    /// `set.difference_update(iterable)`.
    static func subtract(_ other: Value, from builder: inout Group.Builder, _ state: inout State) throws(Fault) {
        var cursor = try Cursor(over: other, &state)
        while let element = try cursor.next(&state) { _ = try builder.remove(element, &state) }
        builder.sweep()
    }
}
