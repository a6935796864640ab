// LocalSessions
