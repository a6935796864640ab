internal import CSondePython
internal import Glibc

/// The started interpreter. Everything here but the constants is for the owner thread alone.
struct Interpreter: @unchecked Sendable {
    let path: String
    let version: PythonRuntime.Version
    private let python: sonde_python
    /// The namespace of the helpers below.
    private let namespace: OpaquePointer

    /// What is asked of the interpreter is done by these; each takes and gives texts, so that no structure of
    /// CPython's and no exception crosses the border.
    private static let helpers = #"""
        import sys, warnings

        def text(value):
            return value.encode("utf-8", "backslashreplace").decode("utf-8")

        def raised(error):
            try:
                message = str(error)
            except BaseException:
                message = ""
            return "!" + text(type(error).__name__ + (": " + message if message else ""))

        def check(source):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    compile(source, "<source>", "exec", 0, True)
            except SyntaxError as error:
                return "%d:%d:%s" % (max(error.lineno or 1, 1), max(error.offset or 1, 1), text(error.msg or ""))
            except (ValueError, OverflowError) as error:
                return "1:1:" + text(str(error))
            except (MemoryError, RecursionError):
                return "1:1:too deeply nested"
            return ""

        def evaluate(source, setup):
            namespace = {}
            try:
                exec(setup, namespace)
                return "=" + text(repr(eval(source, namespace)))
            except BaseException as error:
                return raised(error)

        def remote_exec(pid, path):
            try:
                sys.remote_exec(int(pid), path)
                return "="
            except BaseException as error:
                return raised(error)
        """#

    /// Starts the interpreter of a library on this thread.
    static func start(_ library: Library) -> Result<Interpreter, PythonRuntimeError> {
        let python = library.functions
        if let failure = withLocaleKept({ initialize(library) }) {
            return .failure(.unusable(library.path, failure))
        }
        defer { _ = python.save_thread!() }
        guard let namespace = python.new_dict!(), let builtins = python.get_builtins!(),
            python.set_item!(namespace, "__builtins__", builtins) == 0,
            let code = python.compile!(helpers, "<sonde>", Int32(SONDE_PYTHON_FILE_INPUT)),
            let none = python.evaluate_code!(code, namespace, namespace)
        else {
            python.clear_error!()
            return .failure(.unusable(library.path, "its standard library does not work"))
        }
        python.release_object!(code)
        python.release_object!(none)
        return .success(Interpreter(path: library.path, version: library.version, python: python, namespace: namespace))
    }

    /// Calls a helper with texts; it answers with a text.
    func call(_ function: String, _ arguments: [String]) -> Result<String, PythonRuntimeError> {
        let state = python.ensure!()
        defer { python.release!(state) }
        guard let callable = python.get_item!(namespace, function), let tuple = python.new_tuple!(arguments.count)
        else { return fail(function) }
        defer { python.release_object!(tuple) }
        for (index, argument) in arguments.enumerated() {
            var argument = argument
            let string = argument.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { python.new_string!($0.baseAddress, $0.count) }
            }
            // The tuple takes the string over, whether it succeeds or not.
            guard let string, python.set_tuple_item!(tuple, index, string) == 0 else { return fail(function) }
        }
        guard let answer = python.call!(callable, tuple) else { return fail(function) }
        defer { python.release_object!(answer) }
        var count = 0
        guard let bytes = python.utf8!(answer, &count) else { return fail(function) }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: count)
        return .success(String(decoding: buffer, as: UTF8.self))
    }

    /// A helper catches what can be caught; what is left is a shortage of memory.
    private func fail(_ function: String) -> Result<String, PythonRuntimeError> {
        python.clear_error!()
        return .failure(.raised("MemoryError: \(function) failed"))
    }

    /// Starts the interpreter in the way its version has.
    ///
    /// - Returns: What went wrong, or nil.
    private static func initialize(_ library: Library) -> String? {
        let python = library.functions
        if python.is_initialized!() != 0 { return "it is running already" }
        if let create = python.config_create, let config = create() { return initialize(library, config) }
        // The variables and the call went with 3.15; from 3.14 on there is the other way.
        for flag in [
            python.isolated, python.ignore_environment, python.no_site, python.no_user_site, python.no_bytecode,
            python.utf8_mode,
        ] {
            flag?.pointee = 1
        }
        // CPython keeps the pointer, not a copy, so this memory is never freed.
        let home = library.home.unicodeScalars.map { wchar_t(bitPattern: $0.value) } + [0]
        let kept = UnsafeMutableBufferPointer<wchar_t>.allocate(capacity: home.count)
        _ = kept.initialize(from: home)
        python.set_home?(kept.baseAddress!)
        python.initialize!(0)
        return python.is_initialized!() != 0 ? nil : "it does not start"
    }

    /// PEP 741: the configuration begins isolated, without signal handlers and deaf to the environment.
    private static func initialize(_ library: Library, _ config: OpaquePointer) -> String? {
        let python = library.functions
        defer { python.config_free?(config) }
        guard let setInteger = python.config_set_int, let setText = python.config_set_string,
            let initialize = python.initialize_from_config
        else { return "it is no complete CPython library" }
        let numbers: [(String, Int64)] = [
            ("isolated", 1), ("use_environment", 0), ("install_signal_handlers", 0), ("site_import", 0),
            ("user_site_directory", 0), ("write_bytecode", 0), ("utf8_mode", 1),
        ]
        let isSet =
            numbers.allSatisfy { setInteger(config, $0.0, $0.1) == 0 } && setText(config, "home", library.home) == 0
        if isSet, initialize(config) == 0 { return nil }
        var message: UnsafePointer<CChar>?
        _ = python.config_error?(config, &message)
        return message.map { String(cString: $0) } ?? "it does not start"
    }

    /// Starting CPython sets the character type from the environment, which is the line editor's to decide.
    private static func withLocaleKept<Result>(_ body: () -> Result) -> Result {
        let locale = setlocale(LC_CTYPE, nil).map { String(cString: $0) }
        defer { if let locale { setlocale(LC_CTYPE, locale) } }
        return body()
    }
}
