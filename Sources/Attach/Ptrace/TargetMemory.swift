internal import Glibc
internal import ProcessInspection

/// The target's memory through `/proc/PID/mem`.
///
/// The file belongs to the memory as it was when it was opened: after an `exec` it reaches nothing, and so nothing of
/// the new program can be damaged. Unlike process_vm_writev it writes our own executable page (which is not writable
/// for the target), and makes the stack grow where it has not been touched yet.
struct TargetMemory: ~Copyable {
    private let file: File
    private let process: Int32

    init(of process: Int32) throws(AttachError) {
        self.process = process
        do {
            file = try File("/proc/\(process)/mem", isWritable: true)
        } catch {
            switch error.kind {
            case .missing: throw .noSuchProcess(process)
            case .notPermitted: throw Obstacle.ofSeizing(process, errno: EPERM)
            default: throw AttachError(.failed, error.message)
            }
        }
    }

    /// Reads bytes; nil when they are not (or no longer) there.
    func read(_ count: Int, at address: UInt64) -> [UInt8]? {
        guard let bytes = try? file.read(count, at: address), bytes.count == count else { return nil }
        return bytes
    }

    /// What was found at an address.
    enum Look: Equatable {
        case word(UInt32)
        /// Nothing is mapped there.
        case nothing
        /// The whole memory is gone: the process has ended or replaced itself by another program.
        case gone
    }

    /// Looks at one 32-bit word.
    ///
    /// The kernel tells the two ways apart in which nothing can be read (fs/proc/base.c, mem_rw): of memory that is gone it
    /// gives no bytes, at an address where nothing is mapped an error.
    func look(at address: UInt64) -> Look {
        do {
            let bytes = try file.read(4, at: address)
            return bytes.count == 4 ? .word(ByteReader(bytes).u32(0)) : .gone
        } catch {
            return .nothing
        }
    }

    /// Reads one 32-bit word; nil when it is not (or no longer) there.
    func word(at address: UInt64) -> UInt32? { read(4, at: address).map { ByteReader($0).u32(0) } }

    /// Writes bytes, all of them.
    func write(_ bytes: [UInt8], at address: UInt64, at step: Step) throws(AttachError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(
                    file.descriptor, $0.baseAddress! + written, bytes.count - written,
                    off_t(bitPattern: UInt(address)) + written)
            }
            let error = errno
            if count > 0 {
                written += count
            } else if count == 0 {
                throw .replaced(process)
            } else if error != EINTR {
                throw .failed(process, "write its memory", errno: error, at: step)
            }
        }
    }
}
