internal import Glibc
internal import SafeExpression
internal import Shell

/// `sonde eval --batch`: a line in, an answer out, in the lines' order.
struct Batch {
    let front: StreamFront
    /// Where the lines come from, as messages name it.
    let name: String
    /// Whether to hold the answers against what the lines expect.
    let checks: Bool

    /// Something that evaluates a line.
    typealias Evaluator = (BatchCase) async throws(BatchFailure) -> BatchAnswer

    /// How many lines ended how.
    private struct Counts {
        var values = 0
        var errors = 0
        var malformed = 0
        var wrong = 0
    }

    /// Evaluates every line.
    ///
    /// - Parameters:
    ///   - lines: The lines.
    ///   - evaluate: What evaluates one.
    /// - Returns: ``ExitStatus/done`` when every line was evaluated (an expression's error is an answer like any
    ///   other), ``ExitStatus/failed`` when one could not be read, ``ExitStatus/expectation`` when one is not answered
    ///   as it expects.
    func run(_ lines: LineReader, _ evaluate: Evaluator) async -> ExitStatus {
        var counts = Counts()
        do throws(BatchFailure) {
            while let line = try await next(lines) {
                if line.isBlank { continue }
                let one: BatchCase
                do {
                    one = try BatchCase(line: line)
                } catch {
                    counts.malformed += 1
                    front.report("\(name):\(lines.count): error: \(error.message)\n")
                    continue
                }
                let answer = try await evaluate(one)
                if case .success = answer.outcome { counts.values += 1 } else { counts.errors += 1 }
                if !front.write(answer.line) { return .failed }
                if checks, let complaint = one.complaint(about: answer) {
                    counts.wrong += 1
                    let shown = String(decoding: one.source.prefix(200), as: UTF8.self)
                    front.report("\(name):\(lines.count): wrong: \(one.id.str): \(shown)\n  \(complaint)\n")
                }
            }
        } catch {
            front.report("error: \(error.message)\n")
            return .failed
        }
        var told = "\(name): \(counts.values) values, \(counts.errors) errors"
        if counts.malformed > 0 { told += ", \(counts.malformed) lines that are no case" }
        if checks { told += ", \(counts.wrong) not as expected" }
        front.report(told + "\n")
        return counts.malformed > 0 ? .failed : counts.wrong > 0 ? .expectation : .done
    }

    private func next(_ lines: LineReader) async throws(BatchFailure) -> ArraySlice<UInt8>? {
        do {
            return try await lines.next()
        } catch {
            throw BatchFailure(message: "cannot read \(name): \(error.message)")
        }
    }

    /// Evaluates here.
    static func evaluate(_ one: BatchCase) -> BatchAnswer {
        let start = threadMicroseconds()
        let outcome: Result<Value, BatchAnswer.Problem>
        do throws(Diagnostic) {
            outcome = .success(
                try one.compile().evaluate { name in one.variables.last { $0.name == name }?.value })
        } catch {
            outcome = .failure(BatchAnswer.Problem(error))
        }
        let took = threadMicroseconds() - start
        return BatchAnswer(id: one.id, outcome: outcome.map(\.repr), microseconds: took)
    }

    /// The CPU time of this thread, which a busy machine does not lengthen.
    private static func threadMicroseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
}

/// Why a batch could not go on.
struct BatchFailure: Error {
    /// One clear line.
    let message: String
}
