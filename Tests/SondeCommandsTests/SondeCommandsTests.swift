import Testing

@testable import SondeCommands

@Suite struct SondeCommandsTests {}
