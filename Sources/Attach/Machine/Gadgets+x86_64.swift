#if arch(x86_64)

    internal import CSondeSystem
    internal import ProcessInspection

    /// Instructions that stand in the target's code anyway and serve to make system calls on its threads.
    ///
    /// Code pages are never changed; before we have a page of our own, a call is made with what is there.
    struct Gadgets: Sendable {
        /// `syscall; ret`.
        let systemCall: UInt64
        /// `mov $15, %eax; syscall`: what the C library gives signal handlers to return to.
        let signalReturn: UInt64

        private static let systemCallBytes: [UInt8] = [0x0f, 0x05, 0xc3]
        // glibc and musl, each in its own spelling of the same instruction.
        private static let signalReturnBytes: [[UInt8]] = [
            [0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05], [0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05],
        ]

        /// Looks for them in the target, which runs on meanwhile.
        init(in map: MemoryMap, of pid: Int32) throws(AttachError) {
            var systemCall: UInt64?
            var signalReturn: UInt64?
            let code = map.regions.filter { $0.isExecutable && $0.isReadable && $0.path != "[vsyscall]" }
            // Both are in the C library; a static program has it in itself.
            let isLibrary: (MemoryMap.Region) -> Bool = { $0.path.contains("/libc") || $0.path.contains("/ld-musl") }
            for region in code.filter(isLibrary) + code.filter({ !isLibrary($0) }) {
                if systemCall != nil, signalReturn != nil { break }
                guard region.size < 256 << 20,
                    let bytes = try? ProcessMemory.read(Int(region.size), at: region.start, of: pid)
                else { continue }
                systemCall = systemCall ?? Self.find(Self.systemCallBytes, in: bytes).map { region.start + $0 }
                for pattern in Self.signalReturnBytes {
                    signalReturn = signalReturn ?? Self.find(pattern, in: bytes).map { region.start + $0 }
                }
            }
            guard let systemCall, let signalReturn else {
                throw AttachError(
                    .unsupported, "the code of process \(pid) holds no instructions to make system calls with",
                    hint: "its C library is neither glibc nor musl")
            }
            self.systemCall = systemCall
            self.signalReturn = signalReturn
        }

        private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> UInt64? {
            bytes.withUnsafeBytes { bytes in
                sonde_find(bytes.baseAddress!, bytes.count, pattern, pattern.count).map { place in
                    UInt64(place - bytes.baseAddress!)
                }
            }
        }
    }

#endif
