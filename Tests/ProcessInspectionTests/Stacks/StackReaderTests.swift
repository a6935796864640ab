import Glibc
import Testing

@testable import ProcessInspection

/// The stacks of real processes of every version, as they wrote them down themselves.
@Suite(.serialized) struct StackReaderTests {
    @Test(arguments: Interpreters.all)
    func everyShapeOfStack(_ interpreter: Interpreters.Found) throws {
        try check(StackPrograms.shapes, interpreter) { threads, records in
            #expect(records.count == 12)
            #expect(threads.count == records.count)
            #expect(threads.allSatisfy { !$0.holdsLock })
            #expect(threads.first?.id == records["main"]?.id, "the oldest comes first")
        }
    }

    @Test(arguments: Interpreters.all)
    func aDeadlockOfTwoLocks(_ interpreter: Interpreters.Found) throws {
        try check(StackPrograms.deadlock, interpreter) { threads, records in
            #expect(records.count == 3 && threads.count == 3)
            #expect(threads.allSatisfy { $0.state == "S" && !$0.holdsLock })
        }
    }

    @Test(arguments: Interpreters.all)
    func theLockIsHeldInALongCall(_ interpreter: Interpreters.Found) throws {
        try check(StackPrograms.holding, interpreter) { threads, records in
            #expect(threads.filter(\.holdsLock).map(\.id) == [records["main"]?.id])
            #expect(threads.first?.state == "R")
        }
    }

    @Test(arguments: Interpreters.all)
    func aStoppedProcess(_ interpreter: Interpreters.Found) throws {
        let program = try Program(StackPrograms.holding, interpreter)
        try program.settle()
        kill(program.child.pid, SIGSTOP)
        _ = eventually { try? ThreadState(of: program.child.pid, in: program.child.pid).letter == "T" ? true : nil }
        let threads = try StackReader(of: program.child.pid).threads()
        expect(threads, are: try program.records())
        #expect(threads.allSatisfy { $0.state == "T" })
    }

    @Test(arguments: Interpreters.all)
    func oneThreadByEitherNumber(_ interpreter: Interpreters.Found) throws {
        let program = try Program(StackPrograms.deadlock, interpreter)
        let one = try #require(try program.records()["one"])
        let reader = try StackReader(of: program.child.pid)
        for number in [one.id, UInt64(one.nativeID)] {
            let found = try reader.threads(number)
            #expect(found.map(\.id) == [one.id])
            #expect(found.map(\.nativeID) == [one.nativeID])
        }
        #expect(try reader.threads(1) == [])
    }

