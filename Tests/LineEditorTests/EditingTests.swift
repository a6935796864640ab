import Glibc
import Testing

@testable import LineEditor

extension Editors {
    /// Lines edited through libedit on a pseudo-terminal.
    @Suite struct EditingTests {
        /// Types keys at a prompt and gives what the editor made of them.
        private func result(of keys: String, _ change: (inout LineEditor.Configuration) -> Void = { _ in }) async throws
            -> LineEditor.Input
        {
            let terminal = try PseudoTerminal()
            let editor = terminal.editor(change)
            async let input = editor.readLine(prompt: "sonde> ")
            await terminal.expect("sonde> ")
            terminal.type(keys)
            let result = await input
            #expect(terminal.isCanonical)
            editor.close()
            return result
        }

        @Test(arguments: [
            ("status\r", "status"),
            ("é€😀\r", "é€😀"),
            ("atus\u{1B}[Hst\u{1B}[F x\r", "status x"),
            ("atus\u{1B}OHst\u{1B}OF x\r", "status x"),
            ("xstatus\u{1B}[1~\u{1B}[3~\r", "status"),
            ("sttus\u{1B}[D\u{1B}[D\u{1B}[Da\r", "status"),
            ("status x\u{17}y\r", "status y"),
            ("wrong\u{15}status\r", "status"),
            ("statusx\u{1B}[D\u{4}\r", "status"),
            ("\u{1B}[200~watch a\r\n| head 1\r\n\u{1B}[201~\r", "watch a\n| head 1"),
            ("a\u{1A}b\u{13}\u{7}\r", "ab"),
            (String(repeating: "x", count: 3000) + "\r", String(repeating: "x", count: 3000)),
        ])
        func keysEditTheLine(keys: String, line: String) async throws {
            #expect(try await result(of: keys) == .line(line))
        }

        @Test func controlDEndsOnlyAnEmptyLine() async throws {
            #expect(try await result(of: "\u{4}") == .endOfInput)
            #expect(try await result(of: "ab\u{4}\r") == .line("ab"))
        }

        @Test func controlCGivesAFreshPrompt() async throws {
            let terminal = try PseudoTerminal()
            let editor = terminal.editor()
            async let first = editor.readLine(prompt: "sonde> ")
            await terminal.expect("sonde> ")
            terminal.type("watch half")
            await terminal.expect("half")
            // The line is left whole, wherever the cursor stands.
            terminal.type("\u{1B}[D\u{1B}[D\u{3}")
            await terminal.expect("sonde> watch half^C\r\n")
            #expect(await first == .interrupted)
            async let second = editor.readLine(prompt: "sonde> ")
            await terminal.expect("sonde> ")
            terminal.type("status\r")
            #expect(await second == .line("status"))
            editor.close()
        }

        @Test func outputAppearsAboveTheLine() async throws {
            let terminal = try PseudoTerminal(columns: 20)
            let editor = terminal.editor()
            async let input = editor.readLine(prompt: "sonde> ")
            await terminal.expect("sonde> ")
            // Prompt and line fill two rows: both are wiped, and drawn again below.
            terminal.type("watch shop:checkout")
            await terminal.expect("out")
            editor.print(above: "row 1\nrow 2")
            await terminal.expect("\r\u{1B}[1A\u{1B}[Jrow 1\r\nrow 2\r\nsonde> watch shop:ch")
            terminal.type("!\r")
            #expect(await input == .line("watch shop:checkout!"))
            // Without a prompt it is just printed.
            await terminal.expect("!")
            editor.print(above: "row 3\n")
            await terminal.expect("row 3\r\n")
            editor.close()
        }

        @Test func tabCompletesAndTheSecondListsWhatFits() async throws {
            let terminal = try PseudoTerminal()
            let editor = terminal.editor {
                $0.completer = { line, cursor in
                    #expect(cursor == line.unicodeScalars.count)
                    let fitting = ["stack", "status", "watch"].filter { $0.hasPrefix(line) }
                    return Completions(start: 0, candidates: fitting.map { .init($0) })
                }
            }
            async let input = editor.readLine(prompt: "sonde> ")
            await terminal.expect("sonde> ")
            terminal.type("s\t")
            await terminal.expect("sonde> sta")
            terminal.type("\t")
            await terminal.expect("stack   status\r\nsonde> sta")
            terminal.type("tu\t")
            await terminal.expect("sonde> status ")
            terminal.type("\r")
            #expect(await input == .line("status "))
            editor.close()
        }

        @Test func anInterruptWhileWordsAreAwaitedIsNotLost() async throws {
            let terminal = try PseudoTerminal()
            let (asked, ask) = AsyncStream.makeStream(of: Void.self)
            let editor = terminal.editor {
                $0.completer = { _, _ in
                    ask.yield()
                    try? await Task.sleep(for: .seconds(1))
                    return .none
                }
            }
            async let input = editor.readLine(prompt: "sonde> ")
            await terminal.expect("sonde> ")
            terminal.type("x\t")
            for await _ in asked { break }
            editor.interrupt()
            #expect(await input == .interrupted)
            editor.close()
        }

        @Test func linesComeBackByWhatIsTypedAndByControlR() async throws {
            let terminal = try PseudoTerminal()
            let editor = terminal.editor()
            for line in ["watch a", "stack b", "watch c", "status"] {
                async let input = editor.readLine(prompt: "sonde> ")
                await terminal.expect("sonde> ")
                terminal.type(line + "\r")
                #expect(await input == .line(line))
            }
            for (keys, line) in [
                ("wa\u{1B}[A\u{1B}[A\r", "watch a"), ("\u{1B}OA\u{1B}OA\u{1B}OB\r", "watch a"),
                ("\u{12}tack\r\r", "stack b"),
            ] {
                async let input = editor.readLine(prompt: "sonde> ")
                await terminal.expect("sonde> ")
                terminal.type(keys)
                #expect(await input == .line(line))
            }
            editor.close()
        }

        @Test func closingRestoresTheTerminal() async throws {
            let terminal = try PseudoTerminal()
            let editor = terminal.editor()
            async let input = editor.readLine(prompt: "sonde> ")
            await terminal.expect("sonde> ")
            // The mode is set right after the prompt was drawn.
            terminal.type("x")
            await terminal.expect("x")
            #expect(!terminal.isCanonical)
            editor.close()
            #expect(terminal.isCanonical)
            #expect(await input == .endOfInput)
        }

        @Test func aNewSizeIsUsed() async throws {
            let terminal = try PseudoTerminal(columns: 80)
            let editor = terminal.editor()
            async let input = editor.readLine(prompt: "sonde> ")
            await terminal.expect("sonde> ")
            terminal.type("watch shop:checkout")
            await terminal.expect("checkout")
            var size = winsize(ws_row: 24, ws_col: 20, ws_xpixel: 0, ws_ypixel: 0)
            #expect(ioctl(terminal.line, UInt(TIOCSWINSZ), &size) == 0)
            editor.terminalChanged()
            await terminal.expect("\r\u{1B}[1A\u{1B}[J")
            await terminal.expect("sonde> watch shop:ch")
            terminal.type("\r")
            #expect(await input == .line("watch shop:checkout"))
            editor.close()
        }
    }
}
