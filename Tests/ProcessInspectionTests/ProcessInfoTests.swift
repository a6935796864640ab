import CSondeSystem
import Glibc
import ProcessInspection
import Testing

@Suite struct ProcessInfoTests {
    static var ownPid: Int32 { getpid() }

    @Test func statusOfOurselves() throws {
        let status = try ProcessStatus(of: Self.ownPid)
        #expect(status.threadGroup == Self.ownPid)
        #expect(status.tracer == 0)
        #expect(status.realUser == getuid() && status.effectiveUser == geteuid() && status.effectiveGroup == getegid())
        #expect(status.namespacePids.first == Self.ownPid)
        #expect(status.threadCount >= 1)
        #expect("RS".contains(status.state))
    }

    @Test func statFieldsComeAfterTheLastBracket() throws {
        let fields = (3...52).map { $0 == 3 ? "S" : "\($0)" }.joined(separator: " ")
        let state = try #require(ThreadState(parsing: Array("77 (a) R (b)) \(fields)\n".utf8)))
        #expect(state.letter == "S")
        #expect(state.startTime == 22)
        #expect(ThreadState(parsing: Array("77 (x) S 1 2".utf8)) == nil)
    }

    @Test func systemCallLine() throws {
        let line = "232 0x3 0x7ffd0 0x8 0xffffffff 0x0 0x7 0x7ffdc3 0x7f12\n"
        let call = try #require(ThreadState.systemCall(parsing: Array(line.utf8)))
        #expect(call.number == 232 && call.arguments[3] == 0xffff_ffff && call.arguments[5] == 7)
        #expect(call.stackPointer == 0x7ffdc3 && call.programCounter == 0x7f12)
        #expect(ThreadState.systemCall(parsing: Array("running\n".utf8)) == nil)
        #expect(ThreadState.systemCall(parsing: Array("-1 0x7ffd 0x7f12\n".utf8)) == nil)
    }

    @Test func threadsHoldOurs() {
        #expect(ThreadState.threads(of: Self.ownPid).contains(sonde_gettid()))
        #expect(ThreadState.threads(of: Int32.max).isEmpty)
    }

    @Test func memoryOfOurselves() throws {
        var word: UInt64 = 0x1122_3344_5566_7788
        let read = try withUnsafePointer(to: &word) {
            try ProcessMemory.word(at: UInt64(UInt(bitPattern: $0)), of: Self.ownPid)
        }
        #expect(read == word)
        #expect(throws: InspectionError.self) { try ProcessMemory.read(8, at: 8, of: Self.ownPid) }
    }
}
