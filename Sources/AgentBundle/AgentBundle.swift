// AgentBundle
