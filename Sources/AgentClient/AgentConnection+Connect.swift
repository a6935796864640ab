public import AgentProtocol
internal import Glibc
internal import NIOCore
internal import NIOPosix

extension AgentConnection {
    /// One thread serves every connection of the shell; it is started with the first one.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Connects to the Unix socket of an agent and takes its greeting.
    ///
    /// - Parameters:
    ///   - path: the socket's path as this process sees it; at most 107 bytes.
    ///   - pid: the process that must be listening there, in this process's pid namespace; nil takes any.
    ///   - timeout: by when the agent must have greeted.
    ///   - sources: the agent's files, for one that has just come and asks for them, given the number of its bytecode.
    /// - Throws: `ClientError`; a listener that is another process is `.impostor`, and is told nothing.
    public static func connect(
        toUnixSocket path: String, pid: Int32?, timeout: Duration,
        sources: @escaping @Sendable (UInt32?) -> [UInt8]
    ) async throws(ClientError) -> (connection: AgentConnection, hello: Hello) {
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group)
                .channelOption(.autoRead, value: false)
                .connectTimeout(.init(timeout))
                .connect(unixDomainSocketPath: path).get()
        } catch {
            throw .unreachable("\(error)")
        }
        let connection = AgentConnection(channel: channel, sources: sources)
        do {
            if let pid { try await verify(channel, is: pid) }
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(MessageHandler(connection: connection))
            }.get()
            try await channel.setOption(.autoRead, value: true).get()
            return (connection, try await connection.hello(timeout: timeout))
        } catch {
            await connection.close()
            throw error as? ClientError ?? .connectionLost("\(error)")
        }
    }

    /// Checks who listens: anybody may have put a socket at a path that all can write to.
    private static func verify(_ channel: any Channel, is pid: Int32) async throws {
        guard let provider = channel as? any SocketOptionProvider else {
            preconditionFailure("a Unix socket's channel has socket options")
        }
        let peer: PeerCredentials = try await provider.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED)
        )
        .get()
        guard peer.pid == pid else { throw ClientError.impostor(expected: pid, found: peer.pid) }
    }
}

/// `struct ucred` of Linux's `<sys/socket.h>`, which Glibc's module does not show (see `unix(7)`).
private struct PeerCredentials {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
}

extension TimeAmount {
    /// The same span.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