    @Test(arguments: Interpreters.all)
    func aBusyProcessIsReadAHundredTimes(_ interpreter: Interpreters.Found) throws {
        let program = try Program(StackPrograms.busy, interpreter)
        let reader = try StackReader(of: program.child.pid)
        var steady = 0
        for _ in 0..<100 {
            for thread in try reader.threads() where !thread.isChanging {
                #expect(!thread.isCut)
                steady += 1
                // What counts as read whole is a stack that there could be.
                for (inner, outer) in zip(thread.frames, thread.frames.dropFirst())
                where inner.function == "fall" && inner.file == program.path {
                    #expect(
                        ["fall", "count", "work", "<listcomp>", "work.<locals>.<listcomp>", "made"].contains(
                            outer.function))
                }
            }
        }
        #expect(steady > 100)
        close(open(program.output + ".stop", O_CREAT | O_WRONLY, 0o600))
        let verdict = eventually(60) { (try? File.contents(of: program.output)).flatMap { $0.isEmpty ? nil : $0 } }
        #expect(verdict.map { String(decoding: $0, as: UTF8.self) } == "fine")
    }

    @Test(arguments: Interpreters.all)
    func interpretersWithinTheInterpreter(_ interpreter: Interpreters.Found) throws {
        let program = try Program(StackPrograms.interpreters, interpreter)
        let reader = try StackReader(of: program.child.pid)
        // The script of the inner one, and what called it in the outer one, belong to one thread.
        let both = try eventually { () -> [PythonThread]? in
            let threads = try reader.threads().filter { thread in
                thread.frames.contains { $0.function == "inside" || $0.function == "outside" }
            }
            return threads.count == 2 && threads.allSatisfy { $0.state == "S" } ? threads : nil
        }
        let threads = try #require(both)
        #expect(threads[0].id == threads[1].id && threads[0].nativeID == threads[1].nativeID)
        #expect(threads[0].frames.first?.function == "outside", "the main interpreter comes first")
        #expect(threads[1].frames.map(\.line) == [3, 4])
    }

    @Test(.enabled(if: Rights.canMakeNamespaces), arguments: Interpreters.direct)
    func aProcessThatCountsByItself(_ interpreter: Interpreters.Found) throws {
        let output = "/tmp/.sonde-test-\(getpid())-\(UInt32.random(in: 0 ... .max)).py"
        let file = try #require(fopen(output, "w"))
        fputs("import threading, time\nprint('ready', threading.get_native_id(), flush=True)\ntime.sleep(600)\n", file)
        fclose(file)
        defer { unlink(output) }
        let child = try Child(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", interpreter.path, output],
            awaiting: "ready 1")
        let inner = try #require(
            ThreadState.threads(of: child.pid).first.flatMap { thread in
                try? File.contents(of: "/proc/\(child.pid)/task/\(thread)/children")
            }.flatMap { Int32(String(decoding: $0.prefix { $0 > 32 }, as: UTF8.self)) })
        let thread = try eventually { () -> PythonThread? in
            let thread = try StackReader(of: inner).threads(1).first
            return thread?.state == "S" && thread?.frames.map(\.line) == [3] ? thread : nil
        }
        #expect(thread?.nativeID == 1)
    }

    @Test func whatIsNoPythonIsToldSo() throws {
        let child = try Child(["sleep", "60"], awaiting: nil)
        #expect(throws: InspectionError.self) { _ = try StackReader(of: child.pid).threads() }
        #expect(throws: InspectionError.self) { _ = try StackReader(of: 0).threads() }
    }

    // MARK: The programs

    /// A thread as it wrote itself down.
    private struct Record {
        var id: UInt64
        var nativeID: Int32
        var frames: [PythonThread.Frame]
    }

    /// A running program, with what it wrote.
    private final class Program {
        let path: String
        let output: String
        let child: Child

        init(_ text: String, _ interpreter: Interpreters.Found) throws {
            let name = "/tmp/.sonde-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
            path = name + ".py"
            output = name + ".txt"
            let file = try #require(fopen(path, "w"))
            fputs(StackPrograms.start + text, file)
            fclose(file)
            child = try Child([interpreter.path, path, output], environment: ["PYTHONIOENCODING": "utf-8"])
        }

        /// Waits until the main thread is where it stays: behind its saying so.
        func settle() throws {
            let reader = try StackReader(of: child.pid)
            _ = try eventually { try reader.threads().first?.frames.first?.function == "main" ? true : nil }
        }

        deinit { for name in [path, output, output + ".stop"] { unlink(name) } }

        func records() throws -> [String: Record] {
            var records: [String: Record] = [:]
            var name = ""
            for line in String(decoding: try File.contents(of: output), as: UTF8.self).split(separator: "\n") {
                let parts = line.split(separator: "\t")
                if parts.count == 3 {
                    records[name]?.frames.append(
                        .init(function: String(parts[0]), file: String(parts[1]), line: Int(parts[2])))
                } else {
                    let words = line.split(separator: " ")
                    name = String(words[1])
                    records[name] = Record(
                        id: try #require(UInt64(words[2])), nativeID: try #require(Int32(words[3])), frames: [])
                }
            }
            return records
        }
    }

    private func check(
        _ text: String, _ interpreter: Interpreters.Found,
        _ more: ([PythonThread], [String: Record]) throws -> Void
    ) throws {
        let program = try Program(text, interpreter)
        try program.settle()
        let threads = try StackReader(of: program.child.pid).threads()
        let records = try program.records()
        expect(threads, are: records)
        try more(threads, records)
    }

    private func expect(_ threads: [PythonThread], are records: [String: Record]) {
        for (name, record) in records {
            let found = threads.filter { $0.id == record.id }
            #expect(found.map(\.nativeID) == [record.nativeID], "\(name)")
            #expect(found.first?.frames == record.frames, "\(name)")
            #expect(found.first?.isChanging == false && found.first?.isCut == false, "\(name)")
            #expect(found.first?.name?.isEmpty == false, "\(name)")
        }
    }
}
