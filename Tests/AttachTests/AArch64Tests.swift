import ProcessInspection
import Testing

@testable import Attach

/// What is particular to aarch64: the interrupted call that the kernel has rewound, and the signal frame.
@Suite struct AArch64Tests {
    private func registers(_ number: UInt64, _ arguments: [UInt64] = [], result: Int64? = nil) -> AArch64.Registers {
        var registers = AArch64.Registers()
        registers.x[8] = number
        for (index, argument) in arguments.enumerated() { registers.x[index] = argument }
        if let result { registers.result = UInt64(bitPattern: result) }
        registers.stackPointer = 0x8000
        registers.programCounter = 0x1000
        return registers
    }

    private func call(
        _ registers: AArch64.Registers, svcAt place: UInt64? = 0x1000, seen: ThreadState.SystemCall? = nil
    ) -> InterruptedCall {
        AArch64.interruptedCall(registers, instruction: { $0 == place ? 0xd400_0001 : 0xd503_201f }, seen: seen)
    }

    @Test(
        arguments: [
            // read, wait4, ppoll and clock_nanosleep until a moment are made again; mmap is what an allocator calls.
            (63, [], .again, true), (260, [], .again, true), (73, [], .again, true), (115, [1, 1], .again, true),
            (222, [], .again, false),
            // Times that only the kernel knows what is left of: nanosleep, clock_nanosleep, a timed FUTEX_WAIT.
            (101, [], .unknown, true), (115, [1, 0], .unknown, true), (98, [9, 128, 0, 5], .unknown, true),
            // FUTEX_WAIT_BITSET; a mutex.
            (98, [9, 0x189, 0, 5], .again, true), (98, [9, 128, 2, 0], .again, false),
        ] as [(UInt64, [UInt64], InterruptedCall.Continuation, Bool)])
    func rewoundCalls(
        number: UInt64, arguments: [UInt64], continuation: InterruptedCall.Continuation, isBlocked: Bool
    ) {
        let call = call(registers(number, arguments))
        #expect(call.continuation == continuation)
        #expect(call.isBlocked == isBlocked)
    }

    @Test func aSleepThatWasSeenGoesOnWithTheTimeLeft() {
        let sleeping = registers(101)
        let seen = ThreadState.systemCall(parsing: Array("101 0x1 0x2 0x3 0x4 0x5 0x6 0x8000 0x1004\n".utf8))
        #expect(seen?.programCounter == 0x1004)
        let call = call(sleeping, seen: seen)
        #expect(call.continuation == .restartBlock)
        let kept = AArch64.resumed(sleeping, call, keepsRestartBlock: true)
        #expect(kept.x[8] == 128 && kept.programCounter == 0x1000)
        let lost = AArch64.resumed(sleeping, call, keepsRestartBlock: false)
        #expect(Int64(bitPattern: lost.result) == -4 && lost.programCounter == 0x1004)
        let elsewhere = ThreadState.systemCall(parsing: Array("101 0x1 0x2 0x3 0x4 0x5 0x6 0x8000 0x2004\n".utf8))
        #expect(self.call(sleeping, seen: elsewhere).continuation == .unknown)
    }

    @Test func callsThatEndInterrupted() {
        #expect(call(registers(22, result: -4), svcAt: 0xffc) == InterruptedCall(isBlocked: true))
        #expect(call(registers(22, result: 3), svcAt: 0xffc) == InterruptedCall())
        #expect(call(registers(63, result: -4), svcAt: nil) == InterruptedCall())
    }

    @Test func indirectJumpsAndSingleStepsAreForgotten() {
        var jumping = registers(0)
        jumping.state = 0xc00 | 1 << 21 | 0x8000_0000
        #expect(AArch64.entering(0x4000, jumping, stackPointer: 0x7000).state == 0x8000_0000)
    }

    /// Against struct rt_sigframe: siginfo_t of 128 bytes, ucontext, sigcontext, and records in its reserved area.
    @Test func frame() throws {
        var registers = registers(0)
        for index in 0..<31 { registers.x[index] = UInt64(index + 1) }
        registers.state = 0x6000_0000
        var simple = (0..<512).map { UInt8($0 % 251) }
        simple.append(littleEndian: 0x11 as UInt32)
        simple.append(littleEndian: 0x22 as UInt32)
        simple += [UInt8](repeating: 0, count: 8)
        // 256-bit vectors in the form of struct user_sve_header.
        let payload = (0..<(32 * 32 + 17 * 4)).map { UInt8($0 % 249) }
        var scalable = [UInt8](repeating: 0, count: 16) + payload
        scalable.replace(at: 8, with: 32 as UInt16)
        scalable.replace(at: 12, with: 1 as UInt16)
        let frame = try #require(
            AArch64.signalFrame(
                registers, below: 0x8000, vectors: [simple, scalable, [], []], mask: 0x77, returnAddress: 0x99))
        #expect(frame.address % 16 == 0 && frame.address + UInt64(frame.bytes.count) <= 0x8000 - 128)
        #expect(frame.bytes.count == 4688)
        #expect(ByteOrder.u64(frame.bytes, at: 168) == 0x77)
        #expect((0..<31).allSatisfy { ByteOrder.u64(frame.bytes, at: 312 + 8 * $0) == UInt64($0 + 1) })
        #expect([560, 568, 576].map { ByteOrder.u64(frame.bytes, at: $0) } == [0x8000, 0x1000, 0x6000_0000])
        #expect(ByteOrder.u64(frame.bytes, at: 592) == 528 << 32 | 0x4650_8001)
        #expect(ByteOrder.u64(frame.bytes, at: 600) == 0x22 << 32 | 0x11)
        #expect(Array(frame.bytes[608..<1120]) == Array(simple[..<512]))
        #expect(ByteOrder.u64(frame.bytes, at: 1120) == 1120 << 32 | 0x5356_4501)
        #expect(ByteOrder.u64(frame.bytes, at: 1128) == 32)
        #expect(Array(frame.bytes[1136..<(1136 + payload.count)]) == payload)
        #expect(ByteOrder.u64(frame.bytes, at: 2240) == 0)
        // A matrix in use has no place in it.
        #expect(
            AArch64.signalFrame(
                registers, below: 0x8000, vectors: [simple, [], [], scalable], mask: 0, returnAddress: 0) == nil)
    }
}
