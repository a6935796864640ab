/// How an injection went: the source has run in the target, and nothing of the way there is left.
public struct Injection: Sendable, Hashable {
    /// The way that was taken.
    public var way: Way
    /// How long a thread of the target stood still because of us, in microseconds, over all stops.
    public var stoppedMicroseconds: Int
    /// How often it was stopped.
    public var stops: Int

    /// Makes the report.
    public init(way: Way, stoppedMicroseconds: Int, stops: Int) {
        self.way = way
        self.stoppedMicroseconds = stoppedMicroseconds
        self.stops = stops
    }
}
