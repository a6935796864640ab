/// Looks again and again for Python processes whose command line has a text, reading as little as it can each time.
///
/// Every look sees processes that are new; those that have been there for a while are looked at now and then, since a
/// process may become another program.
public struct ProcessWatch: Sendable {
    private let text: String
    private let processes: ProcFileSystem
    private let ownPid: Int32?
    private var settled: Set<Int32> = []
    private var looks = 0

    /// Every so many looks all processes are looked at.
    static let wholeLookInterval = 10

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - text: What the command line has to have.
    ///   - processes: Where processes are looked up.
    public init(for text: String, in processes: ProcFileSystem = .live) {
        self.text = text
        self.processes = processes
        ownPid = processes.ownPid
    }

    /// Looks once.
    ///
    /// - Returns: The processes that fit, by ascending number; never this one.
    public mutating func look() -> [PythonProcess] {
        let isWhole = looks % Self.wholeLookInterval == 0
        looks += 1
        let pids = processes.pids
        let fitting = pids.filter { pid in
            guard pid != ownPid, isWhole || !settled.contains(pid),
                let arguments = processes.strings("cmdline", of: pid)
            else { return false }
            return arguments.joined(separator: " ").contains(text)
        }
        // One that fits may be about to become a Python: it is never taken for settled.
        if isWhole { settled = Set(pids).subtracting(fitting) }
        return fitting.sorted().compactMap { try? PythonProcess.find($0, in: processes) }
    }
}
