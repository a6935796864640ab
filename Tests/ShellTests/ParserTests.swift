import Testing

@testable import Shell

@Suite struct ParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let expected: String
        var testDescription: String { text }

        init(_ text: String, _ expected: String) {
            self.text = text
            self.expected = expected
        }
    }

    static func parse(_ text: String, refusesUnboundedStreams: Bool = false) throws(Failure) -> [Statement] {
        var parser = Parser(
            SourceText(text, name: "t"), variables: ["limit", "slow", "fn", "t"],
            options: .init(refusesUnboundedStreams: refusesUnboundedStreams))
        return try parser.parseScript()
    }

    /// What a text that is wrong is told: `message (hint) @ what is marked`.
    static func complaint(_ text: String) -> String {
        do {
            return "parsed as: \(describe(try parse(text, refusesUnboundedStreams: true)))"
        } catch {
            let place = error.place.map { String($0.range, in: $0.source) } ?? "nowhere"
            return error.message + (error.hint.map { " (\($0))" } ?? "") + " @ \(place)"
        }
    }

    @Test(arguments: [
        Case("ps", "ps"),
        Case("  ps ;; thread ; ", "ps; thread"),
        Case("ps\nthread\r\nstatus", "ps; thread; status"),
        Case("w shop:checkout", "watch 'shop:checkout'"),
        Case("watch shop.cart:Cart.* -n 5 --for 10s", "watch 'shop.cart:Cart.*' -n='5' --for='10s'"),
        Case("watch f -n5 --for=10s", "watch 'f' -n='5' --for='10s'"),
        Case("watch f -n=5 --times 6", "watch 'f' -n='5' -n='6'"),
        Case("watch f --on=return", "watch 'f' --on='return'"),
        Case("watch f -be -s", "watch 'f' -b -e -s"),
        Case("watch -n 5 f", "watch 'f' -n='5'"),
        Case("watch f if cost > 100", "watch 'f' if <cost > 100>"),
        Case("watch f if cost > 100|head 5;ps", "watch 'f' if <cost > 100> | head '5'; ps"),
        Case("watch f if (args[0] | 1) == 3 | head", "watch 'f' if <(args[0] | 1) == 3> | head '10'"),
        Case("watch f if args[0] in {1, 2} | head", "watch 'f' if <args[0] in {1, 2}> | head '10'"),
        Case("watch f if \"a|b;c}\" in args[0]", "watch 'f' if <\"a|b;c}\" in args[0]>"),
        Case("watch f if (1 if error else 0) == 1", "watch 'f' if <(1 if error else 0) == 1>"),
        Case("watch f if 1 if error else 0", "watch 'f' if <1 if error else 0>"),
        Case("watch f if cost > $limit", "watch 'f' if <cost > $limit>"),
        Case("watch f if any(x > 1 for x in args)", "watch 'f' if <any(x > 1 for x in args)>"),
        Case("watch f if cost > 1 # a comment", "watch 'f' if <cost > 1>"),
        Case("watch f \\\n -n 5", "watch 'f' -n='5'"),
        Case("watch f if cost > 1 and \\\n thread == 'a'", "watch 'f' if <cost > 1 and \\\n thread == 'a'>"),
        Case("ps |\n  where pid > 1 |\n head 2", "ps | where <pid > 1> | head '2'"),
        Case("ps | where a[\n1] == 2", "error"),
        Case("ps | select pid, name=user + 'x', version", "ps | select pid, name=<user + 'x'>, version"),
        Case("ps | select same=pid == 1", "ps | select same=<pid == 1>"),
        Case("ps | select pid == 1", "ps | select pid == 1"),
        Case("ps | sort pid desc", "ps | sort <pid> desc"),
        Case("ps | sort -pid asc | tail 3", "ps | sort <-pid> | tail '3'"),
        Case("ps | count", "ps | count"),
        Case("ps | count by user", "ps | count by <user>"),
        Case("ps | stats pid by user", "ps | stats <pid> by <user>"),
        Case("ps | grep -iv 'a b'", "ps | grep -i -v 'a b'"),
        Case("ps | to json", "ps | to json"),
        Case("ps | to csv | save \"a b.csv\" -a", "ps | to csv | save 'a b.csv' -a"),
        Case("ps | tee x.jsonl | uniq user", "ps | tee 'x.jsonl' | uniq <user>"),
        Case("echo a 'b c' \"d $fn {limit + 1} {{x}}\"", "echo 'a' 'b c' 'd $fn {limit + 1} {x}'"),
        Case("echo a#b # c", "echo 'a#b'"),
        Case("echo \"tab\\there \\\"q\\\" \\$fn \\x41\"", "echo 'tab\there \"q\" $fn A'"),
        Case("echo a\\ b\\|c", "echo 'a b|c'"),
        Case("echo what if x", "echo 'what' 'if' 'x'"),
        Case("echo", "echo"),
        Case("echo {t.id} x{limit}y", "echo '{t.id}' 'x{limit}y'"),
        Case("eval a.b | head 1", "eval <a.b> | head '1'"),
        Case("eval -x 2 -1 if x else {1: 2}", "eval -x='2' <-1 if x else {1: 2}>"),
        Case("eval -y + 1", "eval <-y + 1>"),
        Case("exec import gc", "exec 'import gc'"),
        Case("exec 'import gc; gc.collect()'", "exec 'import gc; gc.collect()'"),
        Case("exec print({'a': 1}, \"x|y\")", "exec 'print({'a': 1}, \"x|y\")'"),
        Case("exec 'a'.upper()", "exec ''a'.upper()'"),
        Case("exec '''\n  x = 1\n    y; z\n\n  '''", "exec 'x = 1\n  y; z\n\n'"),
        Case("exec \"\"\"a\n {b} $c \\n\"\"\"", "exec 'a\n {b} $c \\n'"),
        Case("exec -f fix.py", "exec -f='fix.py'"),
        Case("inspect shop.CART | head 1", "inspect <shop.CART> | head '1'"),
        Case(
            "inspect --instances shop.Cart --where 'a; b' -n 5", "error"),
        Case(
            "inspect --instances shop.Cart --where 'total > 1 | 2' -n 5 | head 1",
            "inspect --instances='shop.Cart' --where=<total > 1 | 2> -n='5' | head '1'"),
        Case(
            "inspect --instances shop.Cart -n 5 --where 'a' in name and total > 1",
            "inspect --instances='shop.Cart' -n='5' --where=<'a' in name and total > 1>"),
        Case("inspect --instances=shop.Cart --where=total>1", "inspect --instances='shop.Cart' --where=<total>1>"),
        Case("memory --referrers shop.X[\"a b\"] ; ps", "memory --referrers=<shop.X[\"a b\"]>; ps"),
        Case("memory diff --for 5s", "memory 'diff' --for='5s'"),
        Case("source shop:checkout", "source 'shop:checkout'"),
        Case("source shop.* | grep x", "source 'shop.*' | grep 'x'"),
        Case("stack --thread {t.id}", "stack --thread='{t.id}'"),
    ])
    func line(_ example: Case) throws {
        if example.expected == "error" {
            #expect(throws: Failure.self) { try Self.parse(example.text) }
        } else {
            #expect(describe(try Self.parse(example.text)) == example.expected)
        }
    }

    @Test(arguments: [
        Case("param fn2\nparam top = 100 * 2", "param fn2; param top = <100 * 2>"),
        Case("let x = 1 + limit", "let x = <1 + limit>"),
        Case("let x = (1 + 2) * 3", "let x = <(1 + 2) * 3>"),
        Case("let x = (limit)", "let x = <(limit)>"),
        Case("let x = (ps)", "let x = (ps)"),
        Case("let x = (ps | head 2)", "let x = (ps | head '2')"),
        Case("let x = (\n ps\n | head 2\n)", "let x = (ps | head '2')"),
        Case("let x = (slow | head 2)", "let x = ($slow | head '2')"),
        Case("let x = (watch $fn --for 20s if cost > $limit | select ts, cost)", ""),
        Case("let x = (watch f if (cost) > 1)", "let x = (watch 'f' if <(cost) > 1>)"),
        Case("if limit == 0 { ps }", "if <limit == 0> {ps}"),
        Case("if len(slow) == 0 { echo a } else { echo b; ps }", "if <len(slow) == 0> {echo 'a'} else {echo 'b'; ps}"),
        Case(
            "if limit {\n ps\n}\nelse if not limit {\n thread\n} else {}",
            "if <limit> {ps} else if <not limit> {thread}"),
        Case("if limit in {1, 2} { ps }", "if <limit in {1, 2}> {ps}"),
        Case("if limit == {1: 2}[1] {ps}", "if <limit == {1: 2}[1]> {ps}"),
        Case("for x in [1, 2] { echo $x }", "for x in <[1, 2]> {echo '$x'}"),
        Case(
            "for x in (thread | where id > 1) { stack --thread {x.id} }",
            "for x in (thread | where <id > 1>) {stack --thread='{x.id}'}"),
        Case("for x in slow { if x { break }; continue }", "for x in <slow> {if <x> {break}; continue}"),
        Case("while limit < 3 { let limit = limit + 1 }", "while <limit < 3> {let limit = <limit + 1>}"),
        Case("repeat 3 every 5s { ps }", "repeat <3> every '5s' {ps}"),
        Case("repeat limit { ps }", "repeat <limit> {ps}"),
        Case("timeout 60s { ps }", "timeout '60s' {ps}"),
        Case("timeout 60s {ps} ps", "timeout '60s' {ps}; ps"),
        Case("wait 5s", "wait '5s'"),
        Case("wait until len(thread) < limit timeout 20s", "wait until <len(thread) < limit> timeout '20s'"),
        Case("defer { reset }", "defer {reset}"),
        Case("on error continue; on error stop", "on error continue; on error stop"),
        Case("expect len(slow) < 10, \"too many: {len(slow)}\"", "expect <len(slow) < 10> 'too many: {len(slow)}'"),
        Case("assert max(r.cost for r in slow) < 5000", "assert <max(r.cost for r in slow) < 5000>"),
        Case("expect (1, 2)[0] == 1", "expect <(1, 2)[0] == 1>"),
        Case("exit 3", "exit '3'"),
        Case("slow | where cost > 2", "$slow | where <cost > 2>"),
        Case("slow", "$slow"),
        Case("let t = (thread); thread", "let t = (thread); thread"),
    ])
    func statement(_ example: Case) throws {
        let expected =
            example.expected.isEmpty
            ? "let x = (watch '$fn' --for='20s' if <cost > $limit> | select ts, cost)" : example.expected
        #expect(describe(try Self.parse(example.text)) == expected)
    }

    @Test(arguments: [
        Case("pss", "unknown command 'pss' (did you mean 'ps'?) @ pss"),
        Case("wacth f", "unknown command 'wacth' (did you mean 'watch'?) @ wacth"),
        Case("where x > 1", "'where' is a stage (it stands behind a bar: ps | where ...) @ where"),
        Case("slow x", "'slow' is a variable (write {slow} in a word, or pipe it: slow | ...) @ slow"),
        Case("watch", "watch needs a PATTERN (usage: watch PATTERN [options] [if GUARD]) @ watch"),
        Case("watch f g", "watch takes no more words (usage: watch PATTERN [options] [if GUARD]) @ g"),
        Case("watch f -n", "-n needs a value (-n, --times N) @ -n"),
        Case("watch f -n x", "-n needs a whole number from 0, not 'x' @ x"),
        Case("watch f -n if cost > 1", "-n needs a value (-n, --times N) @ -n"),
        Case("watch f --for 10", "--for needs a time, not '10' (write 250ms, 10s or 2m) @ 10"),
        Case(
            "watch f --on retrun",
            "--on has no choice 'retrun' (did you mean 'return'? choose from enter, return, error, all) @ retrun"),
        Case("watch f --time 5", "watch has no option '--time' (did you mean '--times'?) @ --time"),
        Case(
            "watch f -z",
            "watch has no option '-z' (it has -n --times --for -x --expand --rate --sample --on -b -s -e -f) @ -z"),
        Case(
            "stack",
            "stack needs a PATTERN, or --thread ID, or --all (usage: stack [PATTERN] [options] [if GUARD]) @ stack"),
        Case(
            "stack f --all",
            "stack needs a PATTERN, or --thread ID, or --all (usage: stack [PATTERN] [options] [if GUARD]) @ stack f --all"
        ),
        Case("watch f -b=1", "-b takes no value @ -b=1"),
        Case("watch f if", "if needs an expression @ "),
        Case("watch f if (cost > 1", "'(' is never closed @ ("),
        Case("watch f if cost > 1)", "')' closes nothing @ )"),
        Case("watch f if cost > (1]", "']' does not close '(' (expected ')') @ ]"),
        Case("watch f if x == \"a", "the string is never closed @ \""),
        Case("ps if pid > 1", "ps takes no guard (filter its rows: | where EXPR) @ if"),
        Case("ps | wher pid > 1", "unknown stage 'wher' (did you mean 'where'?) @ wher"),
        Case("ps |", "a stage is missing behind '|' (such as where, select or head) @ "),
        Case("ps | where", "where needs an expression @ "),
        Case("ps | where pdi > 1", "unknown name 'pdi' (did you mean 'pid'?) @ pdi"),
        Case("ps | select user | where pid > 1", "unknown name 'pid' @ pid"),
        Case("ps | select pid, pid", "two columns are called 'pid' (NAME=EXPR names one) @ pid"),
        Case("ps | head x", "head needs a whole number from 0, not 'x' @ x"),
        Case("ps | head 5 6", "unexpected '6' (usage: head [N]) @ 6"),
        Case("ps | to jsno", "unknown format 'jsno' (did you mean 'json'?) @ jsno"),
        Case("ps | to json | head", "nothing but save follows to @ head"),
        Case("ps | save a | head", "nothing follows save @ head"),
        Case("ps | save", "save needs a FILE @ save"),
        Case(
            "let x = (ps | save a)", "a captured pipeline ends in rows, not in save (tee writes and passes on) @ save"),
        Case("let x = (echo a)", "echo gives no rows @ echo"),
        Case("echo a | head", "echo gives no rows @ echo"),
        Case("echo \"a", "the string is never closed @ \""),
        Case("echo 'a\nb'", "the string is never closed @ '"),
        Case("echo \"{limit\"", "'{' is never closed (write {{ for a brace) @ {"),
        Case("echo \"{}\"", "'{' needs an expression (write {{ for a brace) @ {"),
        Case("echo $limt", "unknown variable '$limt' (did you mean 'limit'?) @ $limt"),
        Case("echo {limt}", "unknown name 'limt' (did you mean 'limit'?) @ limt"),
        Case("watch f if cost > $limt", "unknown variable '$limt' (did you mean 'limit'?) @ $limt"),
        Case("let x = limt + 1", "unknown name 'limt' (did you mean 'limit'?) @ limt"),
        Case("let = 1", "let needs a name @ "),
        Case("let x 1", "let x needs '=' @ "),
        Case("let x =", "let x = needs an expression @ "),
        Case("let x = 1 | 2", "'|' takes the rows of a command (a bit-or stands in parentheses) @ |"),
        Case("let not = 1", "'not' cannot be a variable's name @ not"),
        Case("if limit | 1 { ps }", "expected '{' (a bit-or stands in parentheses) @ |"),
        Case("if limit { ps", "'{' is never closed @ {"),
        Case("if limit ps", "error"),
        Case("ps }", "'}' closes nothing @ }"),
        Case("break", "'break' stands in no loop @ break"),
        Case("for x in slow { defer { break } }", "'break' stands in no loop @ break"),
        Case("if limit { param y }", "param stands at the top of a script, in no block @ param"),
        Case("timeout soon { ps }", "timeout needs a time, not 'soon' (write 250ms, 10s or 2m) @ soon"),
        Case("wait until limit > 3", "nothing bounds this wait (end it with timeout D) @ wait"),
        Case("wait until len(watch) > 3 timeout 1s", "unknown name 'watch' @ watch"),
        Case("wait", "wait needs a time (write 250ms, 10s or 2m) @ "),
        Case("source", "source needs a FILE @ "),
        Case("source /nowhere/x", "cannot read /nowhere/x: No such file or directory @ /nowhere/x"),
        Case("source 'shop'", "cannot read shop: No such file or directory @ 'shop'"),
        Case("source lib.sonde", "cannot read lib.sonde: No such file or directory @ lib.sonde"),
        Case("inspect", "inspect needs an EXPR, or --instances CLASS (usage: inspect [EXPR] [options]) @ inspect"),
        Case("inspect a --instances b", "error"),
        Case("inspect --where x a", "error"),
        Case("memory --referrers", "--referrers needs an expression (--referrers EXPR) @ --referrers"),
        Case("memory --referrers 'a b'", "error"),
        Case("memory --referrers ''", "--referrers needs an expression (--referrers EXPR) @ ''"),
        Case("memory tracemallo", "error"),
        Case("memory tracemalloc", "tracemalloc needs start, stop or top @ memory tracemalloc"),
        Case("memory --for 5s", "--for is for memory diff @ memory --for 5s"),
        Case("exec -f a b", "error"),
        Case("on error go", "'on error' is followed by 'stop' or 'continue' @ on error "),
        Case("ps &", "'&' has no meaning here (jobs in the background are not supported) @ &"),
        Case("eval", "eval needs an EXPR (usage: eval EXPR [options]) @ eval"),
        Case("exec", "exec needs a PYTHON, or --file FILE (usage: exec [PYTHON] [options]) @ exec"),
        Case("watch f -n 0", "nothing bounds this stream (give it -n or --for, or end it with head) @ watch f -n 0"),
        Case(
            "watch f -n 0 | where cost > 1",
            "nothing bounds this stream (give it -n or --for, or end it with head) @ watch f -n 0"),
    ])
    func complaint(_ example: Case) {
        let found = Self.complaint(example.text)
        if example.expected == "error" {
            #expect(!found.hasPrefix("parsed as"))
        } else {
            #expect(found == example.expected)
        }
    }

    @Test(arguments: [
        "watch f", "watch f -n 0 --for 5s", "watch f -n 0 | head 5", "timeout 5s { watch f -n 0 }",
        "watch f -n $limit", "watch f -n 0 | where cost > 1 | head 5 | sort cost",
    ])
    func boundedStream(_ text: String) throws {
        _ = try Self.parse(text, refusesUnboundedStreams: true)
    }

    @Test func depthIsBounded() {
        let text = String(repeating: "if limit { ", count: 60) + "ps" + String(repeating: " }", count: 60)
        #expect(Self.complaint(text) == "nested deeper than 50 @ {")
        _ = Self.complaint(String(repeating: "(", count: 60_000))
        _ = Self.complaint("let x = " + String(repeating: "(", count: 60_000))
    }

    @Test func aTypedLineMayHaveAStreamWithoutEnd() throws {
        #expect(describe(try Self.parse("watch f -n 0")) == "watch 'f' -n='0'")
    }
}
