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
        let isView = { (value: Value) in
            if case .view(let view) = value { return view.kind != .values }
            return false
        }
        guard isView(left) || isView(right) else { return nil }
        if case .group = left {} else if !isView(left) { return nil }
        let a = try makeGroup(left, &state)
        let b = try makeGroup(right, &state)
        return try combine(operation, a, b, &state)
    }

    static func combine(
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
        for element in a.elements {
            try state.charge(1)
            if try !result.remove(element, &state) { try result.insert(element, &state) }
        }
        return result.finish()
    }

    /// As CPython does it: the elements of the smaller set, in its order.
    static func intersection(_ a: Group, _ b: Group, _ state: inout State) throws(Fault) -> Group {
        let (large, small) = b.count > a.count ? (b, a) : (a, b)
        try state.allocate(elements: small.count)
        var result = Group.Builder()
        for element in small.elements {
            try state.charge(1)
            if try large.contains(element, &state) { try result.insert(element, &state) }
        }
        return result.finish()
    }

    static func difference(_ a: Group, _ b: Group, _ state: inout State) throws(Fault) -> Group {
        try state.allocate(elements: a.count)
        if a.count >> 2 > b.count {
            var result = try Group.Builder(copying: a, &state)
            for element in b.elements {
                try state.charge(1)
                _ = try result.remove(element, &state)
            }
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
        if case .group(let group) = value {
            try state.allocate(elements: group.count)
            try state.charge(group.count)
            return try Group.Builder(copying: group, &state).finish()
        }
        var builder = Group.Builder()
        if case .mapping(let mapping) = value { builder.reserve(forKeysOf: mapping) }
        var cursor = try Cursor(over: value, &state)
        while let element = try cursor.next(&state) {
            try state.allocate(32)
            try builder.insert(element, &state)
            if builder.count > state.limits.elements { try state.allocate(elements: builder.count) }
        }
        return builder.finish()
    }
}
