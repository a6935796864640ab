internal import ExpressionChecks

/// What libFuzzer calls with each input that it makes up.
///
/// - Parameters:
///   - start: The input's bytes.
///   - count: How many there are.
/// - Returns: Always 0; what is wrong with the language ends the process, and libFuzzer keeps the input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    // Coverage slows the code down by a factor of two to three.
    if let complaint = InputCheck.complaint(about: input, slowness: 3) { fatalError(complaint) }
    return 0
}
