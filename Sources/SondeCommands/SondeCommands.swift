// SondeCommands
