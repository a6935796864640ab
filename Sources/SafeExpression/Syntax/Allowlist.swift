/// What may be called and how, and which names are refused everywhere.
enum Allowlist {
    /// How many arguments a callable takes and which of them by name.
    struct Signature {
        let least: Int
        let most: Int
        /// The parameters that may also be given by name, by their position.
        let named: [String: Int]
        /// The parameters that are given by name only.
        let keywords: Set<String>
        /// Whether any other name may be given too, as in `dict(a=1)`.
        let isFree: Bool

        init(
            _ least: Int, _ most: Int, named: [String: Int] = [:], keywords: Set<String> = [], isFree: Bool = false
        ) {
            self.least = least
            self.most = most
            self.named = named
            self.keywords = keywords
            self.isFree = isFree
        }
    }

    static let functions: [String: Signature] = [
        "abs": Signature(1, 1), "all": Signature(1, 1), "any": Signature(1, 1), "bin": Signature(1, 1),
        "bool": Signature(0, 1), "chr": Signature(1, 1), "dict": Signature(0, 1, isFree: true),
        "divmod": Signature(2, 2), "enumerate": Signature(1, 2, named: ["iterable": 0, "start": 1]),
        "float": Signature(0, 1), "hex": Signature(1, 1), "int": Signature(0, 2, named: ["base": 1]),
        "isinstance": Signature(2, 2), "len": Signature(1, 1), "list": Signature(0, 1),
        "max": Signature(1, .max, keywords: ["key", "default"]),
        "min": Signature(1, .max, keywords: ["key", "default"]), "oct": Signature(1, 1), "ord": Signature(1, 1),
        "pow": Signature(2, 3, named: ["base": 0, "exp": 1, "mod": 2]), "range": Signature(1, 3),
        "repr": Signature(1, 1), "reversed": Signature(1, 1),
        "round": Signature(1, 2, named: ["number": 0, "ndigits": 1]), "set": Signature(0, 1),
        "sorted": Signature(1, 1, keywords: ["key", "reverse"]), "str": Signature(0, 1, named: ["object": 0]),
        "sum": Signature(1, 2, named: ["start": 1]), "tuple": Signature(0, 1),
        "zip": Signature(0, .max, keywords: ["strict"]),
    ]

    /// The functions that `key=` takes.
    static let keyFunctions: Set<String> = ["len", "abs", "str", "int", "float"]

    /// The names that `isinstance` takes.
    static let types: Set<String> = ["int", "float", "str", "bool", "list", "tuple", "dict", "set", "range"]

    private static let find = Signature(1, 3)
    private static let fill = Signature(1, 2)
    private static let split = Signature(0, 2, named: ["sep": 0, "maxsplit": 1])
    private static let none = Signature(0, 0)
    private static let one = Signature(1, 1)
    private static let optional = Signature(0, 1)
    private static let others = Signature(0, .max)

    static let textMethods: [String: Signature] = [
        "capitalize": none, "casefold": none, "center": fill, "count": find, "endswith": find,
        "expandtabs": Signature(0, 1, named: ["tabsize": 0]), "find": find, "index": find, "isalnum": none,
        "isalpha": none, "isascii": none, "isdecimal": none, "isdigit": none, "isidentifier": none, "islower": none,
        "isnumeric": none, "isprintable": none, "isspace": none, "istitle": none, "isupper": none, "join": one,
        "ljust": fill, "lower": none, "lstrip": optional, "partition": one, "removeprefix": one, "removesuffix": one,
        "replace": Signature(2, 3), "rfind": find, "rindex": find, "rjust": fill, "rpartition": one, "rsplit": split,
        "rstrip": optional, "split": split, "splitlines": Signature(0, 1, named: ["keepends": 0]), "startswith": find,
        "strip": optional, "swapcase": none, "title": none, "upper": none, "zfill": one,
    ]
    static let tupleMethods: [String: Signature] = ["count": one, "index": find]
    static let listMethods: [String: Signature] = ["copy": none, "count": one, "index": find]
    static let dictMethods: [String: Signature] = [
        "copy": none, "get": Signature(1, 2), "items": none, "keys": none, "values": none,
    ]
    static let setMethods: [String: Signature] = [
        "copy": none, "difference": others, "intersection": others, "isdisjoint": one, "issubset": one,
        "issuperset": one, "symmetric_difference": one, "union": others,
    ]

    /// Every method by name, with what the types that have it take together.
    static let methods: [String: Signature] = {
        var merged: [String: Signature] = [:]
        for table in [textMethods, tupleMethods, listMethods, dictMethods, setMethods] {
            for (name, signature) in table {
                guard let known = merged[name] else {
                    merged[name] = signature
                    continue
                }
                merged[name] = Signature(
                    min(known.least, signature.least), max(known.most, signature.most),
                    named: known.named.merging(signature.named) { first, _ in first })
            }
        }
        return merged
    }()

