internal import Glibc
internal import SafeExpression

/// Measures the evaluator inside one process and prints what it found as one JSON object; `scripts/bench expression`
/// runs it beside others.
///
/// `ExpressionBenchmark SPEED.JSON`, where the file has `{"vars": {…}, "exprs": [{"id", "py"}]}`.
@main
enum ExpressionBenchmark {
    static func main() throws {
        guard CommandLine.arguments.count == 2, let text = readFile(CommandLine.arguments[1]) else {
            leave("usage: ExpressionBenchmark SPEED.JSON")
        }
        let speed = try Value(json: text, tagged: false)
        guard let variables = speed["vars"], let expressions = speed["exprs"]?.asList else {
            leave("ExpressionBenchmark: not the shape of speed.json")
        }
        let names = (variables.asDict ?? []).map(\.key.str)
        var rows: [Value] = []
        for each in expressions {
            guard let id = each["id"], let source = each["py"]?.asString else { continue }
            let expression = try Expression.compile(source, names: .declared(names))
            let slots = expression.names.map { variables[$0] ?? .none }
            rows.append(
                .dict([
                    (.string("id"), id), (.string("repr"), .string(try expression.evaluate(slots).repr)),
                    (.string("evaluate_ns"), .float(nanoseconds { _ = try? expression.evaluate(slots) })),
                    (.string("is_true_ns"), .float(nanoseconds { _ = try? expression.isTrue(slots) })),
                    (
                        .string("compile_ns"),
                        .float(nanoseconds { _ = try? Expression.compile(source, names: .declared(names)) })
                    ),
                ]))
        }
        var bytes: [UInt8] = []
        Value.dict([(.string("rows"), .list(rows)), (.string("line_ns"), .float(try lineNanoseconds()))])
            .encodeJSON(into: &bytes, style: .plain)
        print(String(decoding: bytes, as: UTF8.self))
    }

    /// An observation as a line of JSON; 212 bytes.
    static let line = Array(
        """
        {"ts":1705586200.123,"func":"shop.cart.checkout","cost":120.5,"arg":{"user":"ann","items":[1,2,3,4,5,6,7,8]},\
        "result":{"total":99.95,"currency":"EUR","paid":true},"error":null,"thread":"worker-3","sequence":1049}
        """.utf8)

    /// From the bytes of a line to the verdict on one of its fields.
    static func lineNanoseconds() throws -> Double {
        let expression = try Expression.compile("cost > 100")
        let line = Self.line[...]
        precondition(line.count == 212, "the line is as long as is said")
        return nanoseconds {
            guard let row = try? JSONObject(json: line, tagged: false) else { return }
            _ = try? expression.isTrue { row[$0] }
        }
    }

    /// The CPU time of one call: the best of some rounds, each of about five milliseconds.
    static func nanoseconds(_ body: () -> Void) -> Double {
        var count = 1
        while time(count, body) < 2e6 { count *= 2 }
        count = max(1, Int(Double(count) * 5e6 / max(1, time(count, body))))
        return (0..<15).map { _ in time(count, body) }.min().map { $0 / Double(count) } ?? 0
    }

    @inline(never)
    private static func time(_ count: Int, _ body: () -> Void) -> Double {
        let start = processNanoseconds()
        for _ in 0..<count { body() }
        return processNanoseconds() - start
    }

    private static func processNanoseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    private static func leave(_ message: String) -> Never {
        print(message)
        exit(2)
    }

    private static func readFile(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return bytes
    }
}
