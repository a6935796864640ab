import CSondeSystem
import Testing

@testable import Attach

/// How an interrupted system call goes on, and the bytes of the code: what real targets rarely show.
@Suite struct MachineTests {
    private func registers(
        _ number: Int64, _ result: Int64, rsi: UInt64 = 0, rdx: UInt64 = 0, r10: UInt64 = 0
    ) -> X86_64.Registers {
        var registers = X86_64.Registers()
        registers[.originalRax] = UInt64(bitPattern: number)
        registers[.rax] = UInt64(bitPattern: result)
        registers[.rip] = 0x1002
        registers[.rsi] = rsi
        registers[.rdx] = rdx
        registers[.r10] = r10
        return registers
    }

    private func call(_ registers: X86_64.Registers) -> InterruptedCall {
        X86_64.interruptedCall(registers, instruction: { _ in nil }, seen: nil)
    }

    @Test(
        arguments: [
            // In user code, where orig_rax is -1, and after a call that has ended.
            (-1, 5, .asIs, false), (0, 12, .asIs, false), (0, -11, .asIs, false),
            // read, select, wait4, poll, nanosleep.
            (0, -512, .again, true), (23, -514, .again, true), (61, -513, .again, true),
            (7, -516, .restartBlock, true),
            (35, -516, .restartBlock, true), (219, -516, .restartBlock, true),
            // mmap and brk are what an allocator calls with its lock held.
            (9, -512, .again, false), (12, -512, .again, false),
        ] as [(Int64, Int64, InterruptedCall.Continuation, Bool)])
    func interruptedCalls(number: Int64, result: Int64, continuation: InterruptedCall.Continuation, isBlocked: Bool) {
        let call = call(registers(number, result))
        #expect(call.continuation == continuation)
        #expect(call.isBlocked == isBlocked)
    }

    @Test func epollWaitsAgainOnlyIfItWouldWaitForever() {
        #expect(call(registers(232, -4, r10: 0xffff_ffff)).continuation == .again)
        #expect(call(registers(232, -4, r10: 100)).continuation == .asIs)
        #expect(call(registers(232, -4, r10: 100)).isBlocked)
    }

    @Test(
        arguments: [
            // FUTEX_WAIT_BITSET and FUTEX_WAIT of a semaphore or condition; glibc's and musl's mutex; FUTEX_LOCK_PI.
            (0x189, 0, true), (0x80, 0, true), (0x80, 2, false), (0, 2, false), (0x80, 0x8000_1234, false),
            (0x86, 0, false),
        ] as [(UInt64, UInt64, Bool)])
    func mutexesAreNoPlaceToRunCode(operation: UInt64, value: UInt64, isBlocked: Bool) {
        #expect(call(registers(202, -512, rsi: operation, rdx: value)).isBlocked == isBlocked)
    }

    @Test func registersToGoOnWith() {
        let again = registers(0, -512)
        let resumed = X86_64.resumed(again, call(again), keepsRestartBlock: true)
        #expect(resumed[.rip] == 0x1000 && resumed[.rax] == 0 && resumed[.originalRax] == UInt64.max)
        let sleep = registers(35, -516)
        let kept = X86_64.resumed(sleep, call(sleep), keepsRestartBlock: true)
        #expect(kept[.rip] == 0x1000 && kept[.rax] == 219)
        let lost = X86_64.resumed(sleep, call(sleep), keepsRestartBlock: false)
        #expect(lost[.rip] == 0x1002 && lost[.rax] == UInt64(bitPattern: -4))
        let running = registers(-1, 77)
        let same = X86_64.resumed(running, call(running), keepsRestartBlock: true)
        #expect(same[.rip] == 0x1002 && same[.rax] == 77)
    }

    @Test func vectorComponentsFollowOneAnother() {
        // 2 is the upper halves of the AVX registers: every processor of this century's second decade has it at 576.
        var offset: UInt32 = 0
        var size: UInt32 = 0
        sonde_vector_component(2, &offset, &size)
        #expect((offset, size) == (576, 256) || size == 0)
        sonde_vector_component(62, &offset, &size)
        #expect(size == 0)
    }
}
