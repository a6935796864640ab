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
}
