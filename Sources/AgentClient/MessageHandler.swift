internal import AgentProtocol
internal import NIOCore

/// Turns the bytes of one connection into messages; the other end of the channel's pipeline.
final class MessageHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var decoder = Frame.Decoder()
    private let connection: AgentConnection

    init(connection: AgentConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.feed(unwrapInboundIn(data).readableBytesView)
        do {
            while let event = try decoder.next() {
                switch event {
                case .payload(let payload): connection.receive(try Message(payload: payload))
                case .close: return fail(.connectionLost("the agent closed the session"), context)
                }
            }
        } catch let error as ProtocolError {
            fail(.connectionLost(error.message), context)
        } catch Frame.DecodingError.tooLarge(let announced, let limit) {
            fail(.connectionLost("the agent sent \(announced) bytes at once (limit \(limit))"), context)
        } catch {
            fail(.connectionLost("\(error)"), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.finish(.connectionLost("the agent closed the connection"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.connectionLost("\(error)"), context)
    }

    private func fail(_ error: ClientError, _ context: ChannelHandlerContext) {
        connection.finish(error)
        context.close(promise: nil)
    }
}
