internal import SafeExpression

/// Values of every kind, under the names that the corpus of expressions uses and a few more.
enum Variables {
    static let all: [String: Value] = {
        var all: [String: Value] = [:]
        for (name, json) in texts {
            do throws(JSONError) {
                all[name] = try Value(json: json)
            } catch {
                preconditionFailure("the variable \(name): \(error.message) at \(error.offset)")
            }
        }
        all["long"] = .ascii(Array(repeating: 0x61, count: 50_000))
        all["wider"] = .wide(Array(repeating: 0x1F44D, count: 10_000))
        all["many"] = .list((0..<10_000).map { .int($0 * 7919 % 10_007) })
        all["few"] = .list(Array(repeating: .tuple([.int(1), .float(2.5), .ascii([0x78])]), count: 200))
        all["huge"] = power(of: 2, 19_990)
        var deep = Value.int(1)
        for _ in 0..<150 { deep = .list([deep]) }
        all["deep"] = deep
        var deeper = Value.none
        for _ in 0..<190 { deeper = .tuple([deeper]) }
        all["deeper"] = deeper
        return all
    }()

    static let names = all.keys.sorted()

    /// A value for any name: its own, or one that the name picks; some names have none.
    static func value(of name: String) -> Value? {
        if let value = all[name] { return value }
        let sum = name.utf8.reduce(5381) { ($0 &* 33 &+ Int($1)) & 0xFFFF }
        return sum % 16 == 0 ? nil : all[names[sum % names.count]]
    }

    /// As the agent writes them.
    private static let texts: [String: String] = [
        "a": "3", "b": "4", "k": "1", "m": "-7", "n": "5", "z": "0", "depth": "2", "cost": "250.5", "p": "0.1",
        "yes": "true", "no": "false", "none": "null", "throwExp": "null", "nan": #"{"$float":"nan"}"#,
        "inf": #"{"$float":"inf"}"#, "tiny": "-5e-324", "top": "9223372036854775807",
        "low": "-9223372036854775808", "big": #"{"$int":"1000000000000000000000000000000"}"#,
        "minus": #"{"$int":"-9223372036854775809"}"#, "s": #""hello, World""#, "e": #""""#, "name": #""ann""#,
        "thread": #""MainThread""#, "digits": #"" -12_3 ""#, "lines": #""one\ttwo\r\nthree\n\u000b'\"\\\u0007""#,
        "u": #""naïve ǅ ß İ ﬁ 日本 👍\u0301\u200d""#, "w": #""é""#, "lone": #""a\ud800b\udc00""#,
        "x": "[3, 1, 2]", "y": #"[1, 2.5, "a", null, true]"#, "xs": "[1, 2.5, -3, 1e300, 9223372036854775807]",
        "fs": #"[0.1, -0.0, 1e-7, 1e16, {"$float":"nan"}, {"$float":"-inf"}, 5e-324]"#,
        "ss": #"["b", "", "a", "ab", "日本"]"#, "es": "[]", "ks": #"["k", 1, null]"#,
        "nums": "[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]", "roles": #"["admin", "staff"]"#,
        "params": #"["checkout", {"sku": "a-1", "price": 12.5}, [1, 2]]"#, "args": "[1, 2, 3]",
        "t": #"{"$tuple": [1, "two", 3.0, {"$tuple": []}]}"#, "pair": #"{"$tuple": [1, 2]}"#,
        "ps": #"[{"$tuple": ["a", 1]}, {"$tuple": ["b", 2]}]"#, "d": #"{"k": 1, "a": {"b": [1, 2]}, "": null}"#,
        "obj": #"{"a": {"b": 1}, "items": [{"id": 1}, {"id": 2}]}"#, "kwargs": "{}", "returnObj": #"{"total": 1}"#,
        "mixed": #"{"$dict": [[1, "one"], [{"$tuple": [1, 2]}, 2], [null, 3], [2.5, {"$set": [1]}], [true, 0]]}"#,
        "g": #"{"$set": [1, "a", {"$tuple": [1, 2]}, null, 2.5]}"#, "none_set": #"{"$set": []}"#,
        "row": #"{"$repr": "<Row 1>", "$type": "shop.Row", "$attrs": {"cost": 1.5, "user": {"name": "ann"}}}"#,
        "bytes": #"{"$bytes": "YWL/"}"#, "cut": #"[1, 2, {"$cut": 7}]"#, "变量": "1", "é": "2", "ñ": "3",
    ]

    private static func power(of base: Int, _ exponent: Int) -> Value {
        do {
            return try Expression.compile("\(base) ** \(exponent)").evaluate([])
        } catch {
            preconditionFailure(error.message)
        }
    }
}
