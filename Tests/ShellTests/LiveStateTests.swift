import SafeExpression
import Sessions
import Testing

@testable import Shell

/// The commands that show what the target is doing and how it is set up.
@Suite struct LiveStateTests {
    @Test func threadsAreMeasured() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "thread", json: "{\"rows\":[{\"id\":7,\"name\":\"worker\",\"cpu\":98.5,\"cpu_ms\":12.5}],\"total\":1}")
        await shell.assertExec("thread -n 1 --for 1s | select name, cpu | to csv", "name,cpu\nworker,98.5\n")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["seconds"]?.asDouble == 1 && params["limit"]?.asInt == 1)
        #expect(params["timeout_ms"]?.asInt == 31_000)
        await shell.mustExec("thread")
        #expect(shell.session.requests.last?.params["seconds"]?.asDouble == 0.2)
        #expect(await shell.interpreter.run(line: "thread --locks --for 1s") == .usage)
    }

    @Test func aDeadlockIsTold() async throws {
        let shell = await TestShell()
        let rows = """
            {"id":1,"name":"a","relation":"waits","kind":"Lock","lock":"shop.L","address":"0x1","owner":"b","owner_id":2,
             "basis":"inferred","deadlock":1,"func":"f","file":"shop.py","line":3},
            {"id":2,"name":"b","relation":"waits","kind":"Thread","lock":null,"address":"0x2","owner":"a","owner_id":1,
             "basis":"known","deadlock":1,"func":"g","file":"shop.py","line":4}
            """
        try shell.session.on("thread", json: "{\"rows\":[\(rows)],\"deadlocks\":[[\(rows)]]}")
        await shell.assertExec(
            "thread --locks | select name, relation, owner, deadlock | to csv",
            "name,relation,owner,deadlock\na,waits,b,1\nb,waits,a,1\n")
        #expect(
            shell.front.reports
                == "deadlock 1: a waits for Lock shop.L held by b (inferred), b waits for thread a to end\n")
    }

    @Test func tasks() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "tasks",
            json: """
                {"rows":[{"task":"main","state":"waiting","waits_for":"tasks","coro":"shop.main","line":3},
                         {"task":"  fetch","state":"waiting","waits_for":"sleep","coro":"shop.fetch","line":9}],
                 "total":5,"loaded":true}
                """)
        let text = await shell.mustExec("tasks -n 2")
        #expect(text.contains("\nmain ") && text.contains("\n  fetch ") && !text.contains("parent"))
        #expect(shell.front.reports == "tasks: 2 of 5; -n gives more\n")
        try shell.session.on("tasks", json: "{\"rows\":[],\"total\":0,\"loaded\":false}")
        await shell.mustExec("tasks")
        #expect(shell.front.reports == "tasks: the target has loaded neither asyncio nor greenlet\n")
    }

    @Test func loggers() async throws {
        let shell = await TestShell()
        let row = "{\"logger\":\"shop\",\"level\":\"DEBUG\",\"effective\":\"DEBUG\",\"handlers\":[\"A\",\"B\"]}"
        try shell.session.on("logger", json: "{\"rows\":[\(row)],\"before\":\"INFO\",\"watch_id\":\"logger_001\"}")
        await shell.mustExec("logger shop --level debug --for 5m")
        #expect(shell.front.reports == "logger shop: DEBUG for 5m, then INFO again (reset logger_001)\n")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["seconds"]?.asDouble == 300 && params["level"]?.asString == "debug")
        await shell.mustExec("logger shop --level debug")
        #expect(shell.front.reports == "logger shop: DEBUG from now on, was INFO; it stays when sonde goes\n")
        await shell.assertExec(
            "logger | select logger, handlers | to csv", "logger,handlers\nshop,\"[\"\"A\"\",\"\"B\"\"]\"\n")
        for line in ["logger --level debug", "logger shop --for 5m"] {
            #expect(await shell.interpreter.run(line: line) == .usage, "\(line)")
        }
    }

    @Test func modulesAndVariables() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "modules", json: "{\"rows\":[{\"module\":\"shop\",\"version\":\"1\",\"names\":5}],\"total\":2}")
        await shell.assertExec("modules shop -n 1 | to csv", "module,version,names,file\nshop,1,5,\n")
        #expect(shell.front.reports == "modules: 1 of 2; -n gives more\n")
        try shell.session.on(
            "env", json: "{\"rows\":[{\"name\":\"A_KEY\",\"value\":\"***\",\"state\":\"same\",\"masked\":true}]}")
        await shell.assertExec("env A* | select name, value | to csv", "name,value\nA_KEY,***\n")
        #expect(shell.front.reports == "env: secrets of 1 hidden; --unmask shows them\n")
        await shell.mustExec("env --unmask")
        #expect(shell.session.requests.last?.params["unmask"]?.asBool == true)
    }

    @Test func garbageCollector() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "gc",
            json: """
                {"rows":[{"generation":0,"count":3,"threshold":700,"collections":9}],"enabled":true,"frozen":2,
                 "freed":12,"took_ms":1.5}
                """)
        await shell.assertExec("gc | select generation, count | to csv", "generation,count\n0,3\n")
        #expect(shell.front.reports == "gc: enabled, 2 objects frozen\n")
        await shell.assertExecError(
            "gc --collect", .notPermitted,
            "error: gc --collect is not permitted (start sonde with --allow exec)\n")
        let allowed = await TestShell(options: .init(allow: .exec))
        try allowed.session.on("gc", json: "{\"freed\":12,\"took_ms\":1.5,\"rows\":[]}")
        await allowed.assertExec("gc --collect | to csv", "freed,took_ms\n12,1.5\n")
        #expect(allowed.session.requests.last?.params["allow"]?.asString == "exec")
    }
}
