/// What one expression may use; each is checked before the work is done.
public struct Limits: Sendable {
    /// Code points of source.
    public var source = 4_096
    /// Nodes of the checked tree.
    public var nodes = 500
    /// Nesting of brackets and of operators; a chain such as `1 + 1 + 1` counts once.
    public var nesting = 40
    /// Operations, and elements that a builtin, a comprehension, a comparison or a sort touches.
    public var steps = 200_000
    /// Code points of one string.
    public var characters = 1_000_000
    /// Elements of one container or iteration.
    public var elements = 100_000
    /// Bytes allocated over the whole evaluation.
    public var bytes = 16 << 20
    /// Bits of one integer.
    public var bits = 20_000
    /// Digits between an integer and text, as in Python.
    public var digits = 4_300
    /// Width and precision of a format.
    public var width = 10_000
    /// Nesting of data that is compared, hashed or shown.
    public var depth = 200

    /// The limits of the design.
    public static let `default` = Limits()

    /// Limits that nothing reaches, for values that the host itself has made.
    public static let none: Limits = {
        // Far away, with room for arithmetic on it.
        let unreachable = Int.max >> 8
        var limits = Limits()
        limits.source = unreachable
        limits.nodes = unreachable
        limits.steps = unreachable
        limits.characters = unreachable
        limits.elements = unreachable
        limits.bytes = unreachable
        limits.bits = unreachable
        limits.digits = unreachable
        limits.width = unreachable
        limits.depth = unreachable
        return limits
    }()

    /// Makes the default limits, to be adjusted.
    public init() {}

    /// One of the limits, as an error names it.
    public enum Name: String, Sendable {
        case source, nodes, nesting, steps, characters, elements, bytes, bits, digits, width, depth
    }
}