    /// Attributes through which frames, code, classes and functions could be reached.
    static let refusedAttributes: Set<String> = [
        "mro", "subclasses", "format", "format_map", "tb_frame", "tb_next", "tb_lasti", "tb_lineno", "f_back",
        "f_builtins", "f_code", "f_generator", "f_globals", "f_lasti", "f_lineno", "f_locals", "f_trace",
        "f_trace_lines", "f_trace_opcodes", "gi_code", "gi_frame", "gi_running", "gi_suspended", "gi_yieldfrom",
        "cr_await", "cr_code", "cr_frame", "cr_origin", "cr_running", "cr_suspended", "ag_await", "ag_code",
        "ag_frame", "ag_running", "ag_suspended", "co_argcount", "co_cellvars", "co_code", "co_consts",
        "co_exceptiontable", "co_filename", "co_firstlineno", "co_flags", "co_freevars", "co_kwonlyargcount",
        "co_linetable", "co_lines", "co_lnotab", "co_name", "co_names", "co_nlocals", "co_positions",
        "co_posonlyargcount", "co_qualname", "co_stacksize", "co_varnames", "func_closure", "func_code",
        "func_defaults", "func_dict", "func_doc", "func_globals", "func_name", "im_class", "im_func", "im_self",
    ]

    /// What plain values have and the language does not reach: methods that change their receiver, parts of numbers.
    private static let refusedMembers: Set<String> = [
        "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "popitem", "setdefault", "update",
        "add", "discard", "difference_update", "intersection_update", "symmetric_difference_update", "fromkeys",
        "encode", "decode", "translate", "maketrans", "numerator", "denominator", "imag", "conjugate", "bit_length",
        "bit_count", "to_bytes", "from_bytes", "as_integer_ratio", "is_integer", "fromhex",
    ]
    /// Methods whose names are as likely a record's field.
    private static let plausibleFields: Set<String> = [
        "center", "copy", "count", "difference", "find", "get", "index", "intersection", "items", "join", "keys",
        "partition", "replace", "split", "strip", "title", "union", "values",
    ]

    // MARK: - Checks

    private static func rejection(_ message: String, _ range: Range<Int>, hint: String? = nil) -> Diagnostic {
        Diagnostic(kind: .rejected, message: message, range: range, hint: hint)
    }

    /// Refuses names that begin with an underscore or reach into frames.
    static func checkName(_ name: String, _ range: Range<Int>) throws(Diagnostic) {
        if name.utf8.first == 0x5F { throw rejection("names that begin with '_' are refused", range) }
        if refusedAttributes.contains(name) {
            let isFormat = name == "format" || name == "format_map"
            throw rejection("'\(name)' is refused", range, hint: isFormat ? "f-strings serve" : nil)
        }
    }

    static func checkAttribute(_ name: String, _ range: Range<Int>) throws(Diagnostic) {
        if refusedMembers.contains(name) || methods[name] != nil && !plausibleFields.contains(name) {
            throw rejection(
                "'\(name)' is no field", range, hint: methods[name] == nil ? nil : "a method is called: .\(name)()")
        }
    }

    static func checkMethod(_ name: String, _ range: Range<Int>) throws(Diagnostic) {
        if methods[name] != nil { return }
        if refusedMembers.contains(name) { throw rejection("the method '\(name)' may not be called", range) }
        let candidates = methods.keys.sorted()
        throw rejection(
            "there is no method '\(name)'", range,
            hint: suggestion(for: name, among: candidates).map { "did you mean '\($0)'?" })
    }

    static func checkFunction(_ name: String, _ range: Range<Int>) throws(Diagnostic) {
        if functions[name] != nil { return }
        try checkName(name, range)
        let candidates = functions.keys.sorted()
        throw rejection(
            "there is no function '\(name)'", range,
            hint: suggestion(for: name, among: candidates).map { "did you mean '\($0)'?" })
    }

    static func checkArguments(of callee: Token, count: Int, keywords: [String]) throws(Diagnostic) {
        guard let signature = functions[callee.text] else { preconditionFailure("an unchecked function") }
        try check(signature, callee, count, keywords)
    }

    static func checkArguments(ofMethod callee: Token, count: Int, keywords: [String]) throws(Diagnostic) {
        guard let signature = methods[callee.text] else { preconditionFailure("an unchecked method") }
        try check(signature, callee, count, keywords)
    }

    private static func check(
        _ signature: Signature, _ callee: Token, _ count: Int, _ keywords: [String]
    ) throws(Diagnostic) {
        var given = count
        for keyword in keywords {
            if let position = signature.named[keyword] {
                if position < count { throw rejection("\(callee.text)() gets '\(keyword)' twice", callee.range) }
                given += 1
            } else if signature.isFree {
                try checkName(keyword, callee.range)
            } else if !signature.keywords.contains(keyword) {
                let candidates = signature.named.keys.sorted() + signature.keywords.sorted()
                throw rejection(
                    "\(callee.text)() takes no argument '\(keyword)'", callee.range,
                    hint: suggestion(for: keyword, among: candidates).map { "did you mean '\($0)'?" })
            }
        }
        if given < signature.least || given > signature.most {
            let range =
                signature.least == signature.most
                ? "\(signature.least)"
                : signature.most == .max ? "at least \(signature.least)" : "\(signature.least) to \(signature.most)"
            throw rejection(
                "\(callee.text)() takes \(range) argument\(range == "1" || range == "at least 1" ? "" : "s") (\(given) given)",
                callee.range)
        }
    }
}
