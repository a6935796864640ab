import SondeCommands

await SondeCommands.main()
