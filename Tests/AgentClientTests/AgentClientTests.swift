import AgentProtocol
import Glibc
import SafeExpression
import Testing

@testable import AgentClient

@Suite(.timeLimit(.minutes(1))) struct AgentClientTests {
    static func connect(_ agent: FakeAgent, pid: Int32? = getpid()) async throws -> AgentConnection {
        try await AgentConnection.connect(
            toUnixSocket: agent.path, pid: pid, timeout: .seconds(5),
            sources: { magic in Array("a\0b\(magic ?? 0)".utf8) }
        ).connection
    }

    static func kind(_ error: any Error) -> String {
        switch error as? ClientError {
        case .unreachable: "unreachable"
        case .impostor: "impostor"
        case .incompatible: "incompatible"
        case .startFailed: "startFailed"
        case .connectionLost: "connectionLost"
        case .timedOut: "timedOut"
        case .refused(let error): error.kind
        case nil: "\(error)"
        }
    }

    static func failure(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "none"
        } catch {
            return kind(error)
        }
    }

    @Test func answersMayComeOutOfOrder() async throws {
        let agent = FakeAgent { peer in
            peer.say(FakeAgent.hello)
            let requests = [peer.hear(), peer.hear()].compactMap { $0.flatMap { try? Value(json: Array($0.utf8)) } }
            for request in requests.reversed() {
                let id = request["id"]?.asInt ?? 0
                if request["command"]?.asString == "bad" {
                    peer.say(#"{"id":\#(id),"status":"error","kind":"BadPattern","error":"no"}"#)
                } else {
                    peer.say(#"{"id":\#(id),"status":"success","data":"fine"}"#)
                }
            }
            _ = peer.hear()
        }
        let connection = try await Self.connect(agent)
        async let bad = Self.failure { _ = try await connection.request("bad", .none, timeout: .seconds(5)) }
        async let good = connection.request("good", .none, timeout: .seconds(5))
        #expect(try await good.asString == "fine")
        #expect(await bad == "BadPattern")
        await connection.close()
    }

    @Test func observationsComeInOrderThenTheStopEvent() async throws {
        let agent = FakeAgent { peer in
            peer.say(FakeAgent.hello)
            _ = peer.hear()
            peer.say(#"{"id":1,"status":"success","data":{"watch_id":"w1"}}"#)
            for n in 0..<20_000 {
                peer.say(#"{"type":"observation","watch_id":"w1","result":\#(n)}"#)
            }
            peer.say(#"{"type":"event","event":"watch_stopped","watch_id":"w1","reason":"limit"}"#)
            _ = peer.hear()
        }
        let connection = try await Self.connect(agent)
        let stream = try await connection.stream("watch", .none, timeout: .seconds(5))
        #expect(stream.started["watch_id"]?.asString == "w1")
        var expected = 0
        var reason: String?
        while let item = try await stream.next() {
            switch item {
            case .observation(let observation):
                #expect(observation.field("result")?.asInt == expected)
                expected += 1
            case .event(let name, let value):
                #expect(name == "watch_stopped")
                reason = value["reason"]?.asString
            }
        }
        #expect(expected == 20_000)
        #expect(reason == "limit")
        await connection.close()
    }

    @Test func aFullStreamStopsTheReadingAndCancelFreesIt() async throws {
        let agent = FakeAgent { peer in
            peer.say(FakeAgent.hello)
            _ = peer.hear()
            peer.say(#"{"id":1,"status":"success","data":{"watch_id":"w1"}}"#)
            // More than the buffer and the kernel take together: without the cancel this would block for ever.
            let padding = String(repeating: "x", count: 1000)
            for n in 0..<20_000 {
                peer.say(#"{"type":"observation","watch_id":"w1","result":\#(n),"padding":"\#(padding)"}"#)
            }
            _ = peer.hear()
            peer.say(#"{"id":2,"status":"success"}"#)
            peer.say(#"{"type":"event","event":"watch_stopped","watch_id":"w1","reason":"cancelled"}"#)
            _ = peer.hear()
        }
        let connection = try await Self.connect(agent)
        let stream = try await connection.stream("watch", .none, timeout: .seconds(5))
        _ = try await stream.next()
        await stream.cancel()
        var last: String?
        while let item = try await stream.next() {
            if case .event(let name, _) = item { last = name }
        }
        #expect(last == "watch_stopped")
        await connection.close()
    }

    @Test func whatEndsTheConnectionEndsWhatWaits() async throws {
        let cases: [(String, @Sendable (FakeAgent.Peer) -> Void)] = [
            ("closed", { _ = $0.hear() }),
            (
                "length 0",
                { peer in
                    _ = peer.hear()
                    peer.send(raw: [0, 0, 0, 0])
                    _ = peer.hear()
                }
            ),
            (
                "too large",
                { peer in
                    _ = peer.hear()
                    peer.send(raw: [255, 0, 0, 0])
                    _ = peer.hear()
                }
            ),
            (
                "no JSON",
                { peer in
                    _ = peer.hear()
                    peer.say("nonsense")
                    _ = peer.hear()
                }
            ),
        ]
        for (name, script) in cases {
            let agent = FakeAgent { peer in
                peer.say(FakeAgent.hello)
                script(peer)
            }
            let connection = try await Self.connect(agent)
            let kind = await Self.failure { _ = try await connection.request("a", .none, timeout: .seconds(5)) }
            #expect(kind == "connectionLost", "\(name)")
            let after = await Self.failure { _ = try await connection.request("a", .none, timeout: .seconds(5)) }
            #expect(after == "connectionLost", "\(name), afterwards")
        }
    }

    @Test func deadlines() async throws {
        let agent = FakeAgent { peer in
            peer.say(FakeAgent.hello)
            while peer.hear() != nil {}
        }
        let connection = try await Self.connect(agent)
        let kind = await Self.failure { _ = try await connection.request("a", .none, timeout: .milliseconds(20)) }
        #expect(kind == "timedOut")
        await connection.close()

        let silent = FakeAgent { _ = $0.hear() }
        let greeting = await Self.failure {
            _ = try await AgentConnection.connect(
                toUnixSocket: silent.path, pid: nil, timeout: .milliseconds(50), sources: { _ in [] })
        }
        #expect(greeting == "timedOut")
    }

    @Test func whoListensIsChecked() async throws {
        let agent = FakeAgent { _ = $0.hear() }
        #expect(await Self.failure { _ = try await Self.connect(agent, pid: 1) } == "impostor")
        #expect(
            await Self.failure {
                _ = try await AgentConnection.connect(
                    toUnixSocket: "/tmp/sonde-test-nothing.sock", pid: nil, timeout: .seconds(1), sources: { _ in [] })
            } == "unreachable")
    }

    @Test func anAgentThatHasJustComeGetsItsFiles() async throws {
        let agent = FakeAgent { peer in
            peer.say(#"{"type":"sources_wanted","protocol":1,"magic":168627659}"#)
            peer.say(peer.hear() == "a\0b168627659" ? FakeAgent.hello : #"{"type":"start_failed","error":"not they"}"#)
            _ = peer.hear()
        }
        await (try await Self.connect(agent)).close()
        for (said, kind) in [
            (#"{"type":"start_failed","error":"OSError: no"}"#, "startFailed"),
            (#"{"type":"sources_wanted","protocol":2}"#, "connectionLost"),
        ] {
            let failing = FakeAgent { peer in
                peer.say(said)
                _ = peer.hear()
            }
            #expect(await Self.failure { _ = try await Self.connect(failing) } == kind)
        }
    }

    @Test func anotherProtocolIsRefused() async throws {
        let agent = FakeAgent { peer in
            peer.say(#"{"type":"hello","protocol":2,"agent":"9","pid":1,"python":"3.20"}"#)
            _ = peer.hear()
        }
        #expect(await Self.failure { _ = try await Self.connect(agent) } == "incompatible")
    }
}
