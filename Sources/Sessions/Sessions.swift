/// What the shell sees of the world: the targets that can be opened, and why one cannot.
///
/// One conformer reaches this machine's processes; another may reach a remote `sonde serve`.
public protocol Sessions: Sendable {
    /// The Python processes that could be opened, in the order of their pids.
    func targets() async throws(SessionError) -> [TargetInfo]

    /// Opens a session with one target, putting an agent into it when none is there.
    ///
    /// - Parameters:
    ///   - name: which target.
    ///   - options: how long it may take, which way in is forced, and whether the target is waited for.
    /// - Throws: `SessionError`, which names what stands in the way and what mends it.
    func open(_ name: TargetName, options: AttachOptions) async throws(SessionError) -> any Session

    /// Reads where a target's threads are, from outside: nothing is asked of it, nothing runs in it and no agent is needed.
    ///
    /// - Parameters:
    ///   - name: which target.
    ///   - thread: only the thread of this number, Python's own or the system's; nil reads all.
    /// - Returns: The threads, the oldest first; none when there is no such thread.
    func stacks(of name: TargetName, thread: UInt64?) async throws(SessionError) -> [ThreadStack]

    /// Waits until what was begun in a target for sessions that nobody waits for any longer has been taken back.
    func close() async

    /// Looks for what stands in the way of attaching.
    ///
    /// - Parameter name: which target, or nil for what concerns this machine and user only.
    func diagnose(_ name: TargetName?) async throws(SessionError) -> [Check]
}
