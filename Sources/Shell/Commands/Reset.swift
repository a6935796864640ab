internal import SafeExpression

/// `reset`: removes probes.
enum Reset {
    static let command: Command = Command(
        "reset", group: .diagnosis, summary: "remove a probe, or all of them",
        input: .words([.init("WATCH_ID", isOptional: true)]),
        examples: [
            .init("reset", "remove all probes"),
            .init("reset watch_001", "remove one, by its id from status"),
        ]
    ) { (invocation) throws(Failure) in
        let id = invocation.words.first.map(Value.string) ?? .none
        let reply = try await invocation.state.request("reset", [("watch_id", id)])
        let removed = reply["removed"]?.asInt ?? 0
        if removed == 0, let id = invocation.words.first {
            throw Failure(.failed, "there is no probe '\(id)'", hint: "see status")
        }
        invocation.state.notice("reset: \(ObservationSource.count(removed, "probe")) removed")
        return .nothing
    }
}
