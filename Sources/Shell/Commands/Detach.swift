internal import SafeExpression
internal import Sessions

/// `detach`: ends a session, and the agent with it.
enum Detach {
    static let command: Command = Command(
        "detach", group: .shell, summary: "remove the agent from the target and end the session",
        options: [CommandOption("keep", .flag, "end the session only; the agent stays for the next one")],
        examples: [
            .init("detach", "leave the target as it was found"),
            .init("detach --keep", "leave the agent there"),
        ]
    ) { (invocation) throws(Failure) in
        let state = invocation.state
        guard let number = state.current, let session = state.currentSession else { throw .noSession }
        let label = session.label
        if !invocation.flag("keep") {
            do throws(Failure) {
                _ = try await state.request("detach")
            } catch {
                // A lost connection cannot be asked; the session is over in any case.
                state.remove(number)
                await session.close()
                throw error
            }
        }
        state.remove(number)
        await session.close()
        state.notice("detached from \(label)")
        return .nothing
    }
}
