extension AArch64 {
    /// Machine code for aarch64. The base is `x19`, the result `x0`, and `x16` holds addresses to go to.
    ///
    /// Into code that is not ours it goes by `blr`, to functions, or by `ret x16`, which branch target identification does
    /// not check: the pairs of instructions that make system calls are in the middle of functions.
    struct Code: Assembler {
        let address: UInt64
        private(set) var bytes: [UInt8] = []

        init(at address: UInt64) { self.address = address }

        mutating func loadBase(_ block: UInt64) { load(19, block) }

        mutating func beginFunction(_ block: UInt64) {
            emit(0xa9be_7bfd)  // stp x29, x30, [sp, #-32]!
            emit(0x9100_03fd)  // mov x29, sp
            emit(0xf900_0bf3)  // str x19, [sp, #16]
            loadBase(block)
        }

        mutating func endFunction(_ value: FunctionValue) {
            if case .zero = value { emit(0x5280_0000) }  // mov w0, #0
            leaveFunction()
            emit(0xd65f_03c0)  // ret
        }

        mutating func endFunction(callingSystem number: UInt64, _ arguments: [UInt64], at instructions: UInt64) {
            leaveFunction()
            loadCall(number, arguments)
            go(to: instructions)
        }

        mutating func call(_ function: UInt64, _ arguments: [Argument]) {
            for (register, argument) in zip((0 as UInt32)..., arguments) {
                switch argument {
                case .number(let number): load(register, number)
                case .word(let offset): emit(0xb940_0000 | word(offset) | register)  // ldr w, [x19, #offset]
                case .result: precondition(register == 0, "only the first argument can be the result")
                }
            }
            load(16, function)
            emit(0xd63f_0200)  // blr x16
        }

        mutating func callSystem(_ number: UInt64, _ arguments: [UInt64]) {
            loadCall(number, arguments)
            emit(0xd400_0001)  // svc #0
        }

        mutating func compareResult(_ number: UInt32) {
            load(1, UInt64(number))
            emit(0x6b01_001f)  // cmp w0, w1
        }

        mutating func compareResultWithNull() { emit(0xf100_001f) }  // cmp x0, #0

        mutating func compare(_ offset: Int, _ number: UInt32) {
            emit(0xb940_0002 | word(offset))  // ldr w2, [x19, #offset]
            load(1, UInt64(number))
            emit(0x6b01_005f)  // cmp w2, w1
        }

        mutating func store(_ number: UInt32, at offset: Int) {
            load(1, UInt64(number))
            emit(0xb900_0001 | word(offset))  // str w1, [x19, #offset]
        }

        mutating func storeResult(at offset: Int) { emit(0xb900_0000 | word(offset)) }  // str w0, [x19, #offset]

        mutating func keepResult(at offset: Int) { emit(0xf900_0000 | doubleWord(offset)) }  // str x0, [x19, #offset]

        mutating func compareResult(withKept offset: Int) {
            emit(0xf940_0001 | doubleWord(offset))  // ldr x1, [x19, #offset]
            emit(0xeb01_001f)  // cmp x0, x1
        }

        // An exclusive pair and not one of the atomic instructions, which the first generation (ARMv8.0) lacks.
        mutating func exchange(_ old: UInt32, for new: UInt32, at offset: Int) {
            emit(0x9100_0262 | UInt32(offset) << 10)  // add x2, x19, #offset
            load(1, UInt64(old))
            load(4, UInt64(new))
            emit(0x885f_fc40)  // ldaxr w0, [x2]
            emit(0x6b01_001f)  // cmp w0, w1
            emit(0x5400_0061)  // b.ne, over the next two
            emit(0x8803_fc44)  // stlxr w3, w4, [x2]
            emit(0x35ff_ff83)  // cbnz w3, back to ldaxr; the comparison stays
        }

        mutating func jump(_ condition: Condition) -> Jump {
            switch condition {
            case .always: emit(0x1400_0000)  // b
            case .ifEqual: emit(0x5400_0000)  // b.eq
            case .ifNotEqual: emit(0x5400_0001)  // b.ne
            }
            return Jump(place: bytes.count - 4, condition: condition)
        }

        mutating func land(_ jump: Jump) {
            let distance = UInt32(bytes.count - jump.place) / 4
            let opcode: UInt32
            switch jump.condition {
            case .always: opcode = 0x1400_0000 | distance
            case .ifEqual: opcode = 0x5400_0000 | distance << 5
            case .ifNotEqual: opcode = 0x5400_0001 | distance << 5
            }
            bytes.replace(at: jump.place, with: opcode)
        }

        mutating func signalReturn(_ number: UInt64, _ frame: SignalFrame) {
            loadStackPointer(frame.stackPointer)
            callSystem(number, [])
            emit(0xd420_0000)  // brk #0
        }

        mutating func leave(
            callingSystem number: UInt64, _ arguments: [UInt64], at instructions: UInt64, _ frame: SignalFrame
        ) {
            loadStackPointer(frame.chain)
            load(30, frame.returnAddress)
            loadCall(number, arguments)
            go(to: instructions)
        }

        private mutating func emit(_ instruction: UInt32) { bytes.append(littleEndian: instruction) }

        private func word(_ offset: Int) -> UInt32 { UInt32(offset / 4) << 10 | 19 << 5 }

        private func doubleWord(_ offset: Int) -> UInt32 { UInt32(offset / 8) << 10 | 19 << 5 }

        private mutating func leaveFunction() {
            emit(0xf940_0bf3)  // ldr x19, [sp, #16]
            emit(0xa8c2_7bfd)  // ldp x29, x30, [sp], #32
        }

        // movz, and movk for each further half-word that is not zero.
        private mutating func load(_ register: UInt32, _ value: UInt64) {
            emit(0xd280_0000 | UInt32(value & 0xffff) << 5 | register)
            for half in 1..<4 as Range<UInt32> {
                let part = UInt32(value >> UInt64(16 * half) & 0xffff)
                if part != 0 { emit(0xf280_0000 | half << 21 | part << 5 | register) }
            }
        }

        private mutating func loadStackPointer(_ value: UInt64) {
            load(9, value)
            emit(0x9100_013f)  // mov sp, x9
        }

        private mutating func loadCall(_ number: UInt64, _ arguments: [UInt64]) {
            for (register, argument) in zip((0 as UInt32)..., arguments) { load(register, argument) }
            load(8, number)
        }

        private mutating func go(to address: UInt64) {
            load(16, address)
            emit(0xd65f_0200)  // ret x16
        }
    }
}
