import SafeExpression
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// One line of the corpus.
struct CorpusCase: Sendable, CustomTestStringConvertible {
    let id: String
    /// The text as it stands, lone surrogates included.
    let source: [UInt8]
    let variables: [(name: String, value: Value)]
    let expectedRepr: String?
    let expectedError: String?
    /// `reject` or `bounded`, for an attack.
    let expectation: String?

    var testDescription: String { id }

    init(line: ArraySlice<UInt8>) throws {
        let data = try Value(json: line, tagged: false, maximumDepth: 2_000)
        id = try #require(data["id"]?.asString)
        source = try #require(data["expr"]?.utf8)
        variables = try #require(data["vars"]?.asDict).map { entry in
            (entry.key.str, entry.value == .string("__nan__") ? .float(.nan) : entry.value)
        }
        expectedRepr = data["expect_repr"]?.asString
        expectedError = data["expect_error_type"]?.asString
        expectation = data["expect"]?.asString
    }

    /// What became of it.
    enum Outcome: Sendable {
        case value(Value)
        case refused(Diagnostic)
        case failed(Diagnostic)

        var described: String {
            switch self {
            case .value(let value): value.repr
            case .refused(let diagnostic), .failed(let diagnostic): "\(diagnostic.kindName): \(diagnostic.message)"
            }
        }
    }

    /// Compiles with the variables declared, and evaluates.
    func run() -> Outcome {
        let expression: Expression
        do {
            expression = try Expression.compile(utf8: source, names: .declared(variables.map(\.name)))
        } catch {
            return .refused(error)
        }
        do {
            return .value(try expression.evaluate { name in variables.first { $0.name == name }?.value })
        } catch {
            return .failed(error)
        }
    }

    /// What is wrong with an outcome, nil if it is as the corpus wants it.
    ///
    /// An error that is expected may also be met by refusing the expression. `Rejected` counts as refusing even when it
    /// comes up while running: what an attribute or a root is asked of is only known then.
    func complaint(about outcome: Outcome) -> String? {
        switch outcome {
        case .value(let value):
            if let expectedRepr { return value.repr == expectedRepr ? nil : "gives \(value.repr), not \(expectedRepr)" }
            if let expectedError { return "gives \(value.repr), not \(expectedError)" }
            return expectation == "reject" ? "is not refused" : nil
        case .refused(let diagnostic):
            return expectedRepr == nil ? placeComplaint(diagnostic) : "is refused: \(diagnostic.message)"
        case .failed(let diagnostic):
            if expectedRepr != nil { return "fails: \(diagnostic.kindName): \(diagnostic.message)" }
            if let complaint = placeComplaint(diagnostic) { return complaint }
            if diagnostic.kind == .rejected || diagnostic.kindName == "Limit" { return nil }
            if let expectedError {
                return diagnostic.kindName == expectedError
                    ? nil : "fails with \(diagnostic.kindName), not \(expectedError)"
            }
            return expectation == "reject" ? "is not refused before it runs: \(diagnostic.kindName)" : nil
        }
    }

    /// Every error points at a place in the source.
    private func placeComplaint(_ diagnostic: Diagnostic) -> String? {
        let count = source.count { $0 & 0xC0 != 0x80 }
        if diagnostic.range.upperBound > max(1, count) { return "points at \(diagnostic.range) of \(count)" }
        return nil
    }
}

/// The corpus beside the checkout.
enum Corpus {
    /// Where the corpus lies: `../shared/expression` as seen from the checkout.
    static let folder: String = {
        let parent = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return "/\(parent)/shared/expression"
    }()

    /// Reads the cases of a file; a missing file is an error.
    static func cases(_ name: String) throws -> [CorpusCase] { try cases(at: "\(folder)/\(name).jsonl") }

    /// What random expressions found once: in the checkout, where the agent's tests read it too.
    static func found() throws -> [CorpusCase] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try cases(at: "/\(root)/Tests/Agent/expression/found.jsonl")
    }

    private static func cases(at path: String) throws -> [CorpusCase] {
        let bytes = try #require(readFile(path), "the corpus is missing: \(path)")
        return try bytes.split(separator: 0x0A).map(CorpusCase.init)
    }
}

/// Reads a whole file, nil if it cannot be read.
func readFile(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

func writeFile(_ path: String, _ text: String) {
    guard let file = fopen(path, "w") else { return }
    fputs(text, file)
    fclose(file)
}

/// Runs work on a thread of its own with 64 KB of stack, and waits for it.
func onSmallStack(_ work: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    pthread_attr_init(attributes)
    defer { pthread_attr_destroy(attributes) }
    precondition(pthread_attr_setstacksize(attributes, 64 << 10) == 0)
    var thread: pthread_t = 0
    let box = Unmanaged.passRetained(Box(work))
    let code = pthread_create(
        &thread, attributes,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work()
            return nil
        }, box.toOpaque())
    precondition(code == 0)
    pthread_join(thread, nil)
}

/// Whether an environment variable is set to anything.
func getenvFlag(_ name: String) -> Bool {
    guard let text = getenv(name) else { return false }
    return text.pointee != 0
}
