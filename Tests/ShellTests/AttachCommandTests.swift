import Sessions
import Synchronization
import Testing

@testable import Shell

@Suite struct AttachCommandTests {
    @Test func optionsReachTheSessions() async throws {
        let shell = await TestShell(options: .init(attach: .init(way: .ptrace)), isAttached: false)
        await shell.mustExec("attach 11")
        #expect(shell.sessions.options.withLock { $0 } == AttachOptions(way: .ptrace))
        await shell.mustExec("attach 11 --via remote-exec --timeout 3s")
        #expect(shell.sessions.options.withLock { $0 } == AttachOptions(deadline: .seconds(3), way: .remoteExec))
        await shell.mustExec("attach --wait shop")
        #expect(
            shell.sessions.options.withLock { $0 } == AttachOptions(way: .ptrace, arrival: .isAwaited(nil)))
        await shell.mustExec("attach shop --wait --timeout 250ms")
        #expect(
            shell.sessions.options.withLock { $0 }
                == AttachOptions(
                    deadline: .milliseconds(250), way: .ptrace, arrival: .isAwaited(.milliseconds(250))))
        // Waiting is for the one target that it was asked for.
        #expect(await shell.interpreter.attach(.text("shop"), arrival: .isAwaited(nil)) == .done)
        await shell.mustExec("attach 11")
        #expect(shell.sessions.options.withLock { $0 }?.arrival == .isThere)
    }

    @Test func anUnknownWayListsThoseThereAre() async {
        let shell = await TestShell(isAttached: false)
        let ways = AttachOptions.Way.allCases.map(\.rawValue).joined(separator: ", ")
        await shell.assertExecError(
            "attach 11 --via magic", .usage,
            """
            error: --via has no choice 'magic' (choose from \(ways))
              attach 11 --via magic
                              ^~~~~

            """)
        #expect(shell.sessions.opened.withLock { $0 } == [])
    }

    @Test func itIsToldHowTheAgentGotThere() async {
        var options = Interpreter.Options()
        options.isVerbose = true
        let shell = await TestShell(options: options, isAttached: false)
        await shell.mustExec("attach 11")
        #expect(shell.front.reports.hasSuffix("\nthe agent was there already\n"))
        await shell.mustExec("attach 11 --via ptrace")
        #expect(shell.front.reports.hasSuffix("\nthe agent was there already, so nothing was done by ptrace\n"))
    }
}
