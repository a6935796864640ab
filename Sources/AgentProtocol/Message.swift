public import SafeExpression

/// What the agent sends.
public enum Message: Sendable {
    /// The greeting, first on every connection to an agent that is there.
    case hello(Hello)
    /// The agent has just come, and wants the rest of its files before it greets: the protocol it speaks, and the number of its
    /// interpreter's bytecode.
    case sourcesWanted(protocolVersion: Int, magic: UInt32?)
    /// The agent could not be started with them: why, and where.
    case startFailed(String)
    /// The answer to a request.
    case reply(id: Int, Result<Value, AgentError>)
    /// One record of a probe.
    case observation(stream: String, Observation)
    /// Something that happened to a probe, or to the agent when `stream` is nil.
    case event(stream: String?, name: String, Value)

    /// Reads one frame's payload.
    ///
    /// - Throws: `ProtocolError` when it is no JSON object of a known shape.
    public init(payload: [UInt8]) throws(ProtocolError) {
        let message: Value
        do {
            // By far the most messages are observations, and few of their values are looked at.
            if let object = try JSONObject(json: payload[...]), object["type"]?.asString == "observation" {
                guard let stream = object["watch_id"]?.asString else {
                    throw ProtocolError(
                        message: "an observation of no probe", payload: String(decoding: payload, as: UTF8.self))
                }
                self = .observation(stream: stream, Observation(wire: object))
                return
            }
            message = try Value(json: payload)
        } catch let error as ProtocolError {
            throw error
        } catch {
            throw ProtocolError(
                message: "the agent sent what is no JSON: \(error)", payload: String(decoding: payload, as: UTF8.self))
        }
        if let id = message["id"]?.asInt {
            switch message["status"]?.asString {
            case "success": self = .reply(id: id, .success(message["data"] ?? .none))
            case "error": self = .reply(id: id, .failure(AgentError(reply: message)))
            default: throw ProtocolError(message: "a reply without a status", payload: message.json)
            }
            return
        }
        let stream = message["watch_id"]?.asString
        switch message["type"]?.asString {
        case "hello":
            self = .hello(try Hello(message))
        case "sources_wanted":
            self = .sourcesWanted(
                protocolVersion: message["protocol"]?.asInt ?? 0,
                magic: message["magic"]?.asInt.flatMap(UInt32.init(exactly:)))
        case "start_failed":
            self = .startFailed(message["error"]?.asString ?? "?")
        case "event":
            self = .event(stream: stream, name: message["event"]?.asString ?? "", message)
        default:
            throw ProtocolError(message: "a message of an unknown type", payload: message.json)
        }
    }
}
