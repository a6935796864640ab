/// How values that JSON lacks are written.
public enum JSONStyle: Sendable {
    /// The agent protocol's form, which reads back as the same value: `{"$tuple":[…]}`, `{"$float":"nan"}` and so on.
    case tagged
    /// What a user gets: tuples and sets as arrays, `"nan"`, integers of any size as numbers, objects as their `repr`.
    case plain
}
