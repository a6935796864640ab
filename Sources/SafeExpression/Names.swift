/// Which variables an expression may name.
public enum Names: Sendable {
    /// Any; one that is missing when the expression runs is a `NameError`.
    case open
    /// These and no others; another is refused before anything runs, with "did you mean".
    case declared([String])
}
