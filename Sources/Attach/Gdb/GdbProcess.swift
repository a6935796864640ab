internal import Glibc

/// A gdb that runs commands from a file and ends.
///
/// It is in a session of its own: no key at the terminal reaches it, and nothing of it waits for us, so that it comes to
/// its end, and lets go of its target, when we are killed or stopped. What it says goes into files, whose other end cannot
/// break as a pipe's would. swift-subprocess is not used: it ends a cancelled program by SIGKILL, which in the middle
/// of a call would be the target's end.
final class GdbProcess: Sendable {
    let pid: Int32
    private let out: UnnamedFile
    private let complaints: UnnamedFile

    /// Starts it.
    ///
    /// - Parameters:
    ///   - arguments: The words after `gdb`.
    ///   - input: Its standard input, a file.
    /// - Throws: ``AttachError`` of kind `unsupported` when there is no gdb on `PATH`.
    init(arguments: [String], input: [UInt8]) throws(AttachError) {
        let input = try UnnamedFile(input)
        out = try UnnamedFile()
        complaints = try UnnamedFile()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Opened anew, since a descriptor of ours would share its position.
        for (number, file) in [(Int32(0), input.path), (1, out.path), (2, complaints.path)] {
            let flags = number == 0 ? O_RDONLY : O_WRONLY | O_APPEND
            posix_spawn_file_actions_addopen(&actions, number, file, flags, 0)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | 0x80))  // POSIX_SPAWN_SETSID
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // Of our environment it gets the search path only: gdb has a Python inside, and downloads symbols.
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let words = (["gdb"] + arguments).map { strdup($0) } + [nil]
        let variables = ["PATH=\(path)", "LC_ALL=C", "HOME=/"].map { strdup($0 as String) } + [nil]
        defer { for word in words + variables { free(word) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, "gdb", &actions, &attributes, words, variables)
        guard error == 0 else {
            let message = error == ENOENT ? "there is no gdb on PATH" : "cannot start gdb: \(SystemError.text(error))"
            throw AttachError(.unsupported, message, hint: Gdb.noneIsNeeded)
        }
        self.pid = pid
    }

    /// What it has said on its standard output so far.
    var output: String { out.content }

    /// What follows each of the marks that its commands write, by the mark.
    var marks: [String: String] {
        var marks: [String: String] = [:]
        for line in output.split(separator: "\n") where line.hasPrefix(GdbScript.mark) {
            let words = line.dropFirst(GdbScript.mark.count).split(separator: " ", maxSplits: 1)
            if let first = words.first { marks[String(first)] = words.count > 1 ? String(words[1]) : "" }
        }
        return marks
    }

    /// The last line on its standard error.
    var complaint: String { complaints.content.split(separator: "\n").last.map(String.init) ?? "it said nothing" }

    /// Waits for its end.
    ///
    /// - Returns: Whether it has ended.
    func wait(until deadline: Deadline) -> Bool {
        while true {
            var status: Int32 = 0
            let ended = waitpid(pid, &status, WNOHANG)
            if ended == pid || (ended < 0 && errno == ECHILD) { return true }
            if deadline.isOver { return false }
            deadline.pause(microseconds: 2000)
        }
    }
}
