internal import CSondeSystem
internal import ProcessInspection

/// Instructions that stand in the target's code anyway and serve to make system calls on its threads.
///
/// Code pages are never changed; before we have a page of our own, and after it is gone, a call is made with what is there.
struct Gadgets: Sendable {
    /// Makes a system call and returns.
    let systemCall: UInt64
    /// Calls `rt_sigreturn`: what signal handlers return to.
    let signalReturn: UInt64

    /// Looks for them in the target, which runs on meanwhile.
    init(in map: MemoryMap, of pid: Int32) throws(AttachError) {
        var systemCall: UInt64?
        var signalReturn: UInt64?
        let code = map.regions.filter { $0.isExecutable && $0.isReadable && $0.inode != 0 || $0.path == "[vdso]" }
        // Both are in the C library, or in the kernel's part of the program; a static program has them in itself.
        let isLibrary: (MemoryMap.Region) -> Bool = { $0.path.contains("/libc") || $0.path.contains("/ld-musl") }
        for region in code.filter(isLibrary) + code.filter({ !isLibrary($0) }) {
            if systemCall != nil, signalReturn != nil { break }
            guard region.size < 256 << 20,
                let bytes = try? ProcessMemory.read(Int(region.size), at: region.start, of: pid)
            else { continue }
            systemCall =
                systemCall ?? Self.find(NativeMachine.systemCallThenReturn, in: bytes).map { region.start + $0 }
            for pattern in NativeMachine.signalReturns {
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

    /// Whether an address is one of these instructions.
    func contain(_ address: UInt64) -> Bool {
        // The longest spelling has nine bytes.
        (systemCall...(systemCall + NativeMachine.systemCallSize)).contains(address)
            || (signalReturn..<(signalReturn + 16)).contains(address)
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> UInt64? {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            while let place = sonde_find(bytes.baseAddress! + start, bytes.count - start, pattern, pattern.count) {
                let offset = place - bytes.baseAddress!
                if offset % NativeMachine.codeAlignment == 0 { return UInt64(offset) }
                start = offset + 1
            }
            return nil
        }
    }
}
