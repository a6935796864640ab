import SafeExpression
import Sessions
import Synchronization
import Testing

@testable import Shell

@Suite struct CommandTests {
    @Test func processes() async {
        let shell = await TestShell(isAttached: false)
        await shell.assertExec(
            "ps",
            """
            pid  user  version  ways         agent  command
             11  ann   3.8.20   ptrace       False  python shop.py
             12  bob   3.12.1   ptrace, gdb  True   gunicorn shop:app
             13  ann   3.14.0   remote-exec  False  python -m http

            """)
    }

    @Test(arguments: [
        "thread", "watch f", "sc *", "eval a", "status", "reset", "detach", "stack --all", "memory", "inspect a",
        "source f",
    ])
    func aTargetIsNeeded(_ line: String) async {
        let shell = await TestShell(isAttached: false)
        await shell.assertExecError(line, .noTarget, "error: no target is attached (attach PID, or see ps)\n")
    }

    @Test func attachAndDetach() async {
        let shell = await TestShell(isAttached: false)
        #expect(await shell.interpreter.sessionLabel == nil)
        await shell.mustExec("attach 11")
        #expect(shell.front.reports == "attached to 11 python shop.py (Python 3.12.1, agent 0.1.0)\n")
        #expect(await shell.interpreter.sessionLabel == "11 python shop.py")
        shell.session.on("detach") { _ in .dict([]) }
        await shell.assertExec(
            "sessions | to csv",
            "n,current,pid,python,agent,target\n1,true,11,3.12.1,0.1.0,11 python shop.py\n")
        await shell.mustExec("detach")
        #expect(shell.session.isClosed)
        #expect(shell.session.requests.map(\.command) == ["detach"])
        #expect(await shell.interpreter.sessionLabel == nil)
    }

    @Test func detachCanLeaveTheAgent() async {
        let shell = await TestShell()
        await shell.mustExec("detach --keep")
        #expect(shell.session.requests.isEmpty)
        #expect(shell.session.isClosed)
    }

    @Test func severalSessions() async {
        let shell = await TestShell()
        await shell.mustExec("attach 12")
        await shell.assertExec("sessions | where current | select n | to csv", "n\n2\n")
        await shell.mustExec("use 1")
        await shell.assertExec("sessions | where current | select n | to csv", "n\n1\n")
        await shell.assertExecError("use 7", .failed, "error: there is no session 7 (see sessions)\n")
    }

    @Test func whatStandsInTheWayOfAttaching() async {
        let shell = await TestShell(isAttached: false)
        await shell.assertExecError("attach 999", .noTarget, "error: there is no process 999 (see ps)\n")
        await shell.assertExecError(
            "attach 998", .notPermitted, "error: process 998 belongs to root (use sudo)\n  ptrace_scope is 1\n")
        await shell.assertExecError(
            "attach python", .noTarget,
            """
            error: 2 processes fit 'python'
              11  python shop.py
              12  gunicorn shop:app
              13  python -m http

            """)
    }

    @Test func doctor() async {
        let shell = await TestShell(isAttached: false)
        await shell.assertExec("doctor | to csv", "status,check,message,mend\nok,ptrace_scope,0,\n")
        #expect(await shell.interpreter.run(line: "doctor 12 | to csv") == .failed)
        #expect(shell.front.output.hasSuffix("fail,user,it runs as root,sudo sonde\n"))
    }

