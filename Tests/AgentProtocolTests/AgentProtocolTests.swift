import Testing

@testable import AgentProtocol

@Suite struct AgentProtocolTests {}
