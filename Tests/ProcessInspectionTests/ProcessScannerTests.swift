import Glibc
import Testing

@testable import ProcessInspection

@Suite struct ProcessScannerTests {
    @Test func notPermittedToLook() throws {
        // Permissions cannot be withheld from root in a tree of files, so the kernel's refusal is a link that is
        // missing here, and a test on the real /proc stands in PermissionTests.
        let proc = FakeProc()
        proc.process(7, exe: nil)
        #expect(try PythonProcess.find(7, in: proc.fileSystem) == nil)
        #expect(throws: InspectionError.self) { try PythonProcess.find(8, in: proc.fileSystem) }
    }

    @Test func versionFromTheNameWhenTheFileIsNotThere() throws {
        let proc = FakeProc()
        proc.process(7, exe: "/nowhere/bin/python3.9", arguments: ["python3.9", "x.py"])
        let process = try #require(try PythonProcess.find(7, in: proc.fileSystem))
        #expect(process.version?.description == "3.9" && process.commandLine == "python3.9 x.py")
    }

    @Test func containerAndItsPids() throws {
        let proc = FakeProc()
        let id = String(repeating: "0123456789abcdef", count: 4)
        proc.process(
            7, exe: "/nowhere/bin/python3.9", status: ["NSpid": "7\t1"],
            namespaces: ["mnt": "mnt:[5]", "pid": "pid:[6]"], cgroup: "0::/system.slice/docker-\(id).scope\n")
        proc.link("7/root", to: "/")
        let process = try #require(try PythonProcess.find(7, in: proc.fileSystem))
        #expect(process.container == "0123456789ab" && process.namespacePid == 1 && !process.sharesFiles)
        #expect(
            try AgentSocket.path(for: 7, in: proc.fileSystem)
                == AgentSocket.path(
                    for: 7, namespacePid: 1, user: FakeProc.user, sharesFiles: false, in: proc.fileSystem))
    }

    @Test func theSocketGoesWhereTheTargetCanWrite() throws {
        let proc = FakeProc()
        let jail = "\(proc.root)/jail"
        proc.process(7)
        proc.link("7/root", to: jail)
        #expect(try !AgentSocket.path(for: 7, in: proc.fileSystem).canBeMade)
        // Another user's, and closed to all others.
        proc.file("jail/tmp/file", "")
        chmod("\(jail)/tmp", 0o755)
        chown("\(jail)/tmp", FakeProc.user &+ 1, 0)
        #expect(try geteuid() != 0 || !AgentSocket.path(for: 7, in: proc.fileSystem).canBeMade)
        proc.file("jail/dev/shm/file", "")
        chmod("\(jail)/dev/shm", 0o1777)
        if geteuid() == 0 {
            #expect(try AgentSocket.path(for: 7, in: proc.fileSystem).inTarget == "/dev/shm/sonde-7.sock")
        }
        chmod("\(jail)/tmp", 0o1777)
        let socket = try AgentSocket.path(for: 7, in: proc.fileSystem)
        #expect(socket.canBeMade && socket.inTarget == "/tmp/sonde-7.sock")
        #expect(socket.fromHere == "\(proc.root)/7/root/tmp/sonde-7.sock")
    }

    @Test func usersAsAContainerSeesThem() throws {
        let proc = FakeProc()
        proc.process(7, namespaces: ["user": "user:[5]"])
        proc.file("7/uid_map", "         0     100000      65536\n     70000       1000          1\n")
        proc.file("sys/kernel/overflowuid", "65533\n")
        func seen(_ user: UInt32) -> UInt32 { UserMap.number(of: user, seenBy: 7, in: proc.fileSystem) }
        #expect(seen(100_000) == 0 && seen(101_000) == 1000 && seen(165_535) == 65535)
        #expect(seen(1000) == 70000)
        #expect(seen(0) == 65533 && seen(165_536) == 65533)
        proc.process(8)
        #expect(UserMap.number(of: 1000, seenBy: 8, in: proc.fileSystem) == 1000)
    }

    @Test func containerWithoutAnId() {
        let own = Namespaces(mount: "mnt:[1]", pid: "pid:[2]")
        #expect(!Namespaces().isContained(seenFrom: own))
        #expect(!own.isContained(seenFrom: own))
        let other = Namespaces(mount: "mnt:[3]", pid: "pid:[2]")
        #expect(other.isContained(seenFrom: own))
        #expect(other.containerName(controlGroups: "0::/\n", seenFrom: own) == "ns-3")
    }

    @Test func chrootIsNoSharedView() throws {
        let proc = FakeProc()
        proc.process(7)
        proc.link("7/root", to: "/srv/jail")
        #expect(try AgentSocket.path(for: 7, in: proc.fileSystem).fromHere == "\(proc.root)/7/root/tmp/sonde-7.sock")
        // The kernel tells nothing: the plain path is the only one left.
        proc.remove("7/root")
        #expect(try AgentSocket.path(for: 7, in: proc.fileSystem).fromHere == "/tmp/sonde-7.sock")
    }

    @Test func waysDependOnRights() throws {
        func ways(_ proc: FakeProc, user: UInt32 = 1000) throws -> [PythonProcess.Way] {
            proc.process(7, exe: "/nowhere/python3.14")
            // The owner of the directory is the process's user; the files are ours.
            let observer = try Observer(in: proc.fileSystem)
            var seen = observer
            seen.user = user
            return ProcessScanner(proc.fileSystem, observer: seen).scan(7)?.ways ?? []
        }
        let owner = geteuid()
        #expect(try ways(FakeProc(), user: owner) == [.remoteExec, .ptrace])
        #expect(try ways(FakeProc(), user: owner &+ 1) == [])
        #expect(try ways(FakeProc(yama: 1), user: owner) == [])
        #expect(
            try ways(FakeProc(capabilities: Observer.tracingCapability), user: owner &+ 1) == [.remoteExec, .ptrace])
        #expect(try ways(FakeProc(yama: 3, capabilities: Observer.tracingCapability), user: owner) == [])
    }

    @Test func pathsInMaps() {
        let maps = """
            5500-5600 r-xp 00000000 08:01 42   /usr/bin/host
            7f00-7f10 r--p 00000000 08:01 43   /opt/my libs/libpython3.11.so.1.0
            7f10-7f20 r-xp 00001000 08:01 43   /opt/my libs/libpython3.11.so.1.0
            7f20-7f30 r--p 00000000 08:01 44   /usr/lib/python3.11/lib-dynload/_x.so
            7f20-7f30 r--p 00000000 08:01 46   /opt/libpython3/lib/libpython3.9.so.1.0
            7f20-7f30 r--p 00000000 08:01 47   /opt/pythons/3.14/bin/python3.14
            7f30-7f40 r--p 00000000 08:01 45   /usr/lib/libpython3.so (deleted)
            7f40-7f50 r--p 00000000 00:00 0

            """
        func paths(_ wanted: String) -> [String] {
            Array(maps.utf8).withUnsafeBytes { ProcessScanner.paths(in: $0, containing: wanted) }
        }
        #expect(
            paths("/libpython") == [
                "/opt/my libs/libpython3.11.so.1.0", "/opt/libpython3/lib/libpython3.9.so.1.0",
                "/usr/lib/libpython3.so (deleted)",
            ])
        #expect(paths("/python") == ["/opt/pythons/3.14/bin/python3.14"])
    }

    @Test func names() {
        for name in ["/usr/bin/python", "python3", "/x/python3.13t", "python3-dbg", "python2.7"] {
            #expect(ProcessScanner.isPythonName(name), "\(name)")
        }
        for name in ["/usr/bin/pythonista", "python-config", "/opt/python/bin/x", "bpython", ""] {
            #expect(!ProcessScanner.isPythonName(name), "\(name)")
        }
    }
}
