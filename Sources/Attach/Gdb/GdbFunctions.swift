internal import ProcessInspection

/// Where the functions stand in the target that only the way in by gdb calls.
struct GdbFunctions: Sendable {
    /// Runs a text; the interpreter calls it as a pending call.
    let runSimpleString: UInt64
    let mmap: UInt64
    let munmap: UInt64

    /// Looks them up: in the interpreter, and in the C library, which a static program has in itself.
    init(in image: PythonImage, map: MemoryMap, of pid: Int32) throws(AttachError) {
        func address(_ name: String, in image: PythonImage) -> UInt64? {
            guard let found = try? image.symbols(named: [name])[name],
                map.region(at: found.address)?.isExecutable == true
            else { return nil }
            return found.address
        }
        guard let runSimpleString = address("PyRun_SimpleString", in: image) else {
            throw AttachError(
                .unsupported, "the interpreter of process \(pid) (\(image.path)) does not name PyRun_SimpleString")
        }
        let libraries = map.files.filter {
            $0.path.contains("/libc.") || $0.path.contains("/libc-") || $0.path.contains("/ld-musl")
        }
        for library in libraries.compactMap({ PythonImage.open($0, of: pid) }) + [image] {
            guard let mmap = address("mmap", in: library), let munmap = address("munmap", in: library) else { continue }
            self.runSimpleString = runSimpleString
            self.mmap = mmap
            self.munmap = munmap
            return
        }
        throw AttachError(.unsupported, "the C library of process \(pid) does not name mmap")
    }
}
