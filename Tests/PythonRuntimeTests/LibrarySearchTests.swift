import Glibc
import Testing

@testable import PythonRuntime

@Suite struct LibrarySearchTests {
    @Test func newestFirst() {
        let names = LibrarySearch(named: nil, asksLoader: true).candidates(series: nil)
        #expect(names.first == "libpython3.15.so.1.0" && names.last == "libpython3.8t.so.1.0")
        let one = LibrarySearch(named: nil, asksLoader: true).candidates(series: .init(3, 12))
        #expect(one == ["libpython3.12.so.1.0", "libpython3.12t.so.1.0"])
    }

    @Test func theNamedOneIsTheOnlyOne() {
        let search = LibrarySearch(
            named: "/x/libpython3.9.so", programDirectories: ["/usr/bin"], libraryDirectories: ["/usr/lib"],
            asksLoader: true)
        #expect(search.candidates(series: .init(3, 14)) == ["/x/libpython3.9.so"])
    }

    @Test func besidesTheProgramsOnThePath() throws {
        let root = try Directory()
        root.file("bin/python3.12")
        root.file("lib/libpython3.12.so.1.0")
        root.file("other/libpython3.13t.so.1.0")
        let search = LibrarySearch(
            named: nil, programDirectories: ["\(root.path)/bin", "\(root.path)/none"],
            libraryDirectories: ["\(root.path)/other"])
        #expect(
            search.candidates(series: nil)
                == ["\(root.path)/other/libpython3.13t.so.1.0", "\(root.path)/lib/libpython3.12.so.1.0"])
    }

    @Test func homeIsWhereTheStandardLibraryIs() throws {
        let root = try Directory()
        root.file("usr/lib/x86_64-linux-gnu/libpython3.99.so.1.0")
        let library = "\(root.path)/usr/lib/x86_64-linux-gnu/libpython3.99.so.1.0"
        #expect(LibrarySearch.home(of: library, series: .init(3, 99)) == nil)
        root.file("usr/lib/python3.99/os.py")
        #expect(LibrarySearch.home(of: library, series: .init(3, 99)) == "\(root.path)/usr")
    }

    @Test func versions() {
        let final = PythonRuntime.Version("3.11.2 (main, Apr 28 2025) [GCC]")
        #expect(final?.series == .init(3, 11) && final?.text == "3.11.2")
        #expect(PythonRuntime.Version("3.14.0rc2 (x)")?.text == "3.14.0rc2")
        #expect(PythonRuntime.Version("") == nil)
    }
}

/// A directory of the test's own, removed when the value goes.
final class Directory {
    let path: String

    init() throws {
        var template = Array("/tmp/sonde-runtime-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { _ = system("rm -rf \(path)") }

    func file(_ name: String) { _ = system("mkdir -p $(dirname \(path)/\(name)) && touch \(path)/\(name)") }
}
