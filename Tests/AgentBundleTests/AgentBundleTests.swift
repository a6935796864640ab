import Testing

@testable import AgentBundle

@Suite struct AgentBundleTests {}
