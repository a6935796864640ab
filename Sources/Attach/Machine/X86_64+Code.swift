extension X86_64 {
    /// Machine code for x86-64. The base is `rbx`, the result `rax`. All jumps have four bytes of distance.
    struct Code: Assembler {
        let address: UInt64
        private(set) var bytes: [UInt8] = []

        init(at address: UInt64) { self.address = address }

        mutating func loadBase(_ block: UInt64) { load(0xbb, block) }

        mutating func beginFunction(_ block: UInt64) {
            emit([0x53])  // push %rbx (also aligns the stack)
            loadBase(block)
        }

        mutating func endFunction(_ value: FunctionValue) {
            if case .zero = value { emit([0x31, 0xc0]) }  // xor %eax, %eax
            emit([0x5b, 0xc3])  // pop %rbx; ret
        }

        mutating func endFunction(callingSystem number: UInt64, _ arguments: [UInt64], at instructions: UInt64) {
            emit([0x5b])
            loadCall(number, arguments)
            go(to: instructions)
        }

        mutating func call(_ function: UInt64, _ arguments: [Argument]) {
            for (register, argument) in zip(0..., arguments) {
                switch argument {
                case .number(let number): loadArgument(register, number)
                case .word(let offset):
                    precondition(register == 0, "only the first argument can be a word")
                    emit([0x8b, 0x7b, UInt8(offset)])  // mov offset(%rbx), %edi
                case .result:
                    precondition(register == 0, "only the first argument can be the result")
                    emit([0x48, 0x89, 0xc7])  // mov %rax, %rdi
                }
            }
            load(0xb8, function)  // movabs $function, %rax
            emit([0xff, 0xd0])  // call *%rax
        }

        mutating func callSystem(_ number: UInt64, _ arguments: [UInt64]) {
            loadCall(number, arguments)
            emit([0x0f, 0x05])  // syscall
        }

        mutating func compareResult(_ number: UInt32) {
            emit([0x3d])  // cmp $number, %eax
            bytes.append(littleEndian: number)
        }

        mutating func compareResultWithNull() { emit([0x48, 0x85, 0xc0]) }  // test %rax, %rax

        mutating func compare(_ offset: Int, _ number: UInt32) {
            emit([0x81, 0x7b, UInt8(offset)])  // cmpl $number, offset(%rbx)
            bytes.append(littleEndian: number)
        }

        mutating func store(_ number: UInt32, at offset: Int) {
            emit([0xc7, 0x43, UInt8(offset)])  // movl $number, offset(%rbx)
            bytes.append(littleEndian: number)
        }

        mutating func storeResult(at offset: Int) { emit([0x89, 0x43, UInt8(offset)]) }  // mov %eax, offset(%rbx)

        mutating func keepResult(at offset: Int) { emit([0x48, 0x89, 0x43, UInt8(offset)]) }  // mov %rax, offset(%rbx)

        // cmp %rax, offset(%rbx)
        mutating func compareResult(withKept offset: Int) { emit([0x48, 0x39, 0x43, UInt8(offset)]) }

        mutating func exchange(_ old: UInt32, for new: UInt32, at offset: Int) {
            emit([0xb8])  // mov $old, %eax
            bytes.append(littleEndian: old)
            emit([0xb9])  // mov $new, %ecx
            bytes.append(littleEndian: new)
            emit([0xf0, 0x0f, 0xb1, 0x4b, UInt8(offset)])  // lock cmpxchg %ecx, offset(%rbx)
        }

        mutating func jump(_ condition: Condition) -> Jump {
            switch condition {
            case .always: emit([0xe9])
            case .ifEqual: emit([0x0f, 0x84])
            case .ifNotEqual: emit([0x0f, 0x85])
            }
            emit([0, 0, 0, 0])
            return Jump(place: bytes.count - 4, condition: condition)
        }

        mutating func land(_ jump: Jump) { bytes.replace(at: jump.place, with: Int32(bytes.count - jump.place - 4)) }

        mutating func signalReturn(_ number: UInt64, _ frame: SignalFrame) {
            load(0xbc, frame.stackPointer)  // movabs $frame, %rsp
            callSystem(number, [])
            emit([0x0f, 0x0b])  // ud2
        }

        mutating func leave(
            callingSystem number: UInt64, _ arguments: [UInt64], at instructions: UInt64, _ frame: SignalFrame
        ) {
            load(0xbc, frame.chain)
            loadCall(number, arguments)
            go(to: instructions)
        }

        private mutating func emit(_ code: [UInt8]) { bytes += code }

        // movabs $value, to the register of that opcode.
        private mutating func load(_ opcode: UInt8, _ value: UInt64) {
            emit([0x48, opcode])
            bytes.append(littleEndian: value)
        }

        // rdi, rsi, rdx, r10 (a function would have rcx), r8, r9.
        private mutating func loadArgument(_ index: Int, _ value: UInt64) {
            let (prefix, opcode) =
                ([(0x48, 0xbf), (0x48, 0xbe), (0x48, 0xba), (0x49, 0xba), (0x49, 0xb8), (0x49, 0xb9)]
                as [(UInt8, UInt8)])[index]
            emit([prefix, opcode])
            bytes.append(littleEndian: value)
        }

        private mutating func loadCall(_ number: UInt64, _ arguments: [UInt64]) {
            for (index, argument) in arguments.enumerated() { loadArgument(index, argument) }
            emit([0xb8])  // mov $number, %eax
            bytes.append(littleEndian: UInt32(number))
        }

        private mutating func go(to address: UInt64) {
            load(0xb9, address)  // movabs $address, %rcx: a system call overwrites it anyway
            emit([0xff, 0xe1])  // jmp *%rcx
        }
    }
}
