/// A node of the checked tree. Nodes live in one array, children before their parents, so that every later pass is a
/// loop over it and nothing recurses.
struct Node: Sendable {
    /// The place of a node in the array.
    typealias ID = Int

    enum Content: Sendable {
        case literal(Value)
        /// A variable of the host.
        case name(String)
        /// A comprehension's variable and its number among all comprehensions' variables.
        case local(String, Int)
        /// An allowlisted function where one may stand: as `key=` or as a type in `isinstance`.
        case function(String)
        case display(Display, [ID])
        /// `*x` in a display.
        case star(ID)
        /// Entries; `**x` has no key.
        case dict([(key: ID?, value: ID)])
        case unary(Unary, ID)
        case binary(Binary, ID, ID)
        case compare(ID, [(operation: Comparison, right: ID)])
        case all([ID])
        case any([ID])
        case conditional(condition: ID, then: ID, otherwise: ID)
        case index(ID, ID)
        case slice(ID, lower: ID?, upper: ID?, step: ID?)
        case attribute(ID, String)
        case call(String, [ID], [(name: String, value: ID)])
        case method(ID, String, [ID], [(name: String, value: ID)])
        case comprehension(Comprehension)
        case fstring([Part])
    }

    enum Display: String, Sendable {
        case list
        case tuple
        case set
    }

    enum Unary: String, Sendable {
        case negative = "neg"
        case positive = "pos"
        case invert = "invert"
        case not = "not"

        /// The operator as it is written.
        var symbol: String {
            switch self {
            case .negative: "-"
            case .positive: "+"
            case .invert: "~"
            case .not: "not"
            }
        }
    }

    enum Binary: String, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case floorDivide = "//"
        case modulo = "%"
        case power = "**"
        case shiftLeft = "<<"
        case shiftRight = ">>"
        case and = "&"
        case or = "|"
        case exclusiveOr = "^"
    }

    enum Comparison: String, Sendable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
        case isIn = "in"
        case notIn = "not in"
        case isSame = "is"
        case isNotSame = "is not"
    }

    /// A comprehension or a generator expression.
    struct Comprehension: Sendable {
        enum Kind: String, Sendable {
            case list
            case set
            case dict
            case generator = "gen"
        }

        let kind: Kind
        /// The element, or a dict's key and value.
        let elements: [ID]
        let clauses: [Clause]
    }

    /// `for TARGET in ITERABLE if CONDITION…`.
    struct Clause: Sendable {
        let target: Target
        let iterable: ID
        let conditions: [ID]
    }

    /// What a comprehension binds.
    indirect enum Target: Sendable {
        case local(String, Int)
        case unpack([Target])
        case star(Target)
    }

    /// A piece of an f-string or of its format.
    indirect enum Part: Sendable {
        case text(Value)
        /// `{value!conversion:format}`; the conversion is `r`, `s`, `a` or 0.
        case value(ID, conversion: UInt8, format: [Part]?)
    }

    let content: Content
    /// The place in the source: bytes while parsing, code points in the finished tree.
    var range: Range<Int>
    /// How deep the operators nest below; a chain counts once.
    let depth: Int
}
