import Glibc
import Testing

@testable import ProcessInspection

/// Asking the kernel for mappings one by one must tell the same as the text of the map.
@Suite struct MappingQueryTests {
    @Test(arguments: Interpreters.all)
    func tellsWhatTheMapTells(_ interpreter: Interpreters.Found) throws {
        let child = try Child.python(interpreter.path, "import ctypes, json, ssl")
        guard var query = MappingQuery("/proc/\(child.pid)/maps") else {
            Issue.record("the map cannot be opened")
            return
        }
        var found: [String] = []
        var numbers: Set<MappingQuery.FileNumber> = []
        loop: while true {
            switch query.next() {
            case .file(let number):
                numbers.insert(number)
                let path = query.path()
                found.append(path ?? "changed meanwhile")
            case .end: break loop
            case .unsupported:
                // Before Linux 6.11: then nothing at all is told.
                #expect(found.isEmpty)
                return
            }
        }
        let regions = try MemoryMap(of: child.pid).regions.filter { $0.isExecutable && $0.inode != 0 }
        #expect(found == regions.map(\.path) && !found.isEmpty)
        #expect(Set(numbers.map(\.inode)) == Set(regions.map(\.inode)))
    }

    @Test func anotherFile() {
        guard var query = MappingQuery("/proc/self/status"), case .unsupported = query.next() else {
            Issue.record("a file that is no map was asked")
            return
        }
        if MappingQuery("/nowhere/maps") != nil { Issue.record("there is no such file") }
    }

    /// With and without being asked, the same processes are found: a tree of files cannot be asked.
    @Test func bothWaysFindTheSame() throws {
        let interpreter = try #require(Interpreters.all.first)
        let child = try Child.python(interpreter.path)
        let proc = FakeProc()
        let maps = String(decoding: try File.contents(of: "/proc/\(child.pid)/maps"), as: UTF8.self)
        proc.process(7, exe: try File.link(at: "/proc/\(child.pid)/exe"), maps: maps)
        let asked = try PythonProcess.find(child.pid)
        let read = try PythonProcess.find(7, in: proc.fileSystem)
        #expect(asked?.interpreter == read?.interpreter && asked?.version == read?.version && asked != nil)
    }
}
