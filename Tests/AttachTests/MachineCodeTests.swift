import Glibc
import ProcessInspection
import Testing

@testable import Attach

/// Hands our code for both machines to `Tests/EndToEnd/test_machine_code.py`, which runs it on emulated processors.
@Suite struct MachineCodeTests {
    private static let directory = getenv("SONDE_MACHINE_CODE").map { String(cString: $0) }

    @Test(.enabled(if: directory != nil, "needs SONDE_MACHINE_CODE, a directory to write to"))
    func writeForBothMachines() throws {
        try write("x86_64", code(X86_64.self, X86_64.Registers(), vectors: [[UInt8](repeating: 0, count: 576)]))
        try write(
            "aarch64",
            code(AArch64.self, AArch64.Registers(), vectors: [[UInt8](repeating: 7, count: 528), [], [], []]))
    }

    private func code<M: Machine>(_: M.Type, _ registers: M.Registers, vectors: [[UInt8]]) throws -> String {
        let room = Room(at: 0x5e0d_0010_0000, size: 2 * Room.page)
        var registers = registers
        registers.programCounter = 0x1234_5678
        registers.stackPointer = 0x7000_0000_8000
        let systemCall: UInt64 = 0x7100_0000_0100
        let frame = try #require(
            M.signalFrame(
                registers, below: registers.stackPointer, vectors: vectors, mask: 0x55,
                returnAddress: 0x7100_0000_0200))
        let functions = 0x7200_0000_0000 as UInt64
        let python = PythonFunctions(
            isInitialized: functions, isFinalizing: functions + 0x100, gilStateCheck: functions + 0x200,
            thisThreadState: functions + 0x300, gilStateEnsure: functions + 0x400, gilStateRelease: functions + 0x500,
            addPendingCall: functions + 0x600, runSimpleStringFlags: functions + 0x700,
            interpreters: .init(
                currentThreadState: functions + 0x800, current: functions + 0x900, main: functions + 0xa00,
                ofThreadState: functions + 0xb00),
            queueing: [], runtime: 0..<1)
        let code = RemoteCode<M>(
            .init(room: room, python: python, frame: frame, systemCall: systemCall, pid: 4242))
        let hex = { (bytes: [UInt8]) in
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        let stack = (frame.address - M.redZone) & ~15
        let numbers: KeyValuePairs<String, UInt64> = [
            "room": room.address, "size": room.size, "page": Room.page, "code": room.code, "entry": code.entry,
            "release": code.release, "pending": code.pendingCall, "block": room.control.address, "stack": stack,
            "frame": frame.address, "frameStack": frame.stackPointer, "systemCall": systemCall,
            "signalReturn": frame.returnAddress, "functions": functions,
            "mmap": M.calls.mmap, "mprotect": M.calls.mprotect, "munmap": M.calls.munmap, "getpid": M.calls.getpid,
            "gettid": M.calls.gettid, "pselect6": M.calls.pselect6, "sigreturn": M.calls.signalReturn,
        ]
        return numbers.map { "\($0.key) \($0.value)\n" }.joined()
            + "bytes \(hex(code.bytes))\nframeBytes \(hex(frame.bytes))\n"
    }

    private func write(_ name: String, _ text: String) throws {
        let file = try #require(fopen("\(Self.directory!)/\(name)", "w"))
        defer { fclose(file) }
        #expect(fputs(text, file) >= 0)
    }
}
