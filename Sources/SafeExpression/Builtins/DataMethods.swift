/// The methods of lists, tuples, dicts, their views, and sets.
enum DataMethods {
    typealias Method = TextMethods.Method

    static let list: [String: Method] = [
        "copy": { (s, _, state) throws(Fault) in
            try state.allocate(elements: s.asList?.count ?? 0)
            return s
        },
        "count": { (s, a, state) throws(Fault) in try count(s, a[0], &state) },
        "index": { (s, a, state) throws(Fault) in try index(s, a, &state) },
    ]
    static let tuple: [String: Method] = list.filter { $0.key != "copy" }

    static let dict: [String: Method] = [
        "copy": { (s, _, state) throws(Fault) in
            try state.allocate(elements: s.asDict?.count ?? 0)
            return s
        },
        "get": { (s, a, state) throws(Fault) in
            guard case .mapping(let mapping) = s else { preconditionFailure("a dict's method") }
            if let place = try mapping.position(of: a[0], &state) { return mapping.values[place] }
            try mapping.checkComplete(state)
            return a.count > 1 ? a[1] : .none
        },
        "keys": { (s, _, state) throws(Fault) in try view(.keys, s, state) },
        "values": { (s, _, state) throws(Fault) in try view(.values, s, state) },
        "items": { (s, _, state) throws(Fault) in try view(.items, s, state) },
    ]

    static let set: [String: Method] = [
        "copy": { (s, _, state) throws(Fault) in .group(try Sets.makeGroup(s, &state)) },
        "union": { (s, a, state) throws(Fault) in
            var result = try Group.Builder(copying: group(s), &state)
            for other in a { try Sets.update(&result, with: other, &state) }
            return .group(result.finish())
        },
        "intersection": { (s, a, state) throws(Fault) in
            if a.isEmpty { return .group(try Sets.makeGroup(s, &state)) }
            var result = group(s)
            for other in a { result = try Sets.intersection(result, other, &state) }
            return .group(result)
        },
        "difference": { (s, a, state) throws(Fault) in
            guard let first = a.first else { return .group(try Sets.makeGroup(s, &state)) }
            var result = Group.Builder(continuing: try Sets.difference(group(s), first, &state))
            for other in a.dropFirst() { try Sets.subtract(other, from: &result, &state) }
            return .group(result.finish())
        },
        "symmetric_difference": { (s, a, state) throws(Fault) in
            .group(try Sets.symmetric(group(s), Sets.makeGroup(a[0], &state), &state))
        },
        "issubset": { (s, a, state) throws(Fault) in
            .bool(try Sets.isSubset(s, of: .group(Sets.makeGroup(a[0], &state)), &state))
        },
        "issuperset": { (s, a, state) throws(Fault) in
            var cursor = try Cursor(over: a[0], &state)
            while let element = try cursor.next(&state) {
                if try !group(s).contains(element, &state) { return .bool(false) }
            }
            return .bool(true)
        },
        "isdisjoint": { (s, a, state) throws(Fault) in
            var cursor = try Cursor(over: a[0], &state)
            while let element = try cursor.next(&state) {
                if try group(s).contains(element, &state) { return .bool(false) }
            }
            return .bool(true)
        },
    ]

    /// The methods of views of keys and items; one of values has none.
    static let view: [String: Method] = [
        "isdisjoint": { (s, a, state) throws(Fault) in .bool(try ViewOperators.isDisjoint(s, a[0], &state)) }
    ]

    private static func group(_ value: Value) -> Group {
        guard case .group(let group) = value else { preconditionFailure("a set's method") }
        return group
    }

    private static func view(_ kind: View.Kind, _ value: Value, _ state: State) throws(Fault) -> Value {
        guard case .mapping(let mapping) = value else { preconditionFailure("a dict's method") }
        try mapping.checkComplete(state)
        return .view(View(kind, of: mapping))
    }

    private static func count(_ sequence: Value, _ wanted: Value, _ state: inout State) throws(Fault) -> Value {
        var found = 0
        for item in sequence.asList ?? [] {
            try state.charge(1)
            if try Equality.isSame(item, wanted, &state) { found += 1 }
        }
        return .int(found)
    }

    private static func index(_ sequence: Value, _ arguments: [Value], _ state: inout State) throws(Fault) -> Value {
        let items = sequence.asList ?? []
        func bound(_ place: Int, _ fallback: Int, _ state: inout State) throws(Fault) -> Int {
            guard arguments.count > place else { return fallback }
            guard arguments[place].asInt != nil || arguments[place].isBig else {
                throw state.typeError("slice indices must be integers or have an __index__ method")
            }
            let number = try Integers.clamped(arguments[place], &state)
            return number < 0 ? max(0, number &+ items.count) : number
        }
        let start = try bound(1, 0, &state)
        let stop = min(items.count, try bound(2, items.count, &state))
        if start < stop {
            for place in start..<stop {
                try state.charge(1)
                if try Equality.isSame(items[place], arguments[0], &state) { return .int(place) }
            }
        }
        let text = try Representation.repr(arguments[0], &state).str
        throw state.valueError(
            sequence.typeName == "list" ? "\(text) is not in list" : "tuple.index(x): x not in tuple")
    }
}
