import Glibc
import SafeExpression
import Testing

@testable import Shell

@Suite struct FileTests {
    /// Runs a test in a directory of its own.
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let template = try #require(strdup("/tmp/sonde-shell-XXXXXX"))
        defer { free(template) }
        let directory = String(cString: try #require(mkdtemp(template)))
        defer {
            if let handle = opendir(directory) {
                while let entry = readdir(handle) {
                    let name = withUnsafePointer(to: &entry.pointee.d_name) {
                        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                    }
                    unlink("\(directory)/\(name)")
                }
                closedir(handle)
            }
            rmdir(directory)
        }
        try await body(directory)
    }

    @Test func save() async throws {
        try await withDirectory { (directory: String) async throws in
            let shell = await TestShell(isAttached: false)
            await shell.assertExec("ps | select pid, user | save '\(directory)/a.csv'", "")
            #expect(shell.front.reports == "save: 3 rows in \(directory)/a.csv\n")
            #expect(try FileWriter.read("\(directory)/a.csv") == "pid,user\n11,ann\n12,bob\n13,ann\n")
            await shell.mustExec("ps | select pid | head 1 | to jsonl | save '\(directory)/b.txt'")
            await shell.mustExec("ps | select pid | tail 1 | to jsonl | save '\(directory)/b.txt' -a")
            #expect(try FileWriter.read("\(directory)/b.txt") == "{\"pid\":11}\n{\"pid\":13}\n")
            var info = stat()
            #expect(stat("\(directory)/a.csv", &info) == 0)
            #expect(info.st_mode & 0o777 == 0o600)
        }
    }

    @Test func tee() async throws {
        try await withDirectory { (directory: String) async throws in
            let shell = await TestShell(options: .init(format: .jsonl), isAttached: false)
            await shell.assertExec("ps | select pid | tee '\(directory)/a.json' | count", "{\"count\":3}\n")
            #expect(try FileWriter.read("\(directory)/a.json") == "[\n{\"pid\":11},\n{\"pid\":12},\n{\"pid\":13}\n]\n")
            await shell.mustExec("ps | select pid | tee '\(directory)/b.json' | head 1")
            #expect(try FileWriter.read("\(directory)/b.json") == "[\n{\"pid\":11}\n]\n")
        }
    }

    @Test func aFileThatCannotBeWritten() async {
        let shell = await TestShell(isAttached: false)
        await shell.assertExecError(
            "ps | save /nowhere/a.csv", .failed,
            """
            error: cannot write /nowhere/a.csv: No such file or directory
              ps | save /nowhere/a.csv
                        ^~~~~~~~~~~~~~

            """)
    }

    @Test func scriptsRunScripts() async throws {
        try await withDirectory { (directory: String) async throws in
            let shell = await TestShell(options: .init(scriptDirectories: [directory]), isAttached: false)
            try write("param who = \"you\"\necho hello $who\nlet inner = 1\n", to: "\(directory)/greet.sonde")
            try write("run '\(directory)/loop.sonde'\n", to: "\(directory)/loop.sonde")
            try write("echo one\nwrong\n", to: "\(directory)/wrong.sonde")
            await shell.assertExec("run greet", "hello you\n")
            await shell.assertExec("run '\(directory)/greet.sonde' ann", "hello ann\n")
            await shell.assertExec("run greet who=bob; echo after", "hello bob\nafter\n")
            #expect(await shell.interpreter.run(line: "echo $inner") == .usage)
            #expect(await shell.interpreter.run(line: "run wrong") == .usage)
            #expect(shell.front.reports.contains("wrong.sonde:2:1: error: unknown command 'wrong'"))
            #expect(await shell.interpreter.run(line: "run '\(directory)/loop.sonde'") == .failed)
            #expect(shell.front.reports.contains("scripts run each other deeper than 20"))
            #expect(await shell.interpreter.run(line: "run missing") == .failed)
        }
    }

    @Test func includedFilesShareVariables() async throws {
        try await withDirectory { (directory: String) async throws in
            let shell = await TestShell(isAttached: false)
            try write("let base = 40\ndefer { echo bye }\n", to: "\(directory)/lib.sonde")
            try write("\nuse 9\n", to: "\(directory)/fails.sonde")
            try write("source '\(directory)/again.sonde'\n", to: "\(directory)/again.sonde")
            #expect(await shell.run("source '\(directory)/lib.sonde'\necho {base + 2}") == .done)
            #expect(shell.front.output == "42\nbye\n")
            #expect(await shell.run("echo a\nsource '\(directory)/fails.sonde'") == .failed)
            #expect(shell.front.reports.contains("fails.sonde:2:1: error: there is no session 9"))
            #expect(await shell.run("source '\(directory)/again.sonde'") == .usage)
            #expect(shell.front.reports.contains("files include each other deeper than 20"))
        }
    }

    private func write(_ text: String, to path: String) throws {
        let writer = try FileWriter(path)
        try writer.write(text)
        writer.close()
    }

    @Test func executeAFile() async throws {
        let shell = await TestShell(options: .init(allow: .exec))
        try shell.session.on("exec", json: "{\"stdout\":\"\",\"stderr\":\"\",\"value\":1,\"error\":null}")
        try await withDirectory { (directory: String) async throws in
            let path = "\(directory)/fix.py"
            try write("x = 1\nx\n", to: path)
            await shell.assertExec("exec --file '\(path)'", "1\n")
            #expect(shell.session.requests.last?.params["source"]?.asString == "x = 1\nx\n")
            await shell.assertExecError(
                "exec -f /nowhere.py", .failed, "error: cannot read /nowhere.py: No such file or directory\n")
        }
    }
}
