import SafeExpression
import Sessions
import Testing

@testable import Shell

@Suite struct MemoryTests {
    private static let census = """
        {"totals":{"rss":2097152,"pss":null,"peak":3145728},"seen":1200,"left":0,"held_ms":0.42,"marked":null,"types":2,
        "rows":[{"type":"dict","count":900,"size":413080},{"type":"shop.Cart","count":3,"size":96}]}
        """

    @Test func objectsByType() async throws {
        let shell = await TestShell()
        try shell.session.on("memory", json: Self.census)
        await shell.assertExec(
            "memory -n 2 --by count --pause 1s",
            "type       count      size\ndict         900  403.4 KB\nshop.Cart      3      96 B\n")
        #expect(
            shell.front.reports
                == "rss 2.0 MB, peak 3.0 MB, 1200 objects of 2 types; listing them held the target for 0.4 ms\n")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["by"]?.asString == "count")
        #expect(params["limit"]?.asInt == 2)
        #expect(params["pause_ms"]?.asDouble == 1000)
        await shell.assertExec("memory | where size > 1000 | to csv", "type,count,size\ndict,900,413080\n")
        await shell.mustExec("memory --mark before")
        #expect(shell.session.requests.last?.params["mark"]?.asString == "before")
    }

    @Test func aWalkThatWasCutSaysSo() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "memory", json: "{\"totals\":{},\"seen\":5,\"left\":7,\"held_ms\":1,\"types\":0,\"rows\":[]}")
        await shell.mustExec("memory")
        #expect(shell.front.reports.contains("the time was up before 7 objects more were counted"))
    }

    @Test func growth() async throws {
        let shell = await TestShell()
        try shell.session.on("memory", json: Self.census)
        await shell.assertExec("memory diff", "type  count  size  more  grown\n")
        #expect(shell.front.reports == "marked; the next memory diff compares with now\n")
        let grown = """
            {"totals":{"rss":1},"seen":9,"left":0,"held_ms":1,"types":1,"seconds":2.04,"rss_grown":-4096,
            "rows":[{"type":"shop.Cart","count":3,"size":96,"more":2,"grown":64}]}
            """
        try shell.session.on("memory", json: grown)
        await shell.assertExec("memory diff early | to csv", "type,count,size,more,grown\nshop.Cart,3,96,2,64\n")
        #expect(shell.session.requests.last?.params["since"]?.asString == "early")
        #expect(shell.front.reports.hasPrefix("over 2.0 s, rss -4.0 KB\n"))
        let before = shell.session.requests.count
        await shell.mustExec("memory diff --for 10ms")
        let asked = shell.session.requests[before...].map(\.params)
        #expect(asked.count == 2)
        #expect(asked.first?["mark"] != nil && asked.first?["mark"]?.asString == asked.last?["since"]?.asString)
    }

    @Test func totals() async throws {
        let shell = await TestShell()
        try shell.session.on("memory", json: "{\"totals\":{\"rss\":1536,\"pss\":null,\"gc_enabled\":true}}")
        await shell.assertExec("memory totals | select rss, gc_enabled", "   rss  gc_enabled\n1.5 KB  True\n")
        #expect(shell.session.requests.last?.params["totals"]?.asBool == true)
    }

    @Test func garbage() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "garbage",
            json: """
                {"rows":[{"type":"shop.Cart","id":7,"object":"<shop.Cart>"}],"total":1,"enabled":true,
                "threshold":[700,10,10]}
                """)
        await shell.assertExec("memory garbage | to csv", "type,id,object\nshop.Cart,7,<shop.Cart>\n")
        #expect(shell.front.reports == "gc is on, thresholds 700, 10, 10; 1 object in gc.garbage\n")
    }

    @Test func tracing() async throws {
        let shell = await TestShell()
        let answer = """
            {"tracing":true,"traced":2048,"traced_peak":4096,"overhead":512,"places":3,
            "rows":[{"size":1024,"count":2,"grown":null,"file":"shop.py","line":3,"code":"x = []"}]}
            """
        try shell.session.on("tracemalloc", json: answer)
        await shell.mustExec("memory tracemalloc start --frames 3")
        #expect(shell.front.reports.hasPrefix("tracing: every allocation of the target takes longer"))
        #expect(shell.session.requests.last?.params["frames"]?.asInt == 3)
        await shell.assertExec(
            "memory tracemalloc top --by line | to csv", "size,count,grown,file,line,code\n1024,2,,shop.py,3,x = []\n")
        #expect(shell.front.reports == "2.0 KB traced, 4.0 KB at most, 512 B for the tracing itself; 3 places\n")
        try shell.session.on("tracemalloc", json: "{\"tracing\":false}")
        await shell.mustExec("memory tracemalloc stop")
        #expect(shell.front.reports == "tracing has ended\n")
    }

    @Test func holders() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "referrers",
            json: """
                {"rows":[{"level":1,"way":"key 'X'","holder":"module shop","type":"dict","id":1,"of":2}],"cut":true}
                """)
        await shell.assertExec(
            "memory -n 1 --depth 2 --referrers shop.X | select way, holder",
            "way      holder\nkey 'X'  module shop\n")
        #expect(shell.front.reports == "memory: stopped at 1; -n gives more\n")
        let params = try #require(shell.session.requests.last?.params)
        #expect(params["depth"]?.asInt == 2)
        #expect(params["tree"]?["root"] != nil)
    }

    @Test func attributes() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "inspect",
            json: """
                {"type":"shop.Cart","id":16,"size":48,"text":"<shop.Cart object>","mro":["shop.Cart","object"],"total":2,
                "rows":[{"name":"total","kind":"attribute","type":"int","owner":null,"value":5}]}
                """)
        await shell.assertExec(
            "inspect shop.CART | to csv", "name,kind,type,value,owner\ntotal,attribute,int,5,\n")
        #expect(
            shell.front.reports
                == "<shop.Cart object>: shop.Cart < object, 48 B, id 16\ninspect: 1 of 2; -n gives more\n")
    }

    @Test func instances() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "instances",
            json: """
                {"seen":9,"left":0,"held_ms":0.5,"total":3,"matched":1,"errors":2,
                "error":{"kind":"Rejected","message":"'doubled' is a property","start":4,"end":11},
                "rows":[{"id":1,"type":"shop.Cart","size":32,"value":null}]}
                """)
        await shell.assertExec(
            "inspect --instances shop.Cart --where not doubled",
            "id  type       size  value\n 1  shop.Cart  32 B  None\n")
        #expect(
            shell.front.reports == """
                3 instances, it is true for 1; listing the heap held the target for 0.5 ms
                warning: Rejected: 'doubled' is a property (so it was for 2 instances)
                  inspect --instances shop.Cart --where not doubled
                                                            ^~~~~~~

                """)
    }

    @Test func source() async throws {
        let shell = await TestShell()
        try shell.session.on(
            "source",
            json: """
                {"places":[{"name":"shop.f","file":"/s.py","first":3,"last":4,"lines":["def f():","    return 1"],
                "note":null},{"name":"shop.g","file":"<string>","first":1,"last":null,"lines":[],
                "note":"nobody kept it"}],"total":3}
                """)
        await shell.assertExec("source shop.*", "line  code\n   3  def f():\n   4      return 1\n")
        #expect(
            shell.front.reports
                == "shop.f in /s.py\nshop.g in <string>: nobody kept it\nsource: 2 of 3; -n gives more\n")
        await shell.assertExec("source shop.* | select func, line | head 1 | to csv", "func,line\nshop.f,3\n")
    }
}
