import SafeExpression
import Testing

@testable import AgentProtocol

@Suite struct AgentProtocolTests {
    static func message(_ text: String) throws -> Message { try Message(payload: Array(text.utf8)) }

    @Test func helloIsRead() throws {
        let text = """
            {"type":"hello","protocol":1,"agent":"0.1.0","pid":42,"python":"3.12.1","implementation":"cpython",\
            "free_threaded":false,"started":1705586200.5}
            """
        guard case .hello(let hello) = try Self.message(text) else { return #expect(Bool(false)) }
        let expected = Hello(agent: "0.1.0", pid: 42, python: "3.12.1", started: 1705586200.5)
        #expect(hello == expected)
    }

    @Test func repliesAreRead() throws {
        guard case .reply(7, .success(let data)) = try Self.message(#"{"id":7,"status":"success","data":{"n":1}}"#)
        else { return #expect(Bool(false)) }
        #expect(data["n"]?.asInt == 1)

        let text = #"{"id":8,"status":"error","kind":"UnknownName","error":"no","hint":"yes","start":2,"end":5}"#
        guard case .reply(8, .failure(let error)) = try Self.message(text) else { return #expect(Bool(false)) }
        let expected = AgentError(kind: "UnknownName", message: "no", hint: "yes", range: 2..<5)
        #expect(error == expected)
    }

    @Test(arguments: [
        "", "[]", "{}", "nonsense", #"{"type":"observation"}"#, #"{"type":"who"}"#, #"{"id":1}"#,
        #"{"id":1,"status":"maybe"}"#, #"{"type":"hello"}"#, #"{"type":"hello","protocol":"1"}"#,
    ])
    func whatIsNoMessageIsRefused(_ text: String) {
        #expect(throws: ProtocolError.self) { try Self.message(text) }
    }

    @Test func observationHasTheShellsColumns() throws {
        let text = """
            {"type":"observation","watch_id":"watch_001","timestamp":1.5,"func_name":"m.f","args":[1,2],"kwargs":{},\
            "arg":{"a":1,"cost":2},"result":3,"error":null,"duration_ms":0.25,"thread":"MainThread"}
            """
        guard case .observation("watch_001", let observation) = try Self.message(text) else {
            return #expect(Bool(false))
        }
        #expect(observation.fieldNames == Observation.columns)
        #expect(observation.field("ts")?.asDouble == 1.5)
        #expect(observation.field("func")?.asString == "m.f")
        #expect(observation.field("cost")?.asDouble == 0.25)
        #expect(observation.field("args")?.repr == "(1, 2)")
        #expect(observation.field("params")?.repr == "(1, 2)")
        // A name that is no column is a parameter; a parameter named like a column is arg.NAME.
        #expect(observation.field("a")?.asInt == 1)
        #expect(observation.field("arg")?["cost"]?.asInt == 2)
        #expect(observation.field("timestamp") == nil)
        #expect(observation.field("nothing") == nil)
    }

    @Test func requestIsOneObject() throws {
        let request = Request(
            id: 3, command: "watch", params: .dict([(.string("times"), .int(5))]), timeoutMilliseconds: 200)
        let value = try Value(json: request.payload)
        #expect(value.repr == "{'id': 3, 'command': 'watch', 'params': {'times': 5}, 'timeout_ms': 200}")
    }
}
