/// The registers that gdb is told there are: the general ones and those of SSE.
///
/// After each call gdb writes back all registers it knows. Seen with gdb 13.1 on a processor with AVX-512: it then clears
/// registers 16 to 31, in which the C library holds the bytes that it copies. What it does not know it leaves alone, and
/// the functions that are called (plain C built for any x86-64) leave it alone too.
enum GdbRegisters {
    /// Tests in gdb's language that it knows no more than these.
    static let areFew = "$_isvoid($ymm0) && $_isvoid($zmm16) && $_isvoid($k1)"

    /// A target description, as `set tdesc filename` takes it (the gdb manual, "Standard Target Features").
    static var description: String {
        let general = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15".split(separator: " ")
        let core =
            general.map { register($0, 64, $0 == "rsp" || $0 == "rbp" ? "data_ptr" : "int64") }
            + [register("rip", 64, "code_ptr"), register("eflags", 32, "int32")]
            + "cs ss ds es fs gs".split(separator: " ").map { register($0, 32, "int32") }
            + (0..<8).map { register("st\($0)", 80, "i387_ext") }
            + "fctrl fstat ftag fiseg fioff foseg fooff fop".split(separator: " ").map { register($0, 32, "int32") }
        let vectors = (0..<16).map { register("xmm\($0)", 128, "uint128") } + [register("mxcsr", 32, "int32")]
        return """
            <?xml version="1.0"?>
            <!DOCTYPE target SYSTEM "gdb-target.dtd">
            <target>
            <architecture>i386:x86-64</architecture>
            <osabi>GNU/Linux</osabi>
            \(feature("core", core))
            \(feature("sse", vectors))
            \(feature("linux", [register("orig_rax", 64, "int64")]))
            </target>

            """
    }

    private static func register(_ name: some StringProtocol, _ bits: Int, _ type: String) -> String {
        "<reg name=\"\(name)\" bitsize=\"\(bits)\" type=\"\(type)\"/>"
    }

    private static func feature(_ name: String, _ registers: [String]) -> String {
        "<feature name=\"org.gnu.gdb.i386.\(name)\">\n\(registers.joined(separator: "\n"))\n</feature>"
    }
}
