import Glibc
import ProcessInspection

/// A process that a test starts; it is killed and waited for when the value goes.
final class Child {
    let pid: pid_t
    private let output: Int32

    /// Starts a program in a session of its own and waits until it has written a line.
    init(_ arguments: [String], environment: [String: String] = [:], awaiting line: String? = "ready") throws {
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { throw Failure(text: "pipe") }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        var variables: [String: String] = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PYTHONDONTWRITEBYTECODE": "1"]
        variables.merge(environment) { $1 }
        var started: pid_t = 0
        let words = arguments.map { strdup($0) } + [nil]
        let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + settings { free(word) } }
        let result = posix_spawnp(&started, arguments[0], &actions, nil, words, settings)
        close(pipe[1])
        output = pipe[0]
        pid = started
        guard result == 0 else { throw Failure(text: "posix_spawn \(arguments[0]): \(result)") }
        if let line { try wait(forLine: line) }
    }

    deinit {
        kill(pid, SIGCONT)
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        close(output)
    }

    /// A Python that sleeps, after running some code.
    static func python(
        _ interpreter: String, options: [String] = [], _ code: String = "", environment: [String: String] = [:],
        marker: String = "", awaiting line: String? = "ready"
    ) throws -> Child {
        let script = "import os, sys, time\n\(code)\nprint('ready', flush=True)\ntime.sleep(600)"
        return try Child(
            [interpreter] + options + ["-c", script] + (marker.isEmpty ? [] : [marker]), environment: environment,
            awaiting: line)
    }

    private func wait(forLine wanted: String) throws {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256)
        var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        while !String(decoding: text, as: UTF8.self).split(separator: "\n").contains(Substring(wanted)) {
            guard poll(&descriptor, 1, 20_000) == 1 else { throw Failure(text: "no line '\(wanted)' in 20 s") }
            let got = read(output, &buffer, buffer.count)
            guard got > 0 else { throw Failure(text: "ended before the line '\(wanted)'") }
            text += buffer[..<got]
        }
    }
}

struct Failure: Error { var text: String }

/// Waits for a condition with a deadline.
func eventually<T>(_ seconds: Int = 20, _ condition: () throws -> T?) rethrows -> T? {
    for _ in 0..<(seconds * 100) {
        if let value = try condition() { return value }
        usleep(10_000)
    }
    return nil
}

/// The interpreters of this machine that tests run against, with the version each should be found to have.
enum Interpreters {
    /// A path and the version its `python --version` tells, asked from the interpreter itself.
    struct Found: CustomStringConvertible, Sendable {
        var path: String
        var version: String
        var description: String { path }
    }

    static let all: [Found] = {
        var paths: [String] = []
        let home = String(cString: getenv("HOME") ?? strdup("/root"))
        for minor in 8...15 {
            let versions = entries("\(home)/.pyenv/versions").filter { $0.hasPrefix("3.\(minor).") }
            paths += versions.map { "\(home)/.pyenv/versions/\($0)/bin/python3.\(minor)" }
            paths.append("/usr/bin/python3.\(minor)")
        }
        // Debian's unstable suite, unpacked by scripts/fetch-pythons and run through its own loader.
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        paths += ["3.14", "3.15"].map { "\(root)/.build/pythons/\($0)/bin/python\($0)" }
        return paths.compactMap { path in
            guard access(path, X_OK) == 0, let version = version(of: path) else { return nil }
            return Found(path: path, version: version)
        }
    }()

    /// Those that the system starts itself: no scripts around a loader.
    static let direct = all.filter { !$0.path.contains("/.build/") }

    /// Any one of them.
    static let any = direct.last!.path

    static func entries(_ directory: String) -> [String] {
        guard let handle = opendir(directory) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.sorted()
    }

    private static func version(of path: String) -> String? {
        guard let stream = popen("\(path) -I -S -c 'import sys; print(sys.version.split()[0])'", "r") else {
            return nil
        }
        defer { pclose(stream) }
        var buffer = [CChar](repeating: 0, count: 64)
        guard fgets(&buffer, 64, stream) != nil else { return nil }
        let text = String(decoding: buffer.prefix { $0 > 32 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.hasSuffix("+") ? String(text.dropLast()) : text
    }
}

/// What this machine lets tests do; a container usually withholds some of it.
enum Rights {
    /// Whether every process may be looked into.
    static let mayTraceAnyone = (try? Observer())?.mayTraceAnyone == true
    /// Whether namespaces can be made.
    static let canMakeNamespaces = system("unshare --mount --pid --fork --mount-proc true 2>/dev/null") == 0
    /// Whether user namespaces can be made.
    static let canMakeUserNamespaces = system("unshare --user --map-root-user --pid --fork true 2>/dev/null") == 0
}
