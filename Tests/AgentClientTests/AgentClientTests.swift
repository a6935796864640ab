import Testing

@testable import AgentClient

@Suite struct AgentClientTests {}
