/// A Python value as expressions see it.
///
/// The cases are laid out for speed: a boolean, an integer that fits 64 bits and a float live in the value itself,
/// everything else behind one reference. Text has two forms, ASCII bytes and code points, so that both are indexed in
/// constant time; `Value.string(_:)` picks the form. Two values are equal when Python's `==` says so (`1 == 1.0 ==
/// True`), except that a NaN equals itself, as it does inside Python's containers.
public enum Value: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    /// Text of code points below 128.
    case ascii([UInt8])
    /// Text with at least one code point above 127; a lone surrogate is kept as it is.
    case wide([UInt32])
    /// An integer outside the 64-bit range.
    case big(BigInteger)
    case list([Value])
    case tuple([Value])
    case mapping(Mapping)
    case group(Group)
    case range(Progression)
    case view(View)
    case iterator(LazyIterator)
    case object(RecordBox)
    /// What capture left out; an expression that needs it fails with the kind `Cut`.
    case cut(CutMark)
}

// MARK: - Making values

extension Value {
    /// Makes text.
    ///
    /// - Parameter text: The text; its code points are kept as they are, nothing is normalised.
    /// - Returns: The value.
    public static func string(_ text: String) -> Value {
        var copy = text
        return copy.withUTF8 { unsafe Value.string(utf8: Array($0)) }
    }

    /// Makes text from UTF-8 whose code points may be lone surrogates.
    static func string(utf8: [UInt8]) -> Value {
        utf8.contains { $0 >= 0x80 } ? .wide(Text.decode(utf8)) : .ascii(utf8)
    }

    /// Makes text from code points, in the form they need.
    static func string(codePoints: [UInt32]) -> Value {
        for unit in codePoints where unit >= 0x80 { return .wide(codePoints) }
        return .ascii(codePoints.map { UInt8(truncatingIfNeeded: $0) })
    }

    /// Makes a dict; of two equal keys the first key and the last value stay, as in Python.
    ///
    /// - Parameter pairs: Keys and values in order. A key that Python could not hash (a list, say) is a programmer's
    ///   error.
    /// - Returns: The value.
    public static func dict(_ pairs: [(key: Value, value: Value)]) -> Value {
        var builder = Mapping.Builder(capacity: pairs.count)
        for pair in pairs { builder.set(pair.key, pair.value) }
        return .mapping(builder.finish())
    }

    /// Makes a set.
    ///
    /// - Parameter elements: The elements; equal ones count once.
    /// - Returns: The value.
    public static func set(_ elements: [Value]) -> Value {
        var group = Group.Builder()
        for element in elements { group.insert(element) }
        return .group(group.finish())
    }

    /// Makes a record, an object whose fields expressions read as attributes.
    ///
    /// - Parameter record: The host's object.
    /// - Returns: The value.
    public static func record(_ record: any Record) -> Value { .object(RecordBox(record)) }

    /// Makes an integer of any size.
    init(_ integer: BigInteger) {
        if let small = integer.small { self = .int(small) } else { self = .big(integer) }
    }
}

// MARK: - Reading values

extension Value {
    /// The boolean, if this is one.
    public var asBool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The integer, if this is one that fits; booleans count, as in Python.
    public var asInt: Int? {
        switch self {
        case .int(let number): number
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    /// The number as a float, if this is a float, an integer or a boolean.
    public var asDouble: Double? {
        switch self {
        case .float(let number): number
        case .int(let number): Double(number)
        case .bool(let flag): flag ? 1 : 0
        case .big(let number): number.double
        default: nil
        }
    }

    /// The text, if this is text; a lone surrogate becomes U+FFFD.
    public var asString: String? {
        switch self {
        case .ascii(let bytes): String(decoding: bytes, as: UTF8.self)
        case .wide(let units): Text.string(units)
        default: nil
        }
    }

    /// The elements, if this is a list or a tuple.
    public var asList: [Value]? {
        switch self {
        case .list(let items), .tuple(let items): items
        default: nil
        }
    }

    /// The entries in order, if this is a dict.
    public var asDict: [(key: Value, value: Value)]? {
        guard case .mapping(let mapping) = self else { return nil }
        return (0..<mapping.count).map { (mapping.keys[$0], mapping.values[$0]) }
    }

    /// The text's UTF-8, with a lone surrogate as the three bytes that UTF-8 forbids, if this is text.
    public var utf8: [UInt8]? {
        switch self {
        case .ascii(let bytes): bytes
        case .wide(let units): Text.encode(units)
        default: nil
        }
    }

    /// Whether this is `None`.
    public var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// What `bool(value)` is in Python.
    public var isTruthy: Bool {
        switch self {
        case .none: false
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .float(let number): number != 0
        case .ascii(let bytes): !bytes.isEmpty
        case .list(let items), .tuple(let items): !items.isEmpty
        case .mapping(let mapping): mapping.count > 0
        case .group(let group): group.count > 0
        case .range(let range): range.length != .zero
        case .view(let view): view.mapping.count > 0
        case .wide, .big, .iterator, .object, .cut: true
        }
    }

    /// Python's name for the type: `int`, `str`, `NoneType`, or what a record says.
    public var typeName: String {
        switch self {
        case .none: "NoneType"
        case .bool: "bool"
        case .int, .big: "int"
        case .float: "float"
        case .ascii, .wide: "str"
        case .list: "list"
        case .tuple: "tuple"
        case .mapping: "dict"
        case .group: "set"
        case .range: "range"
        case .view(let view): view.kind.rawValue
        case .iterator(let iterator): iterator.typeName
        case .object(let box): box.record.typeName
        case .cut: "cut"
        }
    }

    /// A dict's value for a text key, or a record's field; nil if there is none.
    ///
    /// - Parameter key: The key or the field's name.
    public subscript(key: String) -> Value? {
        switch self {
        case .mapping(let mapping): mapping[.string(key)]
        case .object(let box): box.record.field(key)
        default: nil
        }
    }

    /// What `str(value)` is in Python.
    public var str: String {
        asString ?? repr
    }

    /// What `repr(value)` is in Python.
    public var repr: String {
        String(decoding: Representation.bytes(of: self), as: UTF8.self)
    }
}

extension Value: CustomStringConvertible {
    /// The same as ``repr``.
    public var description: String { repr }
}
