/// How an injection went: the source has run in the target, and nothing of the way there is left.
public struct Injection: Sendable, Hashable {
    /// The way that was taken.
    public var way: Way
    /// For how long threads of the target were used; all zero when none was stopped.
    public var use: ThreadUse

    /// Makes the report.
    public init(way: Way, use: ThreadUse = ThreadUse()) {
        self.way = way
        self.use = use
    }
}

/// For how long an injection used threads of the target.
public struct ThreadUse: Sendable, Hashable {
    /// How often one was stopped.
    public var stops = 0
    /// How long one stood still, in nanoseconds, over all stops.
    public var standingNanoseconds: Int64 = 0
    /// How long one was away from its own work, in nanoseconds: standing still, running our call, and, where that call needs
    /// the GIL, waiting for it like any other thread. Only a thread that is blocked anyway is made to wait.
    public var awayNanoseconds: Int64 = 0

    /// No use at all.
    public init() {}

    static func += (left: inout ThreadUse, right: ThreadUse) {
        left.stops += right.stops
        left.standingNanoseconds += right.standingNanoseconds
        left.awayNanoseconds += right.awayNanoseconds
    }
}
