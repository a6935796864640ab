import SafeExpression
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        (0.1, "0.1"), (1e16, "1e+16"), (1e15, "1000000000000000.0"), (123_456_789.0, "123456789.0"), (1e-4, "0.0001"),
        (1e-5, "1e-05"), (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (-0.0, "-0.0"),
        (1.1e-5, "1.1e-05"), (9007199254740993.0, "9007199254740992.0"), (1e22, "1e+22"), (.infinity, "inf"),
    ])
    func showsFloatsAsPython(number: Double, text: String) {
        #expect(Value.float(number).repr == text)
    }

    @Test func comparesAsPython() {
        #expect(Value.int(1) == .float(1) && Value.bool(true) == .int(1))
        #expect(Value.int(9_007_199_254_740_993) != .float(9_007_199_254_740_992))
        #expect(Value.string("é") != .string("e\u{301}"))
        #expect(Value.list([.int(1)]) != .tuple([.int(1)]))
        #expect(Value.float(.nan) == .float(.nan))
        #expect(
            Value.dict([(.int(1), .none), (.string("a"), .none)]) == .dict([(.string("a"), .none), (.float(1), .none)]))
        #expect(Set<Value>([.int(1), .float(1), .bool(true)]).count == 1)
    }

    @Test func keepsTheOrderOfDictsAndFindsEveryKey() {
        let pairs = (0..<100).map { (key: Value.string("k\($0)"), value: Value.int($0)) }
        let dict = Value.dict(pairs)
        #expect(dict.asDict?.map(\.value) == (0..<100).map(Value.int))
        for number in 0..<100 { #expect(dict["k\(number)"] == .int(number)) }
        #expect(dict["k100"] == nil)
    }

    /// The orders that CPython 3.12 shows for sets of numbers.
    @Test(arguments: [
        ([3, 1, 2], "{1, 2, 3}"), ([8, 1, 0], "{8, 1, 0}"), ([10, 2, 18, 26], "{18, 26, 10, 2}"),
        ([-1, -2, 5], "{5, -1, -2}"), ([100, 33, 65, 1, 97], "{65, 33, 1, 100, 97}"),
    ])
    func ordersSetsAsCPython(numbers: [Int], repr: String) {
        #expect(Value.set(numbers.map(Value.int)).repr == repr)
    }

    @Test func recordsHaveFields() {
        let record = Value.record(
            CapturedObject(typeName: "shop.Cart", repr: "<Cart>", attributes: [("total", .int(3))]))
        #expect(record["total"] == .int(3) && record["none"] == nil)
        #expect(record.typeName == "shop.Cart" && record.str == "<Cart>" && record.isTruthy)
    }
}
