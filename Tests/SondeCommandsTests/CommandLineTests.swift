import Sessions
import Shell
import Testing

@testable import SondeCommands

@Suite struct CommandLineTests {
    private func open(_ arguments: String...) throws -> OpenVerb {
        try #require(try CommandLineParser.parse(arguments) as? OpenVerb)
    }

    private func message(_ arguments: String...) -> (text: String, isError: Bool) {
        do {
            _ = try CommandLineParser.parse(arguments)
            return ("parsed", false)
        } catch {
            return CommandLineParser.message(for: error)
        }
    }

    @Test func theFirstWordIsAVerbOrATarget() throws {
        #expect(try CommandLineParser.parse(["ps", "-o", "json"]) is ProcessesVerb)
        #expect(try CommandLineParser.parse(["doctor", "4711"]) is DoctorVerb)
        #expect(try open("4711").target == "4711")
        #expect(try open("-q", "ps").target == "ps")
        #expect(try open().target == nil)
    }

    @Test func wordsBehindAScriptAreItsArguments() throws {
        let both = try open("4711", "-o", "jsonl", "-f", "slow.sonde", "shop:checkout", "-q", "limit=3")
        #expect(both.target == "4711")
        #expect(both.script == "slow.sonde")
        #expect(both.scriptArguments == ["shop:checkout", "limit=3"])
        #expect(both.options.run.output.quiet)

        let alone = try open("-f", "slow.sonde", "4711")
        #expect(alone.target == nil)
        #expect(alone.scriptArguments == ["4711"])

        let dashed = try open("shop", "--file=slow.sonde", "--", "-x")
        #expect(dashed.target == "shop")
        #expect(dashed.scriptArguments == ["-x"])

        // The text of -c hides nothing.
        let text = try open("-c", "-f", "shop")
        #expect(text.commands == "-f")
        #expect(text.target == "shop")
    }

    @Test func optionsReachTheShell() throws {
        let verb = try open("4711", "-o", "csv", "--allow", "exec", "--timeout", "1.5s", "--color", "never", "-q")
        let options = verb.options.run.interpreterOptions(allow: verb.options.allow.value)
        #expect(options.format == .csv)
        #expect(options.allow == .exec)
        #expect(options.deadline == .milliseconds(1500))
        #expect(options.attach.deadline == .milliseconds(1500))
        #expect(options.isQuiet)
        #expect(verb.options.run.output.color.value == .never)
    }

    @Test func whatIsLaunchedStandsBehindDashes() throws {
        func launch(_ arguments: String...) throws -> LaunchVerb {
            try #require(try CommandLineParser.parse(["launch"] + arguments) as? LaunchVerb)
        }
        let verb = try launch("-c", "status", "--via", "ptrace", "--", "python", "-m", "app", "--", "-c", "x")
        #expect(verb.program == ["python", "-m", "app", "--", "-c", "x"])
        #expect(verb.commands == "status")
        #expect(verb.options.interpreterOptions.attach.way == .ptrace)
        let script = try launch("-f", "slow.sonde", "limit=3", "--", "./app.py")
        #expect(script.arguments == ["limit=3"] && script.program == ["./app.py"])
    }

    @Test func theWayInAndTheWait() throws {
        #expect(try open("4711").options.interpreterOptions.attach.way == nil)
        #expect(try open("4711", "--via", "ptrace").options.interpreterOptions.attach.way == .ptrace)
        #expect(try open("--wait", "shop.py", "-c", "status").target == "shop.py")
        let script = try open("shop.py", "--wait", "--via", "remote-exec", "-f", "slow.sonde", "limit=3")
        #expect(script.wait && script.target == "shop.py")
        #expect(script.scriptArguments == ["limit=3"])
    }

    @Test(arguments: [
        (["--bogus"], "error: Unknown option '--bogus'"),
        (["shop", "py"], "error: Unexpected argument 'py': a target with blanks needs quotes."),
        (["a", "b", "-f", "x"], "error: Unexpected argument 'b': a target with blanks needs quotes."),
        (["-c", "a", "-f", "b"], "error: -c and -f exclude each other."),
        (["-q", "-v"], "error: -q and -v exclude each other."),
        (["--timeout", "soon"], "error: The value 'soon' is invalid for '--timeout <time>'"),
        (["--timeout", "0s"], "error: The value '0s' is invalid for '--timeout <time>'"),
        (["eval"], "error: An expression is missing, or --batch with a file."),
        (
            ["eval", "x", "--var", "x=alice"],
            #"error: The value of 'x' is no JSON: expected a value. A text is written 'x="…"'."#
        ),
        (["eval", "x", "--var", "=1"], "error: --var needs name=json, not '=1'."),
        (["launch"], "error: The program to start is missing: it stands behind --."),
        (["launch", "-c", "status", "--"], "error: The program to start is missing: it stands behind --."),
        (["launch", "python", "app.py"], "error: Unexpected argument 'python': the program stands behind --."),
        (["launch", "--via", "magic", "--", "python"], "error: The value 'magic' is invalid for '--via <way>'."),
        (["4711", "--via", "magic"], "error: The value 'magic' is invalid for '--via <way>'."),
        (["--wait"], "error: --wait needs a part of the command line to wait for."),
        (["--wait", "-f", "slow.sonde", "x"], "error: --wait needs a part of the command line to wait for."),
        (["doctor", "4711", "--via", "ptrace"], "error: Unknown option '--via'"),
        (["ps", "--allow", "exec"], "error: Unknown option '--allow'"),
    ])
    func mistakesAreExplained(arguments: [String], start: String) {
        do {
            _ = try CommandLineParser.parse(arguments)
            Issue.record("parsed")
        } catch {
            let (text, isError) = CommandLineParser.message(for: error)
            #expect(isError)
            #expect(text.hasPrefix(start), "\(text)")
        }
    }

    @Test func helpNamesAllVerbs() {
        let (text, isError) = message("--help")
        #expect(!isError)
        for verb in CommandLineParser.verbs {
            #expect(text.contains("\n  \(verb.word ?? "?") "))
        }
        #expect(message("help").text == text)
        #expect(message("help", "where").text == message("where", "--help").text)
        #expect(message("--version").text == "sonde \(Version.current)\n")
    }

    @Test func wordsAreQuotedForTheCommandLanguage() {
        #expect(Quoting.word("shop:checkout") == "shop:checkout")
        #expect(Quoting.word("limit=3") == "limit=3")
        #expect(Quoting.word("") == "''")
        #expect(Quoting.word("-x") == "'-x'")
        #expect(Quoting.word("it's {x}") == #"'it'"'"'s {x}'"#)
        #expect(Quoting.word("a\nb") == #"'a'"\n"'b'"#)
    }
}
