/// What stands between the shell and the one who uses it: a terminal, a pipe, or a test that records.
///
/// The shell writes data with `write`, all else with `report`, and never asks what is behind.
public protocol Front: Sendable {
    /// Writes data; each call ends with a whole row, and is to be flushed.
    ///
    /// - Returns: false when the reader is gone, which ends what is running.
    func write(_ text: String) -> Bool

    /// Writes what is not data: errors, notices, progress. It is made of whole lines.
    func report(_ text: String)

    /// How many columns a person sees; asked again before each table.
    var width: Int { get }

    /// Whether a person looks at the data, who wants it cut to the width; not so down a pipe or into a file.
    var isPersonLooking: Bool { get }

    /// Whether data may be coloured.
    var colorsData: Bool { get }

    /// Whether reports may be coloured.
    var colorsReports: Bool { get }

    /// Shows what is waited for, once it takes longer than half a second; nil when the wait is over.
    func showProgress(_ text: String?)

    /// Asks a person yes or no; false when there is none.
    func confirm(_ question: String) async -> Bool

    /// The lines typed so far, oldest first.
    func history() async -> [String]
}

extension Front {
    /// No colour unless the front says so.
    public var colorsData: Bool { false }
    /// No colour unless the front says so.
    public var colorsReports: Bool { false }
    /// Nothing is shown unless the front says how.
    public func showProgress(_ text: String?) {}
    /// No one to ask.
    public func confirm(_ question: String) async -> Bool { false }
    /// No history.
    public func history() async -> [String] { [] }
}
