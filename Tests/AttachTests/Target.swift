import Glibc
import Testing

/// A program under test: started, spoken to by lines, and gone with the value.
final class Target: Sendable {
    enum Failure: Error {
        case notStarted(Int32)
        case closed(waitingFor: String, status: Int32?)
        case tooLate(waitingFor: String, got: String)
    }

    let pid: Int32
    private let input: Int32
    private let output: Int32
    private let state = State()

    private final class State: @unchecked Sendable {
        var buffer: [UInt8] = []
        var lines: [String] = []
        var status: Int32?
    }

    /// Starts a program.
    init(_ command: [String], environment: [String] = []) throws {
        var inputs: [Int32] = [0, 0]
        var outputs: [Int32] = [0, 0]
        guard pipe(&inputs) == 0, pipe(&outputs) == 0 else { throw Failure.notStarted(errno) }
        for descriptor in inputs + outputs { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputs[0], 0)
        posix_spawn_file_actions_adddup2(&actions, outputs[1], 1)
        // The threads of Swift's executors have all signals blocked, which a program would inherit.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            (["PATH=/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1"] + environment).map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, command[0], &actions, &attributes, &arguments, &variables)
        close(inputs[0])
        close(outputs[1])
        guard error == 0 else { throw Failure.notStarted(error) }
        self.pid = pid
        input = inputs[1]
        output = outputs[0]
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(input)
        if state.status == nil {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        close(output)
    }

    /// Says a line to its standard input.
    func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(input, bytes, bytes.count)
    }

    /// Waits for a line of its output; the lines before it are dropped.
    @discardableResult
    func expect(_ text: String, within seconds: Double = 20) throws -> String {
        try wait(seconds, for: text) {
            while !state.lines.isEmpty {
                let line = state.lines.removeFirst()
                if line.hasPrefix(text) { return line }
                if line.hasPrefix("bad") { Issue.record("the target says: \(line)") }
            }
            return nil
        }
    }

    /// How many lines of its output so far begin with a text; they stay.
    func count(_ text: String) -> Int {
        _ = read()
        return state.lines.filter { $0.hasPrefix(text) }.count
    }

    /// Waits for its end and gives the wait status: 0 for exit status 0.
    func end(within seconds: Double = 20) throws -> Int32 {
        try wait(seconds, for: "its end") {
            _ = read()
            return poll()
        }
    }

    /// Its wait status if it has ended.
    func poll() -> Int32? {
        if state.status == nil {
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid { state.status = status }
        }
        return state.status
    }

    private func wait<Value>(_ seconds: Double, for what: String, _ look: () throws -> Value?) throws -> Value {
        let end = now() + seconds
        while true {
            let isOpen = read()
            if let value = try look() { return value }
            guard isOpen || poll() == nil else {
                // It may have ended just now, between the look and this.
                if let value = try look() { return value }
                throw Failure.closed(waitingFor: what, status: state.status)
            }
            guard now() < end else { throw Failure.tooLate(waitingFor: what, got: state.lines.joined(separator: "|")) }
            usleep(500)
        }
    }

    private func read() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = Glibc.read(output, &chunk, chunk.count)
            guard got > 0 else { return got < 0 }
            state.buffer += chunk[..<got]
            while let newline = state.buffer.firstIndex(of: 10) {
                state.lines.append(String(decoding: state.buffer[..<newline], as: UTF8.self))
                state.buffer.removeFirst(newline + 1)
            }
        }
    }

    private func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Waits until a condition holds, for some seconds.
func until(_ condition: () -> Bool) async throws {
    for _ in 0..<5000 {
        if condition() { return }
        usleep(1000)
    }
    throw Target.Failure.tooLate(waitingFor: "a state", got: "another")
}
