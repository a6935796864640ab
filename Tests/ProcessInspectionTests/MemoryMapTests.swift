import ProcessInspection
import Testing

@Suite struct MemoryMapTests {
    static let text = """
        00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus daemon
        7f0000000000-7f0000001000 rw-p 00001000 00:00 0
        7f0000002000-7f0000003000 r--s 00000000 08:02 99 /tmp/gone.so (deleted)
        not a line
        ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
        """

    @Test func parsesEachKindOfLine() throws {
        let map = MemoryMap(parsing: Array(Self.text.utf8))
        try #require(map.regions.count == 4)
        let first = map.regions[0]
        #expect(first.start == 0x400000 && first.end == 0x452000 && first.size == 0x52000)
        #expect(first.isReadable && !first.isWritable && first.isExecutable && !first.isShared)
        #expect(first.path == "/usr/bin/dbus daemon" && first.inode == 173521)
        #expect(map.regions[1].path.isEmpty && map.regions[1].offset == 0x1000)
        #expect(map.regions[2].isDeleted && map.regions[2].path == "/tmp/gone.so" && map.regions[2].isShared)
        #expect(map.regions[3].start == 0xffff_ffff_ff60_0000)
        #expect(map.files.map(\.path) == ["/usr/bin/dbus daemon", "/tmp/gone.so"])
    }

    @Test(
        arguments: [
            (0x400000, true), (0x451fff, true), (0x452000, false), (0, false), (0x7f00_0000_0fff, true),
            (0x7f00_0000_1000, false),
        ] as [(UInt64, Bool)])
    func findsTheRegionOfAnAddress(address: UInt64, isMapped: Bool) {
        #expect((MemoryMap(parsing: Array(Self.text.utf8)).region(at: address) != nil) == isMapped)
    }

    @Test func readsOurOwn() throws {
        let map = try MemoryMap(of: ProcessInfoTests.ownPid)
        #expect(map.regions.contains { $0.isExecutable && $0.path.contains("libc") })
        #expect(map.regions == map.regions.sorted { $0.start < $1.start })
    }

    @Test func aMissingProcessIsMissing() {
        #expect { try MemoryMap(of: Int32.max) } throws: { ($0 as? InspectionError)?.kind == .missing }
    }
}
