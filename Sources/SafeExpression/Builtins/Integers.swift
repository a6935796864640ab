internal import BigInt

/// Integers of any size: arithmetic whose cost is checked first, and their text.
enum Integers {
    /// Decimal digits, refused beyond Python's limit.
    static func decimal(_ number: BigInt, _ state: inout State) throws(Fault) -> [UInt8] {
        let bits = number.magnitude.bitWidth
        // log10(2) rounded down, so that nothing shorter is refused before it is counted.
        if Double(bits) * 0.30102 > Double(state.limits.digits) + 1 { throw tooLong(state) }
        try state.charge(bits >> 4)
        let text = Array(String(number).utf8)
        if text.count - (number.sign == .minus ? 1 : 0) > state.limits.digits { throw tooLong(state) }
        return text
    }

    private static func tooLong(_ state: State) -> Fault {
        state.fault(.limit(.digits), "an integer of more than \(state.limits.digits) digits has no text")
    }
}
