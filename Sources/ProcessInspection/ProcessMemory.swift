internal import CSondeSystem

/// Reads another process's memory without stopping it.
public enum ProcessMemory {
    /// Reads bytes.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - address: From where.
    ///   - pid: The process.
    /// - Returns: The bytes; fewer when the rest is not mapped.
    /// - Throws: ``InspectionError`` when the process is gone, not ours to read, or nothing is mapped there.
    public static func read(_ count: Int, at address: UInt64, of pid: Int32) throws(InspectionError) -> [UInt8] {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let base = buffer.baseAddress, count > 0 else { return }
            result = sonde_process_read(pid, UInt(address), base, count)
            filled = max(result, 0)
        }
        guard result >= 0 else {
            throw .system(Int32(-result), "read memory of process \(pid) at 0x\(String(address, radix: 16))")
        }
        return bytes
    }

    /// Reads one 64-bit word.
    ///
    /// - Parameters:
    ///   - address: From where.
    ///   - pid: The process.
    /// - Returns: The word.
    /// - Throws: ``InspectionError`` as ``read(_:at:of:)`` does, and when only a part of it is mapped.
    public static func word(at address: UInt64, of pid: Int32) throws(InspectionError) -> UInt64 {
        let bytes = try read(8, at: address, of: pid)
        guard bytes.count == 8 else {
            throw .malformed("memory of process \(pid) ends at 0x\(String(address, radix: 16))")
        }
        return ByteReader(bytes).u64(0)
    }
}
