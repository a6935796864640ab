/// How to get into a target.
public struct AttachOptions: Sendable, Equatable {
    /// A way in, by the name it has for people.
    public enum Way: String, Sendable, CaseIterable {
        /// CPython's own remote debugging interface, 3.14 and later.
        case remoteExec = "remote-exec"
        /// Stopping one thread for about a millisecond.
        case ptrace
        /// Having gdb queue a call: a last resort, never taken unasked.
        case gdb
    }

    /// Whether the target is there when it is asked for.
    public enum Arrival: Sendable, Equatable {
        /// It is, or opening it fails.
        case isThere
        /// It is waited for, until it has appeared and its interpreter has started; with a limit, no longer than that.
        case isAwaited(Duration?)
    }

    /// By when the agent must have answered.
    public var deadline: Duration
    /// The only way in to try; nil tries them in order. An agent that is there already is used whatever the way.
    public var way: Way?
    /// Whether the target is there.
    public var arrival: Arrival

    /// Makes the options.
    public init(deadline: Duration = .seconds(10), way: Way? = nil, arrival: Arrival = .isThere) {
        self.deadline = deadline
        self.way = way
        self.arrival = arrival
    }
}