    @Test func threadsAndFrames() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "thread",
            json: """
                {"rows":[{"id":7,"native_id":70,"name":"MainThread","daemon":false,"state":"running","waits_for":null,
                "cpu_ms":12.5,"func":"loop","file":"shop.py","line":3,
                "stack":[{"file":"shop.py","line":3,"func":"loop","code":"pass"},
                         {"file":"shop.py","line":9,"func":"main","code":"loop()"}]}]}
                """)
        await shell.assertExec(
            "thread | select id, name, cpu_ms, func | to csv", "id,name,cpu_ms,func\n7,MainThread,12.5,loop\n")
        await shell.assertExec(
            "stack --thread 7 | select level, func, line | to csv", "level,func,line\n0,loop,3\n1,main,9\n")
        #expect(shell.session.requests.last?.params["id"]?.asInt == 7)
        await shell.mustExec("stack --all | where func == \"main\"")
        #expect(shell.session.requests.last?.params["id"]?.isNone == true)
        #expect(await shell.interpreter.run(line: "stack") == .usage)
        #expect(await shell.interpreter.run(line: "stack f --all") == .usage)
    }

    @Test func stacksFromOutside() async throws {
        let shell = await TestShell()
        shell.sessions.stacks.withLock {
            $0.answer = [
                ThreadStack(
                    id: 7, nativeID: 70, name: "python", state: "running", holdsLock: true, isChanging: true,
                    isCut: true,
                    frames: [
                        .init(function: "loop", file: "shop.py", line: 3, code: "pass"),
                        .init(function: "main", file: "shop.py", line: nil, code: nil),
                    ]), ThreadStack(id: 8, frames: []),
            ]
        }
        let rows = """
            thread,name,level,func,file,line,code,native_id,state,lock,changing
            7,python,0,loop,shop.py,3,pass,70,running,true,true
            7,python,1,main,shop.py,,,70,running,true,true

            """
        // By force, and of any process; nothing is asked of the agent.
        await shell.assertExec("stack --outside | to csv", rows)
        await shell.assertExec("stack --of 12 --all | to csv", rows)
        await shell.assertExec("stack --of gunicorn --thread 7 | to csv", rows)
        #expect(shell.session.requests.isEmpty)
        #expect(shell.sessions.stacks.withLock { $0.asked } == [.pid(11), .pid(12), .text("gunicorn")])
        #expect(
            shell.front.reports.hasSuffix(
                """
                stack: thread 7 (python) holds the interpreter's lock
                stack: thread 7 (python) moved on while it was read: its frames may not belong together
                stack: thread 7 (python) has more than 2 frames

                """))
        // An agent that does not answer.
        shell.session.on("thread") { _ throws(SessionError) in throw SessionError(.timedOut, "no answer") }
        await shell.assertExec("stack --all | to csv", rows)
        #expect(shell.front.reports.contains("stack: the target does not answer, so it is read from outside\n"))
        // One that answers that it cannot is believed.
        shell.session.on("thread") { _ throws(SessionError) in throw SessionError(.agent("TargetNotFound"), "no") }
        #expect(await shell.interpreter.run(line: "stack --thread 7") == .failed)
        #expect(await shell.interpreter.run(line: "stack --outside --thread 9") == .failed)
        #expect(await shell.interpreter.run(line: "stack --outside --thread -9") == .usage)
        #expect(await shell.interpreter.run(line: "stack --of 999") == .noTarget)
        #expect(await shell.interpreter.run(line: "stack f --of 12") == .usage)
    }

    @Test func stacksOfAProcessWithoutASession() async {
        let shell = await TestShell(isAttached: false)
        shell.sessions.stacks.withLock { $0.answer = [ThreadStack(id: 7, frames: [])] }
        await shell.mustExec("stack --of 12")
        #expect(await shell.interpreter.run(line: "stack --outside") == .noTarget)
    }

    @Test func stackOfCalls() async throws {
        let shell = await TestShell()
        let stack = try Value(json: "[{\"file\":\"a.py\",\"line\":3,\"func\":\"f\",\"code\":\"x()\"}]")
        shell.session.onStream("stack") { _ in
            let observation = FakeStream.observation(cost: 0, user: "ann", stack: stack)
            return FakeStream([.observation(observation)], ending: .stops("limit"))
        }
        let text = await shell.mustExec("stack shop:charge -n 1")
        #expect(text.hasPrefix("ts ") && !text.contains("cost") && !text.contains("kwargs"))
        #expect(text.hasSuffix("\n    f (a.py:3)  x()\n"))
        await shell.assertExec(
            "stack shop:charge -n 1 | select stack[0][\"func\"] | to jsonl", "{\"stack[0][\\\"func\\\"]\":\"f\"}\n")
    }

    @Test func searching() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "sm",
            json:
                "{\"more\":true,\"rows\":[{\"func\":\"shop.pay\",\"kind\":\"function\",\"signature\":\"(a)\",\"file\":\"s.py\",\"line\":1}]}"
        )
        try shell.session.on(
            "sc",
            json:
                "{\"rows\":[{\"class\":\"shop.Cart\",\"module\":\"shop\",\"bases\":[\"object\"],\"methods\":2,\"file\":\"s.py\",\"line\":1}]}"
        )
        await shell.assertExec(
            "sm shop.* -n 1 | to csv", "func,kind,signature,file,line\nshop.pay,function,(a),s.py,1\n")
        #expect(shell.front.reports == "sm: stopped at 1; -n gives more\n")
        await shell.assertExec(
            "sc shop.*",
            "cls        module  bases   methods  file  line\nshop.Cart  shop    object        2  s.py     1\n")
    }

    @Test func evaluate() async throws {
        let shell = await TestShell()
        try shell.session.on("eval", json: "{\"value\":42,\"type\":\"int\"}")
        await shell.assertExec("eval len(shop.CACHE) | to jsonl", "{\"value\":42,\"type\":\"int\"}\n")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["names"]?.asList?.compactMap(\.asString) == ["shop"])
        #expect(params["allow"]?.asString == "read")
        await shell.mustExec("let n = (eval len(shop.CACHE)); expect n[0].value == 42")
        #expect(await shell.interpreter.run(line: "eval __import__('os')") == .usage)
    }

    @Test func executeNeedsPermission() async throws {
        let shell = await TestShell()
        await shell.assertExecError(
            "exec print(1)", .notPermitted, "error: exec is not permitted (start sonde with --allow exec)\n")
        await shell.assertExecError(
            "set allow exec", .notPermitted, "error: 'allow' is set when sonde starts (sonde --allow exec)\n")
        #expect(shell.session.requests.isEmpty)
    }

    @Test func execute() async throws {
        let shell = await TestShell(options: .init(allow: .exec))
        try shell.session.on("exec", json: "{\"stdout\":\"a\\nb\\n\",\"stderr\":\"\",\"value\":3,\"error\":null}")
        await shell.assertExec("exec 'print(1); 3'", "a\nb\n3\n")
        #expect(shell.session.requests.last?.params["source"]?.asString == "print(1); 3")
        await shell.assertExec("exec x | select value | to csv", "value\n3\n")
        try shell.session.on(
            "exec", json: "{\"stdout\":\"\",\"stderr\":\"\",\"value\":null,\"error\":\"Traceback\\nKeyError: 'x'\"}")
        await shell.assertExecError("exec x", .failed, "error: KeyError: 'x'\n  Traceback\n")
    }

    @Test func statusAndReset() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "status",
            json:
                "{\"pid\":11,\"python\":\"3.12.1\",\"agent\":\"0.1.0\",\"sessions\":1,\"session\":1,\"probes\":[{\"watch_id\":\"watch_001\",\"command\":\"watch\",\"pattern\":\"f\",\"emitted\":3,\"dropped\":0,\"guard_errors\":0,\"session\":1}]}"
        )
        await shell.assertExec("status | select watch_id, emitted | to csv", "watch_id,emitted\nwatch_001,3\n")
        #expect(shell.front.reports == "agent 0.1.0 in pid 11 (Python 3.12.1): 1 session, 1 probe\n")
        #expect(await shell.interpreter.hasProbes())
        shell.session.on("reset") { params in
            .dict([(.string("removed"), .int(params["watch_id"]?.isNone == true ? 2 : 0))])
        }
        await shell.mustExec("reset")
        #expect(shell.front.reports == "reset: 2 probes removed\n")
        await shell.assertExecError("reset watch_009", .failed, "error: there is no probe 'watch_009' (see status)\n")
    }

    @Test func settings() async {
        let shell = await TestShell()
        await shell.mustExec("set format jsonl; set timeout 5s")
        await shell.assertExec(
            "set",
            "{\"name\":\"format\",\"value\":\"jsonl\"}\n{\"name\":\"timeout\",\"value\":\"5s\"}\n{\"name\":\"quiet\",\"value\":\"off\"}\n{\"name\":\"allow\",\"value\":\"read\"}\n"
        )
        await shell.assertExecError(
            "set fromat x", .usage, "error: there is no setting 'fromat' (did you mean 'format'?)\n")
        await shell.assertExecError("set format jsn", .usage, "error: unknown format 'jsn' (did you mean 'json'?)\n")
    }

    @Test func historyIsTheFronts() async {
        let shell = await TestShell(RecordingFront(lines: ["ps", "watch f"]))
        await shell.assertExec("history | where \"watch\" in line | to csv", "n,line\n2,watch f\n")
    }

    @Test func echo() async {
        let shell = await TestShell()
        await shell.assertExec("echo a  'b  c' \"{1 + 1}\"", "a b  c 2\n")
        await shell.assertExec("let x = 2.5; echo \"{x:.2f}|$x|{x!r}\"", "2.50|2.5|2.5\n")
        let person = await TestShell(RecordingFront(isPersonLooking: true))
        await person.assertExec("echo \"\\e[31mred\\n\"", "\\x1b[31mred\n\n")
    }

    @Test func exit() async {
        let shell = await TestShell()
        #expect(await shell.interpreter.run(line: "exit 3; echo no") == ExitStatus(rawValue: 3))
        #expect(shell.front.output.isEmpty)
        #expect(await shell.interpreter.exitRequest == ExitStatus(rawValue: 3))
    }

    @Test func aWaitThatTakesLongSaysSo() async {
        let shell = await TestShell()
        shell.session.on("thread") { _ throws(SessionError) in throw SessionError(.timedOut, "no answer within 1s") }
        await shell.assertExecError("thread", .timedOut, "error: no answer within 1s\n")
        #expect(shell.front.progress.isEmpty)
        shell.session.setDelay(until: { !shell.front.progress.isEmpty })
        _ = await shell.interpreter.run(line: "thread")
        #expect(shell.front.progress == ["waiting for the agent's answer to thread", nil])
    }

    @Test func theDeadlineOfALine() async {
        let shell = await TestShell(options: .init(deadline: .milliseconds(50)))
        shell.watching([], ending: .waits)
        #expect(await shell.interpreter.run(line: "watch f -n 0") == .timedOut)
        #expect(shell.front.reports.hasSuffix("error: it took longer than 50ms\n"))
    }
}
