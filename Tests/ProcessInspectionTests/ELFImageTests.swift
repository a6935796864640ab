import Glibc
import ProcessInspection
import Testing

@Suite struct ELFImageTests {
    /// The C library is in this very process, so what the file says can be compared with what the loader did.
    @Test func symbolsOfALoadedLibrary() throws {
        let pid = getpid()
        let map = try MemoryMap(of: pid)
        let region = try #require(map.files.first { $0.path.contains("/libc.so") })
        let image = try #require(PythonImage.open(region, of: pid))
        #expect(image.elf.kind == .relocatable)
        let found = try image.symbols(named: ["getppid", "strtol", "no_such_symbol_anywhere"])
        #expect(Set(found.keys) == ["getppid", "strtol"])
        let loaded = try #require(dlsym(nil, "getppid"))
        #expect(found["getppid"]?.address == UInt64(UInt(bitPattern: loaded)))
        #expect(image.elf.section(named: ".text") != nil)
    }

    @Test(arguments: ["/etc/passwd", "/dev/null", "/proc/self/status"])
    func whatIsNoELFFileIsRefused(path: String) {
        #expect { try ELFImage(path) } throws: { ($0 as? InspectionError)?.kind == .malformed }
    }

    @Test func aFileThatIsNotThere() {
        #expect { try ELFImage("/no/such/file") } throws: { ($0 as? InspectionError)?.kind == .missing }
    }

    @Test func readingOutsideGivesZero() {
        let reader = ByteReader([1, 2, 3, 4])
        #expect(reader.u32(0) == 0x0403_0201)
        #expect(reader.u16(3) == 0)
        #expect(reader.u64(0) == 0)
        #expect(reader.string(at: 9) == "")
    }
}
