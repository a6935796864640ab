/// One thing that was looked at, and whether it stands in the way of attaching.
public struct Check: Sendable, Hashable {
    /// How it stands.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// It is no obstacle.
        case ok
        /// It may be one, or rules a way out while another is left.
        case warn
        /// It is one.
        case fail
    }

    /// What was looked at, such as `ptrace_scope`.
    public var name: String
    /// How it stands.
    public var status: Status
    /// One line for the user.
    public var message: String
    /// The one command that mends it.
    public var mend: String?

    /// Takes the parts.
    ///
    /// - Parameters:
    ///   - name: What was looked at.
    ///   - status: How it stands.
    ///   - message: One line for the user.
    ///   - mend: The one command that mends it.
    public init(_ name: String, _ status: Status, _ message: String, mend: String? = nil) {
        self.name = name
        self.status = status
        self.message = message
        self.mend = mend
    }
}
