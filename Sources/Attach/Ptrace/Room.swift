internal import Glibc
internal import ProcessInspection

/// Our memory in the target: one mapping of a page for code, with a head that tells whose it is, and as many for the
/// ``ControlBlock`` and the source.
///
/// It is mapped readable and executable in one go (writes through `/proc/PID/mem` are not bound by that); the code makes the
/// second part writable, which no security policy forbids, and so no page is ever writable and executable.
struct Room: Sendable, Equatable {
    /// The first address.
    let address: UInt64
    /// The size in bytes, code included.
    let size: UInt64

    /// The head's first word. Nothing that a program would put at the beginning of a page.
    static let mark: UInt64 = 0x6564_6e6f_5365_646e
    /// Before the code: the mark, the size, and the process that mapped it.
    static let headSize = 64
    /// The size of a page on this machine.
    static let page = UInt64(sysconf(Int32(_SC_PAGESIZE)))

    // An area in which programs map nothing by themselves: between where executables begin and where libraries end. The kernel
    // takes the address as a wish. What is found there can be told from a program's own memory before it bears our mark.
    private static let area: Range<UInt64> = 0x5e0d_0000_0000..<0x5e0e_0000_0000

    /// A mapping that is wanted for a source of some size, at an address that no other one has.
    init(forSource count: Int) {
        size = Self.page + (UInt64(ControlBlock.sourceOffset + count + 1) + Self.page - 1) & ~(Self.page - 1)
        let places = (Self.area.upperBound - Self.area.lowerBound) / Self.page - size / Self.page
        address = Self.area.lowerBound + UInt64.random(in: 0..<places) * Self.page
    }

    /// A mapping where the target has it.
    init(at address: UInt64, size: UInt64) {
        self.address = address
        self.size = size
    }

    /// Where the code begins.
    var code: UInt64 { address + UInt64(Self.headSize) }
    /// The block.
    var control: ControlBlock { ControlBlock(address: address + Self.page) }
    /// Address and size of the part with code, and of the part with data, as arguments of system calls.
    var codeRange: [UInt64] { [address, Self.page] }
    var dataRange: [UInt64] { [address + Self.page, size - Self.page] }

    /// Whether an address lies in the code.
    func holdsCode(_ address: UInt64) -> Bool { address >= self.address && address < self.address + Self.page }

    /// Whether it lies where only we map anything.
    var isInOurArea: Bool { Self.area.contains(address) }

    /// The head as bytes.
    func head() -> [UInt8] {
        var bytes: [UInt8] = []
        let owner = RoomOwner.current
        for value in [Self.mark, size, owner.pid, owner.startTime, owner.namespace] {
            bytes.append(littleEndian: value)
        }
        return bytes + [UInt8](repeating: 0, count: Self.headSize - bytes.count)
    }

    /// What a head says.
    static func parse(_ head: [UInt8], at address: UInt64) -> (room: Room, owner: RoomOwner)? {
        guard head.count == headSize, ByteOrder.u64(head, at: 0) == mark else { return nil }
        let size = ByteOrder.u64(head, at: 8)
        guard size > page, size % page == 0, size < 64 << 20 else { return nil }
        let owner = RoomOwner(
            pid: ByteOrder.u64(head, at: 16), startTime: ByteOrder.u64(head, at: 24),
            namespace: ByteOrder.u64(head, at: 32))
        return (Room(at: address, size: size), owner)
    }
}

/// The process that mapped memory in a target.
struct RoomOwner: Sendable, Equatable {
    let pid: UInt64
    let startTime: UInt64
    /// The inode of its pid namespace: in another one its number means nothing.
    let namespace: UInt64

    /// This process.
    static var current: RoomOwner {
        let pid = getpid()
        let startTime = (try? ThreadState(of: pid, in: pid))?.startTime ?? 0
        return RoomOwner(pid: UInt64(pid), startTime: startTime, namespace: ownNamespace)
    }

    /// Whether it is certain that it has ended.
    var hasEnded: Bool {
        guard namespace == Self.ownNamespace, namespace != 0, startTime != 0 else { return false }
        let pid = Int32(truncatingIfNeeded: pid)
        guard let state = try? ThreadState(of: pid, in: pid) else { return true }
        return state.startTime != startTime || "ZX".contains(state.letter)
    }

    private static var ownNamespace: UInt64 { File.identity(of: "/proc/self/ns/pid")?.inode ?? 0 }
}
