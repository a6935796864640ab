import Foundation
import Glibc
import Testing

@testable import LineEditor

/// A directory of its own for each test.
private struct Scratch: ~Copyable {
    let path: String

    init() {
        var template = Array("/tmp/sonde-history-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

@Suite struct HistoryFileTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func entriesComeBackWithTheirLineBreaks() throws {
        let scratch = Scratch()
        let file = HistoryFile(path: scratch.path + "/a/b/history")
        #expect(try file.load() == [])
        let entries = ["watch shop:checkout", "a\nb", #"grep \n \\ "x""#, "é€😀"]
        for entry in entries { try file.append(entry) }
        #expect(try file.load() == entries)
        #expect(mode(file.path) == 0o600)
        #expect(mode(scratch.path + "/a") == 0o700)
    }

    @Test func aFileOthersCouldReadIsClosedToThem() throws {
        let scratch = Scratch()
        let file = HistoryFile(path: scratch.path + "/history")
        close(open(file.path, O_CREAT | O_WRONLY, 0o644))
        chmod(file.path, 0o644)
        try file.append("status")
        #expect(mode(file.path) == 0o600)
    }

    @Test func anEntryCutOffDoesNotSwallowTheNext() throws {
        let scratch = Scratch()
        let file = HistoryFile(path: scratch.path + "/history")
        let descriptor = open(file.path, O_CREAT | O_WRONLY, 0o600)
        Terminal.write("first\nhal".utf8, to: descriptor)
        close(descriptor)
        try file.append("next")
        #expect(try file.load() == ["first", "hal", "next"])
    }

    @Test func severalWritersLoseNothingWhileTheFileIsShortened() async throws {
        let scratch = Scratch()
        let path = scratch.path + "/history"
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    // Without the lock a replaced file would take entries with it. A long patience, because the
                    // machine may be busy.
                    let file = HistoryFile(path: path, sizeLimit: 16 << 10, patience: 60_000)
                    for number in 0..<200 {
                        do {
                            try file.append("writer \(writer) entry \(number)")
                            if number % 20 == 0 { _ = try file.load() }
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                }
            }
        }
        let lines = try HistoryFile(path: path).load()
        // Each writer's entries that were not cut with the oldest half are there, in order, without a gap to the end.
        for writer in 0..<4 {
            let own = lines.filter { $0.hasPrefix("writer \(writer) ") }
            let first = try #require(own.first.flatMap { Int($0.split(separator: " ")[3]) })
            #expect(own == (first..<200).map { "writer \(writer) entry \($0)" })
        }
    }

    @Test func aLongFileKeepsItsNewestHalf() throws {
        let scratch = Scratch()
        let file = HistoryFile(path: scratch.path + "/history", sizeLimit: 1000, patience: 500)
        for number in 0..<200 { try file.append("entry \(number)") }
        #expect(try file.load().count == 200)
        let kept = try file.load()
        #expect(kept.last == "entry 199")
        #expect(kept.count < 100)
        #expect(kept.first.map { $0.hasPrefix("entry ") } == true)
    }

    @Test func aStoppedShellsLockIsNotWaitedForForEver() throws {
        let scratch = Scratch()
        let file = HistoryFile(path: scratch.path + "/history", sizeLimit: 1000, patience: 5)
        let other = open(file.path, O_CREAT | O_RDWR, 0o600)
        defer { close(other) }
        #expect(flock(other, LOCK_EX) == 0)
        try file.append("status")
        #expect(try file.load() == ["status"])
    }

    @Test func whatCannotBeWrittenIsExplained() throws {
        let file = HistoryFile(path: "/dev/null/history")
        #expect(throws: HistoryFile.Failure(message: "cannot open the history /dev/null/history: Not a directory")) {
            try file.append("status")
        }
    }
}
