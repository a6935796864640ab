internal import BigInt

/// A `range`: its numbers may be of any size.
public final class Progression: Sendable {
    let start: BigInteger
    let stop: BigInteger
    let step: BigInteger
    /// How many numbers it has, Python's `len`, but of any size.
    let length: Length
    /// The bits of the longest of its numbers, which tell what work on them costs.
    let bits: Int

    enum Length: Sendable, Equatable {
        case small(Int)
        case large(BigInteger)
        static let zero = Length.small(0)

        static func == (left: Length, right: Length) -> Bool {
            switch (left, right) {
            case (.small(let a), .small(let b)): a == b
            case (.large(let a), .large(let b)): a.number == b.number
            default: false
            }
        }
    }

    init(start: BigInt, stop: BigInt, step: BigInt) {
        precondition(!step.isZero, "a range's step")
        self.start = BigInteger(start)
        self.stop = BigInteger(stop)
        self.step = BigInteger(step)
        let span = step.sign == .plus ? stop - start : start - stop
        let size = span.signum() <= 0 ? BigInt(0) : (span - 1) / BigInt(step.magnitude) + 1
        length = Int(exactly: size).map(Length.small) ?? .large(BigInteger(size))
        bits = max(start.magnitude.bitWidth, stop.magnitude.bitWidth, step.magnitude.bitWidth)
    }

    /// Start, step and count when every number fits 64 bits.
    var machine: (start: Int, step: Int, count: Int)? {
        guard let start = start.small, let step = step.small, case .small(let count) = length else { return nil }
        if count == 0 { return (start, step, 0) }
        let (distance, overflow) = (count - 1).multipliedReportingOverflow(by: step)
        if overflow || start.addingReportingOverflow(distance).overflow { return nil }
        return (start, step, count)
    }

    func number(at place: BigInt) -> Value { Value(BigInteger(start.number + step.number * place)) }

    /// Where an integer stands, nil if it is not in the range.
    func position(of number: BigInt) -> BigInt? {
        let step = step.number
        let offset = number - start.number
        if step.sign == .plus
            ? number < start.number || number >= stop.number : number > start.number || number <= stop.number
        {
            return nil
        }
        let (quotient, remainder) = offset.quotientAndRemainder(dividingBy: step)
        return remainder.isZero ? quotient : nil
    }
}
