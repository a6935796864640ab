extension AArch64 {
    /// Where things stand in the frame: struct rt_sigframe (arch/arm64/kernel/signal.c), which is a siginfo_t of 128 bytes
    /// and a struct ucontext, and in that a struct sigcontext (arch/arm64/include/uapi/asm/sigcontext.h).
    enum FrameOffset {
        static let stackFlags = 128 + 24
        static let mask = 128 + 40
        static let registers = 128 + 184
        static let records = 128 + 464
        static let size = 128 + 464 + 4096
    }

    // fpsimd_context: head, fpsr, fpcr, 32 registers of 16 bytes. sve_context: head, vector length, flags, and the registers.
    private static let fpsimd: (magic: UInt32, size: Int) = (0x4650_8001, 528)
    private static let scalableMagic: UInt32 = 0x5356_4501

    static func signalFrame(
        _ resumed: Registers, below stackPointer: UInt64, vectors: [[UInt8]], mask: UInt64, returnAddress: UInt64
    ) -> SignalFrame? {
        guard vectors.count == 4, vectors[0].count >= fpsimd.size - 8, !usesMatrices(vectors[2], vectors[3]) else {
            return nil
        }
        var frame = [UInt8](repeating: 0, count: FrameOffset.size)
        // An impossible mode makes the kernel leave the thread's signal stack as it is, which we do not know.
        frame.replace(at: FrameOffset.stackFlags, with: UInt32(0x40))
        frame.replace(at: FrameOffset.mask, with: mask)
        let registers = resumed.x + [resumed.stackPointer, resumed.programCounter, resumed.state]
        for (index, value) in registers.enumerated() {
            frame.replace(at: FrameOffset.registers + 8 * index, with: value)
        }
        // ptrace gives the registers first and fpsr and fpcr after them.
        var records: [UInt8] = []
        records.append(littleEndian: fpsimd.magic)
        records.append(littleEndian: UInt32(fpsimd.size))
        records += vectors[0][512..<520]
        records += vectors[0][..<512]
        if hasScalableState(vectors[1]) { records += scalableRecord(vectors[1]) }
        // A record of zeros ends the list.
        guard records.count + 16 <= FrameOffset.size - FrameOffset.records else { return nil }
        frame.replaceSubrange(FrameOffset.records..<(FrameOffset.records + records.count), with: records)
        let address = (stackPointer - redZone - UInt64(frame.count)) & ~15
        return SignalFrame(
            address: address, bytes: frame, stackPointer: address, chain: address, returnAddress: returnAddress)
    }

    /// Whether the bytes of NT_ARM_SVE hold scalable registers and not only the 128 bits of each that all processors have.
    ///
    /// struct user_sve_header: size, max_size, vl, max_vl, flags; SVE_PT_REGS_SVE is the lowest flag.
    static func hasScalableState(_ set: [UInt8]) -> Bool { set.count > 16 && set[12] & 1 != 0 }

    private static func scalableRecord(_ set: [UInt8]) -> [UInt8] {
        // Both forms have the registers after 16 bytes: 32 vectors, 16 predicates and one more of an eighth of their length.
        let length = Int(set[8]) | Int(set[9]) << 8
        let count = min(32 * length + 17 * length / 8, set.count - 16)
        let size = (16 + count + 15) & ~15
        var record: [UInt8] = []
        record.append(littleEndian: scalableMagic)
        record.append(littleEndian: UInt32(size))
        record.append(littleEndian: UInt16(length))
        record += [UInt8](repeating: 0, count: 6)
        record += set[16..<(16 + count)]
        return record + [UInt8](repeating: 0, count: size - record.count)
    }

    // The streaming mode's registers are there, or the matrix is more than its head.
    private static func usesMatrices(_ streaming: [UInt8], _ matrix: [UInt8]) -> Bool {
        hasScalableState(streaming) || matrix.count > 16
    }
}
