internal import Glibc

/// A program that this shell has started.
///
/// It is a child like any other, in a process group of its own: Ctrl-C at the terminal is the shell's. It is never
/// ended by us, and goes on when we are gone.
final class Program: Sendable {
    /// How a program ended.
    enum End: Sendable, Equatable {
        /// It left with this status.
        case status(Int32)
        /// This signal ended it.
        case signal(Int32)

        /// In words.
        var text: String {
            switch self {
            case .status(let status): "ended with status \(status)"
            case .signal(let signal): "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            }
        }
    }

    /// Why a program could not be started.
    struct Failure: Error {
        /// One clear line.
        let message: String
    }

    /// The process.
    let pid: Int32

    /// Starts a program with our environment, directory, standard output and standard error.
    ///
    /// - Parameters:
    ///   - words: The program, a path or a name on `PATH`, and its arguments.
    ///   - hasInput: Whether our standard input is its too; else it reads nothing.
    init(_ words: [String], hasInput: Bool) throws(Failure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if !hasInput { posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        // What we did to signals for ourselves is undone: a thread of the runtime blocks most of them.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        if !Signals.brokenPipesWereIgnored { sigaddset(&signals, SIGPIPE) }
        posix_spawnattr_setsigdefault(&attributes, &signals)

        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, words[0], &actions, &attributes, arguments, environ)
        guard error == 0 else {
            throw Failure(message: "cannot start \(words[0]): \(String(cString: strerror(error)))")
        }
        self.pid = pid
    }

    /// Waits for the program's end without holding up other tasks. To be called once.
    func end() async -> End {
        await withCheckedContinuation { continuation in
            detachThread { [pid] in continuation.resume(returning: Self.wait(for: pid)) }
        }
    }

    private static func wait(for pid: Int32) -> End {
        while true {
            // The kernel tells its tracer, who is another thread of ours, of every standstill here too. That news is
            // not ours to take.
            var news = siginfo_t()
            if waitid(P_PID, id_t(pid), &news, WEXITED | WNOWAIT) != 0 {
                if errno == EINTR { continue }
                break
            }
            guard [1, 2, 3].contains(news.si_code) else {  // CLD_EXITED, CLD_KILLED, CLD_DUMPED
                usleep(2000)
                continue
            }
            var status: Int32 = 0
            guard waitpid(pid, &status, 0) == pid else { break }
            return status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
        }
        return .status(0)
    }
}
