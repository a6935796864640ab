internal import AgentBundle
internal import SafeExpression
internal import Subprocess
internal import SystemPackage

/// The agent's evaluator in an interpreter of its own: what a guard would give in a target of that version.
///
/// Only Swift parses: the interpreter is given the checked tree, as a target is.
enum AgentEvaluator {
    /// Starts an interpreter, hands its evaluator to the body, and ends it.
    ///
    /// - Parameters:
    ///   - path: The interpreter, a path or a name on `PATH`.
    ///   - body: What is done with the evaluator. It is called for one line after another.
    /// - Returns: What the body returns.
    /// - Throws: ``BatchFailure`` when the interpreter cannot be started or is none.
    static func run<Answer: Sendable>(
        _ path: String, _ body: (Batch.Evaluator) async -> Answer
    ) async throws(BatchFailure) -> Answer {
        do {
            let result = try await Subprocess.run(
                path.contains("/") ? .path(FilePath(path)) : .name(path), arguments: ["-I", "-c", starter],
                input: .inputWriter, output: .sequence, error: .currentStandardError
            ) { execution in
                let input = execution.standardInputWriter
                var output = execution.standardOutput.strings(bufferingPolicy: .unbounded).makeAsyncIterator()
                let program = AgentBundle.evaluatorSource
                // What is no Python may end before it has read all; then there is no greeting either.
                _ = try? await input.write(Array("\(program.count)\n".utf8) + program)
                guard try await output.next()?.contains("\"ready\"") == true else {
                    throw BatchFailure(message: "\(path) does not run as a Python of 3.8 or later")
                }
                let result = await body { (one) throws(BatchFailure) in
                    let tree: Value
                    do throws(Diagnostic) {
                        tree = try one.compile().tree
                    } catch {
                        return BatchAnswer(id: one.id, outcome: .failure(.init(error)), microseconds: 0)
                    }
                    do {
                        _ = try await input.write(request(tree, one.line))
                        if let line = try await output.next() { return try Self.answer(to: one, line) }
                    } catch let failure as BatchFailure {
                        throw failure
                    } catch {
                        throw BatchFailure(message: "\(path): \(error)")
                    }
                    throw BatchFailure(message: "\(path) ended before it had answered \(one.id.str)")
                }
                try await input.finish()
                return result
            }
            return result.closureResult
        } catch let failure as BatchFailure {
            throw failure
        } catch {
            throw BatchFailure(message: "cannot run \(path): \(error)")
        }
    }

    /// What the interpreter runs first: it reads the program, whose length stands before it.
    private static let starter =
        "import sys; exec(compile(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())), '<sonde>', 'exec'))"

    /// A tree and the line it was made of, whose variables Python reads itself.
    private static func request(_ tree: Value, _ line: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = Array("{\"tree\":".utf8)
        tree.encodeJSON(into: &bytes, style: .tagged)
        bytes += Array(",\"case\":".utf8)
        bytes += line
        bytes += Array("}\n".utf8)
        return bytes
    }

    /// Reads `{"repr","us"}` or `{"error":[kind, message, start, end],"us"}`.
    private static func answer(to one: BatchCase, _ line: String) throws(BatchFailure) -> BatchAnswer {
        guard let data = try? Value(json: line, tagged: false), let microseconds = data["us"]?.asDouble else {
            throw BatchFailure(message: "the interpreter answered \(one.id.str) with '\(line)'")
        }
        if let repr = data["repr"]?.asString {
            return BatchAnswer(id: one.id, outcome: .success(repr), microseconds: microseconds)
        }
        guard let error = data["error"]?.asList, error.count == 4 else {
            throw BatchFailure(message: "the interpreter answered \(one.id.str) with '\(line)'")
        }
        let problem = BatchAnswer.Problem(
            kind: error[0].str, message: error[1].str, start: error[2].asInt ?? 0, end: error[3].asInt ?? 0)
        return BatchAnswer(id: one.id, outcome: .failure(problem), microseconds: microseconds)
    }
}
