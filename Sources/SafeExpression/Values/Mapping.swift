/// A dict's entries in insertion order; immutable once built.
public final class Mapping: Sendable {
    let keys: [Value]
    let values: [Value]
    /// How many entries capture left out, if it did.
    let cut: Int?
    private let index: Index

    private init(keys: [Value], values: [Value], cut: Int?, index: Index) {
        self.keys = keys
        self.values = values
        self.cut = cut
        self.index = index
    }

    /// The number of entries.
    var count: Int { keys.count }

    /// The value of a key, nil when there is none or the key cannot be hashed.
    subscript(key: Value) -> Value? {
        var state = State.unlimited
        guard let place = try? position(of: key, &state) else { return nil }
        return values[place]
    }

    /// The value of a text key.
    subscript(key: String) -> Value? { self[.string(key)] }

    /// Whether there is a key; a fault when capture may have left it out.
    func has(_ key: Value, _ state: inout State) throws(Fault) -> Bool {
        if try position(of: key, &state) != nil { return true }
        try checkComplete(state)
        return false
    }

    /// A fault when capture left entries out.
    func checkComplete(_ state: State) throws(Fault) {
        if let cut { throw state.cut(CutMark(count: cut)) }
    }

    /// Where a key stands, nil if it is missing.
    func position(of key: Value, _ state: inout State) throws(Fault) -> Int? {
        if index.buckets.isEmpty {
            if case .ascii(let text) = key { return place(ofShort: text) }
            _ = try Hashing.hash(key, &state)
            for place in keys.indices where try Equality.isSame(keys[place], key, &state) { return place }
            return nil
        }
        return try index.find(key, hash: Hashing.hash(key, &state), in: keys, &state)
    }

    /// Where a text key stands among the few of a small dict; nil when it is missing or the dict is not small.
    @inline(__always)
    func place(ofShort key: [UInt8]) -> Int? {
        if !index.buckets.isEmpty { return nil }
        for place in keys.indices {
            if case .ascii(let other) = keys[place], other == key { return place }
        }
        return nil
    }

    /// Up to this many entries are looked through without hashing.
    private static let small = 8

    /// Buckets that hold places, by open addressing; empty for a small dict.
    private struct Index {
        var buckets: [Int32] = []
        var hashes: [Int] = []

        func find(_ key: Value, hash: Int, in keys: [Value], _ state: inout State) throws(Fault) -> Int? {
            let mask = buckets.count - 1
            var bucket = hash & mask
            while true {
                let place = Int(buckets[bucket])
                if place < 0 { return nil }
                if hashes[place] == hash, try Equality.isSame(keys[place], key, &state) { return place }
                bucket = (bucket + 1) & mask
            }
        }

        mutating func add(_ hash: Int) {
            let place = hashes.count
            hashes.append(hash)
            if hashes.count * 2 > buckets.count {
                buckets = Array(repeating: -1, count: max(32, buckets.count * 2))
                for (place, hash) in hashes.enumerated() { store(place, hash) }
            } else {
                store(place, hash)
            }
        }

        private mutating func store(_ place: Int, _ hash: Int) {
            let mask = buckets.count - 1
            var bucket = hash & mask
            while buckets[bucket] >= 0 { bucket = (bucket + 1) & mask }
            buckets[bucket] = Int32(place)
        }
    }

    /// Collects entries: of two equal keys the first key and the last value stay.
    struct Builder {
        private(set) var keys: [Value] = []
        private(set) var values: [Value] = []
        /// How many entries are missing.
        var cut: Int?
        private var index = Index()

        init(capacity: Int = 0) {
            keys.reserveCapacity(capacity)
            values.reserveCapacity(capacity)
        }

        var count: Int { keys.count }

        /// Sets an entry of the host's own making.
        mutating func set(_ key: Value, _ value: Value) {
            var state = State.unlimited
            do throws(Fault) {
                try set(key, value, &state)
            } catch {
                preconditionFailure("a dict's key: \(error.message)")
            }
        }

        mutating func set(_ key: Value, _ value: Value, _ state: inout State) throws(Fault) {
            let hash = try Hashing.hash(key, &state)
            if index.buckets.isEmpty {
                for place in keys.indices where try Equality.isSame(keys[place], key, &state) {
                    values[place] = value
                    return
                }
                if keys.count == Mapping.small {
                    for known in keys { index.add(try Hashing.hash(known, &state)) }
                    index.add(hash)
                }
            } else if let place = try index.find(key, hash: hash, in: keys, &state) {
                values[place] = value
                return
            } else {
                index.add(hash)
            }
            keys.append(key)
            values.append(value)
        }

        func finish() -> Mapping { Mapping(keys: keys, values: values, cut: cut, index: index) }
    }
}

/// What `dict.keys()`, `values()` and `items()` give.
public final class View: Sendable {
    enum Kind: String, Sendable {
        case keys = "dict_keys"
        case values = "dict_values"
        case items = "dict_items"
    }

    let kind: Kind
    let mapping: Mapping

    init(_ kind: Kind, of mapping: Mapping) {
        self.kind = kind
        self.mapping = mapping
    }

    /// The element at a place, as iteration gives it.
    func element(at place: Int) -> Value {
        switch kind {
        case .keys: mapping.keys[place]
        case .values: mapping.values[place]
        case .items: .tuple([mapping.keys[place], mapping.values[place]])
        }
    }
}
