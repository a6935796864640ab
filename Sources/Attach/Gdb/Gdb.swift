internal import Glibc
public import ProcessInspection

/// The gdb of this machine: a way in for those who ask for it by name, and needed by nothing.
public struct Gdb: Sendable, Hashable {
    /// A version: 13.1 is `[13, 1]`.
    let version: [Int]

    /// Takes the version from what `gdb --version` says.
    ///
    /// - Parameter greeting: Its output, such as `GNU gdb (Debian 13.1-3) 13.1`: the name may hold a number too, and the
    ///   version stands last in the first line.
    init?(greeting: String) {
        guard let line = greeting.split(separator: "\n").first, line.hasPrefix("GNU gdb"),
            let word = line.split(separator: " ").last
        else { return nil }
        version = word.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        if version.isEmpty { return nil }
    }

    /// Looks for it on `PATH`. It takes the time of starting a program.
    ///
    /// - Parameter deadline: By when it must have answered.
    /// - Throws: ``AttachError`` when there is none, or it does not tell its version.
    static func find(by deadline: Deadline) throws(AttachError) -> Gdb {
        let process = try GdbProcess(arguments: ["--version"], input: [])
        guard process.wait(until: deadline) else {
            // It has no target.
            kill(process.pid, SIGKILL)
            _ = process.wait(until: Deadline(after: .seconds(1)))
            throw AttachError(.timedOut, "gdb did not tell its version in time")
        }
        guard let gdb = Gdb(greeting: process.output) else {
            throw AttachError(.unsupported, "the gdb on PATH does not tell its version", hint: noneIsNeeded)
        }
        return gdb
    }

    /// What to do without it.
    static let noneIsNeeded = "leave --via out: attaching needs no gdb"

    /// What rules it out on this machine: one line.
    ///
    /// - Parameter flags: What the processor has, as `/proc/cpuinfo` names it.
    func obstacle(processor flags: Set<Substring>) -> String? {
        // Before 14 it writes the extended state of such a processor back wrongly: a target in a system call is killed.
        guard version[0] < 14, flags.contains("amx_tile") else { return nil }
        return "gdb \(text) damages the registers of programs on a processor with AMX; 14 is the first that does not"
    }

    /// The version as text.
    var text: String { version.map(String.init).joined(separator: ".") }

    /// What the processor has, from `/proc/cpuinfo`.
    static var processorFlags: Set<Substring> {
        guard let bytes = try? File.contents(of: "/proc/cpuinfo") else { return [] }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("flags") }
        return Set((line ?? "").split { $0 == " " || $0 == "\t" })
    }

    /// Whether `--via gdb` could be taken here: an entry for `sonde doctor`, never a failing one.
    public static func check() async -> Check {
        let gdb: Gdb
        do {
            gdb = try await TracerThread.run { _ -> Result<Gdb, AttachError> in
                do throws(AttachError) {
                    return .success(try find(by: Deadline(after: .seconds(5))))
                } catch {
                    return .failure(error)
                }
            }.get()
        } catch {
            return Check("gdb", .ok, "\(error.message); only --via gdb would want it")
        }
        if let obstacle = gdb.obstacle(processor: processorFlags) { return Check("gdb", .warn, obstacle) }
        return Check("gdb", .ok, "version \(gdb.text); taken only by --via gdb")
    }
}
