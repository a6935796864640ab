internal import SafeExpression

/// One stage of a pipeline, checked: it makes rows of rows, lazily.
protocol Stage: Sendable {
    /// Whether it ends by itself any stream before it.
    var bounds: Bool { get }

    /// What the rows look like after it.
    func shape(after shape: Shape) -> Shape

    /// Puts the stage behind a source.
    ///
    /// - Throws: `Failure` when an expression names what the rows do not have, or a file cannot be written.
    func open(_ upstream: any RowSource, in environment: StageEnvironment) throws(Failure) -> any RowSource
}

extension Stage {
    var bounds: Bool { false }
    func shape(after shape: Shape) -> Shape { shape }
}

/// What the stages of one running pipeline share.
final class StageEnvironment {
    /// The script's variables.
    let variables: [String: Value]
    /// Turns a word into text.
    let text: (Word) throws(Failure) -> String
    /// The rows that could not be evaluated, by the place of the expression: how many, and the first reason.
    private(set) var dropped: [(failure: Failure, stage: String, count: Int)] = []

    init(variables: [String: Value], text: @escaping (Word) throws(Failure) -> String) {
        self.variables = variables
        self.text = text
    }

    /// Counts a row that a stage could not evaluate and leaves out, as a guard's error drops an observation.
    func drop(_ failure: Failure, by stage: String) {
        let start = failure.place?.range.lowerBound
        let index = dropped.firstIndex {
            $0.stage == stage && $0.failure.place?.range.lowerBound == start && $0.failure.message == failure.message
        }
        if let index {
            dropped[index].count += 1
        } else if dropped.count < 10 {
            dropped.append((failure, stage, 1))
        } else {
            dropped[9].count += 1
        }
    }
}

/// A source that a stage makes of another.
///
/// A stage gives the two closures only; to close it closes what is before it.
final class StageSource: RowSource {
    let shape: Shape
    private let upstream: any RowSource
    private let pull: () async throws(Failure) -> (any Record)?
    private let finish: () -> Void

    init(
        over upstream: any RowSource, shape: Shape, finish: @escaping () -> Void = {},
        pull: @escaping () async throws(Failure) -> (any Record)?
    ) {
        self.upstream = upstream
        self.shape = shape
        self.finish = finish
        self.pull = pull
    }

    func next() async throws(Failure) -> (any Record)? { try await pull() }

    func close() async {
        finish()
        await upstream.close()
    }
}

/// An expression over the rows of one source.
struct RowExpression {
    private enum Slot {
        case field(String)
        case constant(Value)
    }

    private let bound: BoundExpression
    private let slots: [Slot]

    /// Binds an expression to what a source's rows have.
    ///
    /// - Throws: `Failure` with the place of a name that they do not have.
    init(_ bound: BoundExpression, over shape: Shape, in environment: StageEnvironment) throws(Failure) {
        self.bound = bound
        var slots: [Slot] = []
        for name in bound.expression.names {
            if name.unicodeScalars.first == BoundExpression.mark {
                let variable = String(name.dropFirst())
                guard let value = environment.variables[variable] else {
                    throw Failure(.failed, "variable '$\(variable)' has no value yet").at(bound, name: name)
                }
                slots.append(.constant(value))
                continue
            }
            if let known = shape.names, !known.contains(name) {
                throw Failure(
                    .usage, "unknown name '\(name)'",
                    hint: didYouMean(name, among: known) ?? "there are \(known.joined(separator: ", "))"
                ).at(bound, name: name)
            }
            slots.append(.field(name))
        }
        self.slots = slots
    }

    /// Its value for a row.
    func value(for row: any Record) throws(Failure) -> Value {
        var values: [Value] = []
        values.reserveCapacity(slots.count)
        for slot in slots {
            switch slot {
            case .constant(let value): values.append(value)
            case .field(let name):
                guard let value = row.field(name) else {
                    throw Failure(
                        .failed, "this row has no '\(name)'", hint: didYouMean(name, among: row.fieldNames)
                    ).at(bound, name: name)
                }
                values.append(value)
            }
        }
        do {
            return try bound.expression.evaluate(values)
        } catch {
            throw bound.failure(error)
        }
    }
}

extension Failure {
    /// The same failure, at the first place where an expression uses a name.
    func at(_ bound: BoundExpression, name: String) -> Failure {
        var copy = self
        copy.place = bound.place(of: bound.expression.ranges(of: name).first ?? 0..<bound.range.count)
        return copy
    }
}
