internal import AgentBundle

/// The program's version.
enum Version {
    /// The version, such as `0.1.0`: that of the agent inside, since the two are made together.
    static let current = AgentBundle.version
}
