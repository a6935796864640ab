/// How an agent was brought into its target, and what that took of the target's threads.
public struct Entry: Sendable, Equatable {
    /// The way that was taken.
    public var way: AttachOptions.Way
    /// For how long a thread stood still, over all stops; zero when none was stopped.
    public var standing: Duration
    /// For how long a thread was away from its own work: standing still, running our call, and waiting for its turn.
    public var away: Duration
    /// Whether the agent was there compiled for the target's interpreter, which was spared the work.
    public var isCompiled = false

    /// Makes the report.
    public init(way: AttachOptions.Way, standing: Duration, away: Duration) {
        self.way = way
        self.standing = standing
        self.away = away
    }
}
