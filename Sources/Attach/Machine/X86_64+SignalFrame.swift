internal import CSondeSystem

extension X86_64 {
    /// Where things stand in the frame: struct ucontext and, in it, struct sigcontext of the kernel (not of the C library),
    /// `arch/x86/include/uapi/asm/sigcontext.h` and `include/uapi/asm-generic/ucontext.h`.
    enum FrameOffset {
        static let flags = 0
        static let stackFlags = 24
        static let registers = 40
        static let cs = 184
        static let ss = 190
        static let vectorState = 224
        static let mask = 296
        static let size = 304
    }

    private static let registersInFrame: [Registers.Name] = [
        .r8, .r9, .r10, .r11, .r12, .r13, .r14, .r15, .rdi, .rsi, .rbp, .rbx, .rdx, .rax, .rcx, .rsp, .rip, .eflags,
    ]
    /// The size of the state that every processor has: 512 bytes of fxsave and 64 that tell what follows.
    private static let legacySize = 576

    static func signalFrame(
        _ resumed: Registers, below stackPointer: UInt64, vectors: [[UInt8]], mask: UInt64, returnAddress: UInt64
    ) -> SignalFrame? {
        guard let vectorState = vectors.first, vectorState.count >= legacySize else { return nil }
        // The vector state comes first from above; below it the whole size stays readable, for newer kernels touch as much as
        // the thread could need.
        let vectorAddress = (stackPointer - redZone - UInt64(vectorState.count) - 64) & ~63
        let frameAddress = (vectorAddress - UInt64(FrameOffset.size)) & ~15
        var frame = [UInt8](repeating: 0, count: FrameOffset.size)
        // UC_FP_XSTATE: the vector state has the extended format. UC_SIGCONTEXT_SS and UC_STRICT_RESTORE_SS: ss counts.
        frame.replace(at: FrameOffset.flags, with: UInt64(1 | 2 | 4))
        // An impossible mode makes the kernel leave the thread's signal stack as it is, which we do not know.
        frame.replace(at: FrameOffset.stackFlags, with: UInt64(0x40))
        for (index, name) in registersInFrame.enumerated() {
            frame.replace(at: FrameOffset.registers + 8 * index, with: resumed[name])
        }
        frame.replace(at: FrameOffset.cs, with: UInt16(truncatingIfNeeded: resumed[.cs]))
        frame.replace(at: FrameOffset.ss, with: UInt16(truncatingIfNeeded: resumed[.ss]))
        frame.replace(at: FrameOffset.vectorState, with: vectorAddress)
        frame.replace(at: FrameOffset.mask, with: mask)

        // The word below it is where a function finds the address to return to.
        var bytes: [UInt8] = []
        bytes.append(littleEndian: returnAddress)
        bytes += frame
        bytes += [UInt8](repeating: 0, count: Int(vectorAddress - frameAddress) - frame.count)
        bytes += vectorFrame(vectorState)
        return SignalFrame(
            address: frameAddress - 8, bytes: bytes, stackPointer: frameAddress, chain: frameAddress - 8,
            returnAddress: returnAddress)
    }

    // The state as a signal frame holds it: what ptrace gives, with the kernel's marks (struct _fpx_sw_bytes) in the
    // area that the processor leaves to software, and one more after it. The size told must not exceed what the kernel
    // has room for in this thread (without permission for AMX that is less than ptrace gives, and then it would
    // silently restore the old registers only): so it ends with the last component that is in use.
    private static func vectorFrame(_ vectorState: [UInt8]) -> [UInt8] {
        let components = ByteOrder.u64(vectorState, at: 512)
        var size = legacySize
        for index in 2..<63 where components & (1 << UInt64(index)) != 0 {
            var offset: UInt32 = 0
            var length: UInt32 = 0
            sonde_vector_component(UInt32(index), &offset, &length)
            size = max(size, Int(offset) + Int(length))
        }
        var bytes = vectorState + [UInt8](repeating: 0, count: 8)
        bytes.replace(at: 464, with: UInt32(0x4650_5853))
        bytes.replace(at: 468, with: UInt32(size + 4))
        bytes.replace(at: 472, with: components | 3)
        bytes.replace(at: 480, with: UInt32(size))
        bytes.replace(at: size, with: UInt32(0x4650_5845))
        return bytes
    }
}
