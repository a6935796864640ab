/// A place in the host's data that an expression names with constants, such as `params[1]["user"]`.
///
/// Data along it is looked at where it lies: copying a value out counts references, which takes longer than comparing
/// it does.
struct Path: Sendable {
    enum Step: Sendable {
        /// An index of a list or a tuple, not negative.
        case place(Int)
        /// A dict's key of ASCII.
        case key([UInt8])
    }

    let slot: Int
    var steps: [Step] = []

    /// The path one subscript further; nil when the index is none of a path's.
    func appending(_ index: Value) -> Path? {
        var longer = self
        switch index {
        case .int(let place) where place >= 0: longer.steps.append(.place(place))
        case .ascii(let text): longer.steps.append(.key(text))
        default: return nil
        }
        return longer
    }
}

/// A value that still belongs to whoever lent it: the host's variables, which outlive the evaluation.
@safe struct Lent {
    private let address: UnsafePointer<Value>

    @inline(__always)
    init(_ address: UnsafePointer<Value>) { unsafe self.address = address }

    @inline(__always)
    var value: Value {
        unsafeAddress { unsafe address }
    }

    /// An element of a list or a tuple; nil when there is none.
    @inline(__always)
    func element(_ place: Int) -> Lent? {
        switch value {
        case .list(let items), .tuple(let items):
            if place >= items.count { return nil }
            return Lent.first(of: items)?.advanced(by: place)
        default: return nil
        }
    }

    /// A dict's value; nil when there is none, or when finding it takes hashing.
    @inline(__always)
    func entry(_ key: [UInt8]) -> Lent? {
        guard case .mapping(let mapping) = value, let place = mapping.place(ofShort: key) else { return nil }
        return Lent.first(of: mapping.values)?.advanced(by: place)
    }

    /// Whether a list, a tuple or a small dict has a text; nil when only the general code can tell.
    @inline(__always)
    func contains(_ text: [UInt8], _ state: inout State) throws(Fault) -> Bool? {
        switch value {
        case .list(let items), .tuple(let items):
            for place in items.indices {
                try state.charge(1)
                switch items[place] {
                case .ascii(let other): if other == text { return true }
                case .none, .bool, .int, .float, .wide, .list, .tuple, .mapping: continue
                default: return nil
                }
            }
            return false
        case .mapping(let mapping): return mapping.place(ofShort: text) == nil ? nil : true
        default: return nil
        }
    }

    /// Where an array's elements lie. Nothing changes the arrays inside of values, so the address is good as long as
    /// the value that holds the array is.
    @inline(__always)
    static func first(of items: borrowing [Value]) -> Lent? {
        let first = unsafe items.withUnsafeBufferPointer { $0.baseAddress }
        return unsafe first.map { unsafe Lent($0) }
    }

    /// Copies the value without counting a reference to what it holds.
    @inline(__always)
    func copyBits(to place: UnsafeMutablePointer<Value>) {
        unsafe UnsafeMutableRawPointer(place).copyMemory(from: address, byteCount: MemoryLayout<Value>.stride)
    }

    @inline(__always)
    func advanced(by places: Int) -> Lent { unsafe Lent(address + places) }
}

/// Where an operand lies that needs not be computed; a type, so that closures are specialised for it.
protocol Lender: Sendable {
    /// The value, nil when only the general code can tell it or say why there is none.
    func lend(_ slots: Slots) -> Lent?
}

/// A variable.
struct SlotLender: Lender {
    let slot: Int

    @inline(__always)
    func lend(_ slots: Slots) -> Lent? { slots.lend(slot) }
}

/// A list's element by a constant index.
struct ElementLender: Lender {
    let slot: Int
    let place: Int

    @inline(__always)
    func lend(_ slots: Slots) -> Lent? { slots.lend(slot).element(place) }
}

extension Path: Lender {
    @inline(__always)
    func lend(_ slots: Slots) -> Lent? {
        var lent = slots.lend(slot)
        for step in steps {
            switch step {
            case .place(let place):
                guard let next = lent.element(place) else { return nil }
                lent = next
            case .key(let key):
                guard let next = lent.entry(key) else { return nil }
                lent = next
            }
        }
        return lent
    }
}
