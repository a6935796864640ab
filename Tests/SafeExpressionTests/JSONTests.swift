import SafeExpression
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        ("null", "None"), ("true", "True"), ("-0", "0"), ("12", "12"), ("9223372036854775808", "9223372036854775808"),
        ("-9223372036854775808", "-9223372036854775808"), ("1.5", "1.5"), ("1e400", "inf"), ("1E2", "100.0"),
        (#""a\"\u00e9\n""#, #"'a"é\n'"#), (#""\ud83d\ude00""#, "'😀'"), (#""\ud83d""#, #"'\ud83d'"#),
        (#""\ud83dx\ude00""#, #"'\ud83dx\ude00'"#), ("[]", "[]"), ("[1, [2], {}]", "[1, [2], {}]"),
        (#"{"a": 1, "b": {"a": null}, "a": 3}"#, "{'a': 3, 'b': {'a': None}}"),
        (#"{"$tuple":[1]}"#, "(1,)"), (#"{"$set":[]}"#, "set()"), (#"{"$float":"-inf"}"#, "-inf"),
        (#"{"$int":"123456789012345678901"}"#, "123456789012345678901"), (#"{"$bytes":"AGEn"}"#, #"b"\x00a'""#),
        (#"{"$dict":[[1,2],[{"$tuple":[]},3]]}"#, "{1: 2, (): 3}"), (#"{"$cut":7}"#, "<7 more>"),
        (#"{"$repr":"<Cart>","$type":"shop.Cart","$attrs":{"n":1}}"#, "<Cart>"), (#"{"$other":1}"#, "{'$other': 1}"),
    ])
    func reads(json: String, repr: String) throws {
        #expect(try Value(json: json).repr == repr)
    }

    @Test(arguments: [
        "", " ", "nul", "01", "1.", "-", "1e", "[1,]", "[1", #"{"a"}"#, #"{"a":1,}"#, "{1:2}", #""a"#, #""\x""#,
        #""\u12""#, "\"\u{1}\"", "1 2", "[1}", #"{"$int":1}"#, #"{"$set":[[]]}"#, #"{"$float":"1"}"#,
        #"{"$bytes":"A"}"#, #"{"$dict":[[[],1]]}"#,
    ])
    func refuses(json: String) {
        #expect(throws: JSONError.self) { try Value(json: json) }
    }

    @Test func refusesBrokenUTF8() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
        ] {
            #expect(throws: JSONError.self) { try Value(json: bytes) }
        }
    }

    @Test func refusesDeepNesting() throws {
        let deep = String(repeating: "[", count: 201) + String(repeating: "]", count: 201)
        #expect(throws: JSONError.self) { try Value(json: deep) }
        #expect(try Value(json: deep, maximumDepth: 201).asList?.count == 1)
        #expect(throws: JSONError.self) { try Value(json: String(repeating: "[", count: 1_000_000)) }
    }

    @Test(arguments: [
        "null", "1", "1.0", "1e+22", "[1,\"a\",{\"b\":[]}]", #"{"$tuple":[1,{"$tuple":[]}]}"#, #"{"$set":[1]}"#,
        #"{"$float":"nan"}"#, #"{"$int":"123456789012345678901"}"#, #"{"$bytes":"AGEn"}"#, #"{"$cut":7}"#,
        #"{"$dict":[[1,2]]}"#, #"{"$dict":[["$int","x"]]}"#, #""\ud83d""#, #""é\n\"\\""#,
        #"{"$repr":"<C>","$type":"m.C"}"#, #"{"$repr":"<C","$type":"m.C","$attrs":{"n":[1]},"$cut":5}"#,
    ])
    func writesWhatItRead(json: String) throws {
        var bytes: [UInt8] = []
        try Value(json: json).encodeJSON(into: &bytes, style: .tagged)
        #expect(String(decoding: bytes, as: UTF8.self) == json)
    }

    @Test(arguments: [
        (#"{"$tuple":[1,2]}"#, "[1,2]"), (#"{"$float":"nan"}"#, #""nan""#),
        (#"{"$repr":"<C>","$type":"m.C"}"#, #""<C>""#),
        (#"{"$int":"123456789012345678901"}"#, "123456789012345678901"), (#"{"$dict":[[1,2]]}"#, #"{"1":2}"#),
        (#"{"a":1.5}"#, #"{"a":1.5}"#),
    ])
    func writesPlainly(tagged: String, plain: String) throws {
        #expect(try Value(json: tagged).json == plain)
    }

    // MARK: - Objects that stay text

    /// Whatever an object's members are, they are what decoding the whole gives, in the same order.
    @Test func anObjectSaysTheSameUndecoded() throws {
        for file in ["conformance", "random", "attacks"] {
            let lines = try #require(readFile("\(Corpus.folder)/\(file).jsonl")).split(separator: 0x0A)
            for line in lines {
                guard let object = try? JSONObject(json: line, tagged: false) else { continue }
                let whole = try Value(json: line, tagged: false)
                let members = try #require(whole.asDict)
                #expect(object.keys == members.map(\.key.str))
                for member in members { #expect(object[member.key.str] == member.value) }
                if let variables = object.object("vars") {
                    #expect(variables.keys == whole["vars"]?.asDict?.map(\.key.str))
                }
            }
        }
    }

    @Test func anObjectsKeysMayBeWrittenInAnyWay() throws {
        let text = #" {"a":1,"\u0061":2,"é":3,"\u00e9":4,"":5,"\"":6,"b":{"c":[]},"d":[{"e":1}]} "#
        let object = try #require(try JSONObject(json: Array(text.utf8)[...]))
        #expect(object.keys == ["a", "é", "", "\"", "b", "d"])
        #expect(object["a"] == .int(2) && object["é"] == .int(4) && object[""] == .int(5) && object["\""] == .int(6))
        #expect(object["missing"] == nil && object.object("a") == nil)
        #expect(object.object("b")?["c"]?.repr == "[]")
        #expect(object["d"]?.repr == "[{'e': 1}]")
    }

    /// It lies in the middle of a longer buffer, and is still there when the buffer is not.
    @Test func anObjectKeepsItsText() throws {
        var buffer = Array(#"[0,{"a":{"b":2}},1]"#.utf8)
        let object = try #require(try JSONObject(json: buffer[3..<16]))
        buffer.removeAll()
        #expect(object["a"]?.repr == "{'b': 2}" && object.object("a")?["b"] == .int(2))
    }

    /// Nothing but what is asked for is decoded: a malformed tagged form spoils its own member only.
    @Test func anObjectDecodesWhatIsAskedFor() throws {
        let text = Array(#"{"cost":5,"bad":{"$int":"x"}}"#.utf8)
        #expect(throws: JSONError.self) { try Value(json: text) }
        let object = try #require(try JSONObject(json: text[...]))
        #expect(object["cost"] == .int(5) && object["bad"] == nil && object.keys == ["cost", "bad"])
    }

    @Test(arguments: ["", "1", "[{}]", "null", #""{}""#])
    func whatIsNoObject(json: String) throws {
        #expect(try JSONObject(json: Array(json.utf8)[...]) == nil)
    }

    @Test(arguments: [
        "{", "{}}", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":1,}"#, #"{a:1}"#, #"{"a":01}"#, #"{"a":[1,]}"#,
        #"{"a":{"b":1]}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":tru}"#, #"{"a":1} 2"#, "{\"a\":\"\u{1}\"}",
        #"{"a":--1}"#, #"{"a":1.}"#,
    ])
    func anObjectIsCheckedWhole(json: String) {
        #expect(throws: JSONError.self) { try JSONObject(json: Array(json.utf8)[...]) }
        #expect(throws: JSONError.self) { try Value(json: json) }
    }

    @Test func anObjectIsAsDeepAsAValue() throws {
        let deep = Array(
            (#"{"a":"# + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}").utf8)
        #expect(throws: JSONError.self) { try JSONObject(json: deep[...]) }
        #expect(try JSONObject(json: deep[...], maximumDepth: 201)?["a"]?.asList?.count == 1)
    }
}
