extension AgentBundle {
    /// What the agent is told when it is started.
    public struct Settings: Sendable {
        /// Where the agent listens, as the target sees it; at most 107 bytes.
        public let socketPath: String
        /// Where the agent writes why it could not start, as the target sees it.
        public let errorPath: String
        /// The user whose connections the agent takes, beside root's; in the target's user namespace.
        public let userID: UInt32
        /// How long the agent waits for a shell to connect before it takes itself out again; whole seconds.
        public let patience: Duration

        /// Makes the settings.
        public init(
            socketPath: String, errorPath: String, userID: UInt32, patience: Duration = .seconds(30)
        ) {
            self.socketPath = socketPath
            self.errorPath = errorPath
            self.userID = userID
            self.patience = patience
        }
    }
}
