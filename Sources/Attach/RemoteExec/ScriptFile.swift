internal import Glibc
internal import ProcessInspection

/// A file with Python source that only the target can read, in a directory of the target's own view of the file system.
///
/// The script's first act is to take its file away under another name. Who renames or removes it first has it: so the
/// source is run once or not at all, whatever else is tried later. When it is done it removes the file.
struct ScriptFile: ~Copyable {
    /// What has become of it.
    enum State {
        /// It has not been begun.
        case waiting
        /// It is running.
        case running
        /// It has run.
        case done
        /// The source raised an error.
        case raised(String)
    }

    /// The path as the target sees it.
    let path: String
    private let name: String
    // Its directory, held open: when the target ends, its root goes from /proc, but the file stays and has to be removed.
    private let directory: Int32

    /// Writes a script.
    ///
    /// - Parameters:
    ///   - source: The source to be run.
    ///   - pid: The target.
    ///   - status: The target's status: whose file it is to be.
    init(_ source: [UInt8], for pid: Int32, _ status: ProcessStatus) throws(AttachError) {
        name = ".sonde-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 16)).py"
        var failure: Int32 = ENOENT
        for place in ["/tmp", "/var/tmp", "/dev/shm", "/run"] {
            // A link could lead out of the target's file system into ours.
            let directory = open("/proc/\(pid)/root\(place)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
            guard directory >= 0 else { continue }
            let path = "\(place)/\(name)"
            let text = Self.text(source, path, status.namespacePids.last ?? pid)
            if Self.make(name, in: directory, text, status) {
                self.path = path
                self.directory = directory
                return
            }
            failure = errno
            close(directory)
        }
        throw AttachError(
            .unsupported, "process \(pid) has no directory to put a script into: \(SystemError.text(failure))")
    }

    deinit {
        unlinkat(directory, name, 0)
        unlinkat(directory, running, 0)
        close(directory)
    }

    /// What has become of it by now.
    var state: State {
        if faccessat(directory, name, F_OK, 0) == 0 { return .waiting }
        guard let text = try? File.contents(of: "/proc/self/fd/\(directory)/\(running)") else { return .done }
        return text.first == UInt8(ascii: "!") ? .raised(String(decoding: text.dropFirst(), as: UTF8.self)) : .running
    }

    /// Takes it back.
    ///
    /// - Returns: Whether it was still there; if not, it runs or has run.
    func withdraw() -> Bool { unlinkat(directory, name, 0) == 0 }

    /// Waits until it has run.
    ///
    /// - Parameters:
    ///   - pid: The target.
    ///   - deadline: By when it must have come to its end once it has begun.
    ///   - takeBack: Asked while it has not begun, with the number of looks so far: true when it was taken back.
    /// - Returns: Whether it has run; false when it was taken back, and can not run any more.
    /// - Throws: ``AttachError`` when it raised an error, does not end, or the target has ended.
    func follow(
        in pid: Int32, by deadline: Deadline, takeBack: (_ looks: Int) -> Bool
    ) throws(AttachError) -> Bool {
        var looks = 0
        while true {
            switch state {
            case .done: return true
            case .raised(let error):
                throw AttachError(
                    .failed, "the agent's first lines raised an error in process \(pid): \(error)",
                    step: Step.called.rawValue)
            case .running where deadline.isOver:
                throw AttachError(
                    .timedOut, "the agent's first lines do not end in process \(pid)", step: Step.called.rawValue)
            case .running: break
            case .waiting:
                guard let now = try? ProcessStatus(of: pid), !"ZX".contains(now.state) else { throw .exited(pid) }
                if takeBack(looks) { return false }
            }
            looks += 1
            deadline.pause(microseconds: looks < 50 ? 100 : 1000)
        }
    }

    private var running: String { "\(name).run" }

    private static func make(_ name: String, in directory: Int32, _ text: [UInt8], _ status: ProcessStatus) -> Bool {
        let descriptor = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        if fill(descriptor, text, status) { return true }
        let failure = errno
        unlinkat(directory, name, 0)
        errno = failure
        return false
    }

    private static func fill(_ descriptor: Int32, _ text: [UInt8], _ status: ProcessStatus) -> Bool {
        if status.effectiveUser != geteuid() || status.effectiveGroup != getegid(),
            fchown(descriptor, status.effectiveUser, status.effectiveGroup) != 0, geteuid() == 0
        {
            return false
        }
        var written = 0
        while written < text.count {
            let count = text.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, text.count - written) }
            if count > 0 { written += count } else if errno != EINTR { return false }
        }
        return true
    }

    static func text(_ source: [UInt8], _ path: String, _ pid: Int32) -> [UInt8] {
        let beginning = """
            # Sonde's script; it removes itself.
            import os
            path = "\(path)"
            try:
                if os.getpid() != \(pid):
                    raise OSError("a child took the request along in its fork")
                os.rename(path, path + ".run")
            except OSError:
                pass
            else:
                try:
                    exec(compile(b'
            """
        let end = """
            ', "<sonde>", "exec"), {"__name__": "__sonde__"})
                except BaseException as error:
                    with open(path + ".run", "w") as file:
                        file.write("!" + ascii(error)[:500])
                else:
                    try:
                        os.unlink(path + ".run")
                    except OSError:
                        pass

            """
        var text = Array(beginning.utf8)
        text.reserveCapacity(text.count + source.count * 11 / 10 + end.utf8.count)
        for byte in source {
            switch byte {
            case 0x0a: text += [0x5c, 0x6e]
            case 0x27, 0x5c: text += [0x5c, byte]
            case 0x20..<0x7f: text.append(byte)
            default: text += Array("\\x".utf8) + [hexDigit(byte >> 4), hexDigit(byte & 15)]
            }
        }
        return text + Array(end.utf8)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
