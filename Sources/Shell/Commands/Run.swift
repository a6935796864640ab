/// `run`: a saved script.
enum Run {
    static let command: Command = Command(
        "run", group: .shell, summary: "run a script: a file, or a saved one by its name",
        input: .words([.init("NAME|FILE"), .init("ARG", isOptional: true, isRepeated: true)]),
        examples: [
            .init("run ./slow.sonde shop:checkout", "a file, with the value of its first parameter"),
            .init("run slow fn=shop:checkout limit=20", "a saved one, with parameters by name"),
        ]
    ) { (invocation) throws(Failure) in
        let name = invocation.words[0]
        let (path, text) = try find(name, in: invocation.state)
        let shown = path.split(separator: "/").last.map(String.init) ?? path
        try await invocation.state.runScript(
            SourceText(text, name: name.contains("/") ? name : shown), Array(invocation.words.dropFirst()))
        return .nothing
    }

    /// Reads a file that is named by its path, or a saved script by its name.
    private static func find(_ name: String, in state: ShellState) throws(Failure) -> (path: String, text: String) {
        if name.contains("/") { return (name, try FileWriter.read(name)) }
        var candidates = [name]
        for directory in state.options.scriptDirectories {
            candidates += ["\(directory)/\(name)", "\(directory)/\(name).sonde"]
        }
        candidates.append("\(name).sonde")
        for candidate in candidates {
            if let text = try? FileWriter.read(candidate) { return (candidate, text) }
        }
        throw Failure(
            .failed, "there is no script '\(name)'", hint: "looked for \(candidates.joined(separator: ", "))")
    }
}
