import Glibc
import Testing

@testable import PythonRuntime

/// The libraries of this machine.
enum Libraries {
    /// The system's own, which libpython3-dev brings.
    static let system: String? = LibrarySearch(
        named: nil, libraryDirectories: LibrarySearch.standard.libraryDirectories
    )
    .candidates(series: nil).first

    /// One of each series, also those that only pyenv has, and those of Debian's unstable suite where they run here.
    static let all: [String] = {
        let home = getenv("HOME").map { String(cString: $0) } ?? "/root"
        var found = system.map { [$0] } ?? []
        var matches = glob_t()
        defer { globfree(&matches) }
        guard glob("\(home)/.pyenv/versions/3.*/lib/libpython3.*.so.1.0", 0, nil, &matches) == 0 else { return found }
        for index in 0..<Int(matches.gl_pathc) {
            let path = String(cString: matches.gl_pathv[index]!)
            let name = path.split(separator: "/").last!
            if LibrarySearch.minors.contains(where: { name == "libpython3.\($0).so.1.0" }) { found.append(path) }
        }
        return found
    }()
}

/// A process has one interpreter, so each test that starts one has a process of its own.
@Suite struct PythonRuntimeTests {
    @Test func findsAndRunsTheSystemsOwn() async {
        await #expect(processExitsWith: .success) {
            let python = try PythonRuntime.load()
            #expect(python.version.series >= .init(3, 8))
            #expect(python.path.contains("libpython\(python.version.series)"))
            #expect(try python.evaluate("__import__('sys').version.split()[0]") == "'\(python.version)'")
            #expect(try PythonRuntime.load(series: python.version.series) === python)
        }
    }

    @Test(arguments: Libraries.all)
    func everyLibrary(path: String) async {
        await #expect(processExitsWith: .success) { [path] in
            let before = ProcessState()
            let python = try PythonRuntime.load(searching: LibrarySearch(named: path))
            #expect(python.path == path)
            #expect(try python.evaluate("6 * 7") == "42")
            #expect(try python.checkSyntax("def f(:\n") != nil)
            #expect(try python.checkSyntax("print(1)\n") == nil)
            // The standard library of this very version, with its compiled parts, and no site packages.
            let state =
                "(sys.version_info[:2], sys.flags.isolated, sys.flags.no_site, 'site' in sys.modules, bool(math.pi))"
            let series = python.version.series
            #expect(
                try python.evaluate(state, setup: "import sys, math, _ctypes, json")
                    == "((\(series.major), \(series.minor)), 1, 1, False, True)")
            #expect(ProcessState() == before)
        }
    }

    @Test func syntax() async {
        await #expect(processExitsWith: .success) {
            let python = try PythonRuntime.load()
            #expect(try python.checkSyntax("") == nil)
            #expect(try python.checkSyntax("x = 1\nasync def f():\n    await g()\n") == nil)
            #expect(try python.checkSyntax("a = 1\nb = = 2\n") == .init(line: 2, column: 5, message: "invalid syntax"))
            #expect(try python.checkSyntax("ä = = 2\n") == .init(line: 1, column: 5, message: "invalid syntax"))
            #expect(try python.checkSyntax("x = '\u{0}'")?.line == 1)
            #expect(try python.checkSyntax("return 1") != nil)
            #expect(try python.checkSyntax(String(repeating: "(", count: 100_000)) != nil)
            #expect(try python.checkSyntax(String(repeating: "-", count: 100_000) + "1") != nil)
            // Nothing is run, and a mere warning is no error.
            #expect(try python.checkSyntax("'\\d' is 'x'; raise SystemExit(3)") == nil)
        }
    }

    @Test func evaluation() async {
        await #expect(processExitsWith: .success) {
            let python = try PythonRuntime.load()
            #expect(try python.evaluate("a + 'ß'", setup: "a = 'x'") == "'xß'")
            #expect(try python.evaluate("'\\ud800'") == "'\\ud800'")
            #expect(throws: PythonRuntimeError.self) { try python.evaluate("a") }
            for (source, type) in [
                ("1 / 0", "ZeroDivisionError"), ("x", "NameError"), ("(", "SyntaxError"), ("exit", "NameError"),
                ("[].pop()", "IndexError"), ("(_ for _ in ()).throw(KeyboardInterrupt)", "KeyboardInterrupt"),
            ] {
                #expect {
                    try python.evaluate(source)
                } throws: {
                    ($0 as? PythonRuntimeError)?.kind == .raised(type: type)
                }
            }
        }
    }

    @Test func oneThreadOwnsTheInterpreter() async {
        await #expect(processExitsWith: .success) {
            let python = try PythonRuntime.load()
            let source = "__import__('_thread').get_native_id()"
            let owner = try python.evaluate(source)
            #expect(owner != "\(getpid())")
            await withTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        (try? python.evaluate(source)) == owner
                            && (try? python.evaluate("\(number) + 1")) == "\(number + 1)"
                    }
                }
                for await isSame in group { #expect(isSame) }
            }
        }
    }

    @Test func remoteExecutionNeedsTheSameSeries() async {
        await #expect(processExitsWith: .success) {
            let python = try PythonRuntime.load()
            let own = python.version.series
            let other = PythonRuntime.Series(3, 99)
            let kind: PythonRuntimeError.Kind = own < PythonRuntime.remoteExecSeries ? .tooOld : .mismatch
            #expect {
                try python.remoteExec(pid: getpid(), scriptPath: "/dev/null", target: other)
            } throws: {
                ($0 as? PythonRuntimeError)?.kind == kind && !"\($0)".contains("\n")
            }
            #expect {
                try PythonRuntime.load(series: other)
            } throws: {
                ($0 as? PythonRuntimeError)?.kind == .mismatch && "\($0)".contains("\(own)")
            }
        }
    }

    @Test func noneFound() async {
        await #expect(processExitsWith: .success) {
            let nowhere = LibrarySearch(named: nil)
            #expect {
                try PythonRuntime.load(series: .init(3, 14), searching: nowhere)
            } throws: {
                "\($0)" == "no CPython 3.14 library was found (install libpython3-dev, or name one in SONDE_LIBPYTHON)"
            }
            #expect {
                try PythonRuntime.load(searching: LibrarySearch(named: "/nowhere/libpython3.11.so"))
            } throws: {
                ($0 as? PythonRuntimeError)?.kind == .unusable && "\($0)".contains("/nowhere/libpython3.11.so")
            }
            #expect {
                try PythonRuntime.load(searching: LibrarySearch(named: "libm.so.6"))
            } throws: {
                "\($0)" == "cannot use libm.so.6: it is no CPython library"
            }
            // A failure is no obstacle to the next try.
            let python = try PythonRuntime.load()
            #expect(try python.evaluate("1") == "1")
        }
    }
}

/// What starting an interpreter must leave alone: signal handlers, the environment, the character type.
struct ProcessState: Equatable {
    var handlers: [UInt] = []
    var environment: [String] = []
    var locale: String

    init() {
        for signal in 1..<Int32(32) {
            var action = sigaction()
            _ = sigaction(signal, nil, &action)
            handlers.append(unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self))
        }
        var entry = environ
        while let text = entry.pointee {
            environment.append(String(cString: text))
            entry += 1
        }
        locale = String(cString: setlocale(LC_CTYPE, nil))
    }
}
