internal import CSondePython
internal import Glibc

/// A CPython library that has been loaded but not started.
struct Library: @unchecked Sendable {
    // The table's pointers lead into a library that stays loaded and are never changed.
    let functions: sonde_python
    let path: String
    let home: String
    let version: PythonRuntime.Version

    /// Loads the first candidate that can be used.
    static func open(
        series: PythonRuntime.Series?, _ search: LibrarySearch
    ) throws(PythonRuntimeError) -> Library {
        var failure: PythonRuntimeError?
        for candidate in search.candidates(series: series) {
            do throws(PythonRuntimeError) {
                // A bare name that the loader does not know is the usual case, and no failure worth telling.
                if let library = try Library(candidate, isNamed: search.named != nil || candidate.contains("/")) {
                    return library
                }
            } catch {
                failure = failure ?? error
            }
        }
        throw failure ?? .noLibrary(series.map { "CPython \($0)" } ?? "CPython")
    }

    private init?(_ name: String, isNamed: Bool) throws(PythonRuntimeError) {
        // Extension modules are linked to no libpython and find its symbols among the global ones.
        guard let handle = dlopen(name, RTLD_NOW | RTLD_GLOBAL) else {
            guard isNamed else { return nil }
            throw .unusable(name, dlerror().map { String(cString: $0) } ?? "it cannot be loaded")
        }
        var table = sonde_python()
        sonde_python_bind(handle, &table)
        do throws(PythonRuntimeError) {
            guard let version = table.get_version?().flatMap({ PythonRuntime.Version(String(cString: $0)) }),
                Self.isComplete(table)
            else { throw .unusable(name, "it is no CPython library") }
            guard version.series >= PythonRuntime.Series(3, 8) else {
                throw .tooOld(version, needed: "3.8", purpose: "the embedded interpreter")
            }
            path = Self.path(of: handle) ?? name
            guard let home = LibrarySearch.home(of: Self.resolved(path), series: version.series) else {
                throw .unusable(path, "its standard library (lib/python\(version.series)) is not there")
            }
            self.home = home
            self.version = version
            functions = table
        } catch {
            dlclose(handle)
            throw error
        }
    }

    private static func isComplete(_ table: sonde_python) -> Bool {
        table.is_initialized != nil && table.initialize != nil && table.save_thread != nil && table.ensure != nil
            && table.release != nil && table.get_builtins != nil && table.evaluate_code != nil
            && table.new_dict != nil && table.get_item != nil && table.set_item != nil && table.new_tuple != nil
            && table.set_tuple_item != nil && table.call != nil && table.new_string != nil && table.utf8 != nil
            && table.clear_error != nil && table.release_object != nil && table.compile != nil
    }

    /// The file that a loaded library came from.
    private static func path(of handle: UnsafeMutableRawPointer) -> String? {
        guard let function = dlsym(handle, "Py_GetVersion"), let path = sonde_python_file(function) else { return nil }
        return String(cString: path)
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
