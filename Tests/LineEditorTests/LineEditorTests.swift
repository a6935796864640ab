import Glibc
import Testing

@testable import LineEditor

extension Editors {
    @Suite struct LineEditorTests {
        private func pipe() -> (read: Int32, write: Int32) {
            var ends: [Int32] = [0, 0]
            precondition(Glibc.pipe(&ends) == 0)
            return (ends[0], ends[1])
        }

        private func plainEditor(_ text: String) -> LineEditor {
            let (read, write) = pipe()
            Terminal.write(text.utf8, to: write)
            close(write)
            var configuration = LineEditor.Configuration()
            configuration.input = read
            return LineEditor(configuration)
        }

        @Test func aPipeIsReadPlainly() async {
            let editor = plainEditor("status\r\n\nwatch é\nlast")
            #expect(!editor.isEditing)
            #expect(await editor.readLine(prompt: "> ") == .line("status"))
            #expect(await editor.readLine(prompt: "> ") == .line(""))
            #expect(await editor.readLine(prompt: "> ") == .line("watch é"))
            #expect(await editor.readLine(prompt: "> ") == .line("last"))
            #expect(await editor.readLine(prompt: "> ") == .endOfInput)
            #expect(await editor.readLine(prompt: "> ") == .endOfInput)
            editor.close()
        }

        @Test func closingEndsALineThatIsWaitedFor() async {
            let (read, write) = pipe()
            defer { close(write) }
            var configuration = LineEditor.Configuration()
            configuration.input = read
            let editor = LineEditor(configuration)
            async let line = editor.readLine(prompt: "")
            editor.close()
            #expect(await line == .endOfInput)
            #expect(await editor.readLine(prompt: "") == .endOfInput)
        }

        @Test(arguments: [0, 1, 50]) func cancellingInterruptsWheneverItComes(yields: Int) async {
            let (read, write) = pipe()
            defer { close(write) }
            var configuration = LineEditor.Configuration()
            configuration.input = read
            let editor = LineEditor(configuration)
            let task = Task { await editor.readLine(prompt: "") }
            for _ in 0..<yields { await Task.yield() }
            task.cancel()
            #expect(await task.value == .interrupted)
            // The editor is still good for the next line.
            Terminal.write("next\n".utf8, to: write)
            #expect(await editor.readLine(prompt: "") == .line("next"))
            editor.close()
        }
    }
}
