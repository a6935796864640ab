/// An object of the host whose fields expressions read as attributes (`row.cost`, `user.tier`).
public protocol Record: Sendable {
    /// The name that messages and `typeName` show.
    var typeName: String { get }
    /// The fields' names in their order, for completion and "did you mean".
    var fieldNames: [String] { get }
    /// Reads a field.
    ///
    /// - Parameter name: The field's name.
    /// - Returns: Its value, or nil if there is no such field.
    func field(_ name: String) -> Value?
    /// What `repr` and `str` show.
    var repr: String { get }
}

/// Keeps a record behind one reference.
public final class RecordBox: Sendable {
    /// The host's object.
    public let record: any Record

    init(_ record: any Record) { self.record = record }
}

/// An object that was captured in the target: its `repr`, its type's name and the attributes that were captured.
public struct CapturedObject: Record {
    /// Python's name of the type, with its module.
    public let typeName: String
    /// What the target's `repr` gave, or its beginning.
    public let repr: String
    /// The attributes that were captured, in the target's order.
    public let attributes: [(name: String, value: Value)]
    /// How many items or characters capture left out of `repr`, if it did.
    public let cut: Int?

    /// Makes a captured object.
    ///
    /// - Parameters:
    ///   - typeName: Python's name of the type.
    ///   - repr: What to show for it.
    ///   - attributes: Its captured attributes.
    ///   - cut: How much capture left out of `repr`, if it did.
    public init(
        typeName: String, repr: String, attributes: [(name: String, value: Value)] = [], cut: Int? = nil
    ) {
        self.typeName = typeName
        self.repr = repr
        self.attributes = attributes
        self.cut = cut
    }

    public var fieldNames: [String] { attributes.map { $0.name } }

    public func field(_ name: String) -> Value? { attributes.first { $0.name == name }?.value }
}

/// Python bytes that the host handed over; expressions may compare and show them, nothing more.
public struct CapturedBytes: Record {
    /// The bytes.
    public let bytes: [UInt8]

    /// Wraps bytes.
    ///
    /// - Parameter bytes: The bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var typeName: String { "bytes" }
    public var fieldNames: [String] { [] }
    public func field(_ name: String) -> Value? { nil }

    public var repr: String {
        let quote: UInt8 = bytes.contains(0x27) && !bytes.contains(0x22) ? 0x22 : 0x27
        var text: [UInt8] = [0x62, quote]
        for byte in bytes {
            switch byte {
            case 0x09: text += [0x5C, 0x74]
            case 0x0A: text += [0x5C, 0x6E]
            case 0x0D: text += [0x5C, 0x72]
            case 0x5C: text += [0x5C, 0x5C]
            case quote: text += [0x5C, quote]
            case 0x20..<0x7F: text.append(byte)
            default: text += [0x5C, 0x78, Hex.digit(byte >> 4), Hex.digit(byte & 15)]
            }
        }
        text.append(quote)
        return String(decoding: text, as: UTF8.self)
    }
}

/// The mark for what capture left out of a container.
public struct CutMark: Sendable {
    /// How many items or characters are missing.
    public let count: Int

    /// Makes a mark.
    ///
    /// - Parameter count: How many items or characters are missing.
    public init(count: Int) { self.count = count }
}

enum Hex {
    static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

    static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case 0x30...0x39: UInt32(digit - 0x30)
        case 0x41...0x46: UInt32(digit - 0x37)
        case 0x61...0x66: UInt32(digit - 0x57)
        default: nil
        }
    }
}
