import ExpressionChecks
import SafeExpression
import Synchronization
import Testing

@Suite struct CorpusTests {
    /// A debug build is far slower than what is shipped; its times only tell that nothing runs away.
    #if DEBUG
        static let milliseconds = 50.0 * 30
    #else
        static let milliseconds = 50.0
    #endif

    @Test(arguments: ["conformance", "random"])
    func agreesWithCPython(file: String) throws {
        let cases = try Corpus.cases(file)
        #expect(cases.count > 1_000)
        for each in cases {
            if let complaint = each.complaint(about: each.run()) {
                Issue.record("\(each.id): \(String(decoding: each.source.prefix(200), as: UTF8.self)) \(complaint)")
            }
        }
    }

    /// What random expressions found to differ; see scripts/compare-expressions.
    @Test(arguments: try Corpus.found())
    func stillAgrees(found: CorpusCase) {
        if let complaint = found.complaint(about: found.run()) {
            Issue.record("\(String(decoding: found.source, as: UTF8.self)) \(complaint)")
        }
    }

    /// Each attack on a thread with 64 KB of stack: refused, or over in time. What it allocates is bounded by the
    /// evaluator's own account (16 MB), which counts before it allocates.
    @Test func withstandsAttacks() throws {
        let cases = try Corpus.cases("attacks")
        #expect(cases.count > 300)
        #if DEBUG
            // Without optimisation the runtime makes generic types as they are first used, for which it takes most of
            // such a stack. A release build has them ready, and needs no such run: it was tried with 32 KB.
            for each in try Corpus.cases("conformance") + cases { _ = each.run() }
        #endif
        for each in cases {
            let report = Mutex<(outcome: CorpusCase.Outcome, milliseconds: Double)?>(nil)
            onSmallStack {
                let start = ThreadClock.milliseconds
                let outcome = each.run()
                let end = ThreadClock.milliseconds
                report.withLock { $0 = (outcome, end - start) }
            }
            guard let (outcome, milliseconds) = report.withLock({ $0 }) else {
                Issue.record("\(each.id): no outcome")
                continue
            }
            let text = String(decoding: each.source.prefix(200), as: UTF8.self)
            if let complaint = each.complaint(about: outcome) { Issue.record("\(each.id): \(text) \(complaint)") }
            if milliseconds > Self.milliseconds { Issue.record("\(each.id): \(text) takes \(milliseconds) ms") }
        }
    }

    /// The tree says the same as the text: it names every variable, and its literals survive the way through JSON.
    @Test func treesSurviveTheWire() throws {
        for each in try Corpus.cases("conformance") {
            guard
                let expression = try? Expression.compile(
                    utf8: each.source, names: .declared(each.variables.map(\.name)))
            else { continue }
            var bytes: [UInt8] = []
            expression.tree.encodeJSON(into: &bytes, style: .tagged)
            let back = try Value(json: bytes)
            #expect(back == expression.tree, "\(each.id)")
            #expect(back["v"] == .int(1) && back["root"]?.asList?.first?.asString != nil, "\(each.id)")
        }
    }
}
