import Glibc
import Shell
import Testing

@testable import SondeCommands

@Suite struct FrontTests {
    @Test(arguments: [
        (ColorChoice.auto, true, [:], true),
        (.auto, false, [:], false),
        (.auto, true, ["NO_COLOR": "1"], false),
        (.auto, true, ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false),
        (.auto, false, ["CLICOLOR_FORCE": "1"], true),
        (.auto, false, ["CLICOLOR_FORCE": "0"], false),
        (.auto, true, ["TERM": "dumb"], false),
        (.always, false, ["NO_COLOR": "1"], true),
        (.never, true, ["CLICOLOR_FORCE": "1"], false),
    ])
    func colourFollowsTheEnvironment(choice: ColorChoice, isTerminal: Bool, environment: [String: String], isOn: Bool) {
        #expect(choice.isOn(isTerminal: isTerminal, environment: { environment[$0] }) == isOn)
    }

    @Test func thePromptNamesTheTargetAndWhatIsAllowed() {
        #expect(Prompt.text(label: nil, level: .read, color: false) == "sonde> ")
        #expect(Prompt.text(label: "4711 shop.py", level: .eval, color: false) == "sonde 4711 shop.py> ")
        #expect(Prompt.text(label: "4711 shop.py", level: .exec, color: false) == "sonde 4711 shop.py [exec]> ")
        #expect(
            Prompt.text(label: "1 a", level: .exec, color: true)
                == "\u{1B}[1msonde 1 a\u{1B}[0m \u{1B}[31m[exec]\u{1B}[0m> ")
    }

    @Test func aTargetsNameCannotDrawOnTheTerminal() {
        #expect(Prompt.text(label: "1 a\u{1B}[2J\n", level: .read, color: false) == "sonde 1 a?[2J?> ")
        #expect(
            Prompt.text(label: String(repeating: "x", count: 100), level: .read, color: false)
                == "sonde \(String(repeating: "x", count: 40))…> ")
    }

    @Test func aClosedPipeIsNoticed() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let output = Output(ends[1])
        #expect(output.write("row\n"))
        close(ends[0])
        #expect(!output.write("row\n"))
        #expect(output.end == .closed)
        close(ends[1])
        #expect(!output.write("row\n"))
        #expect(output.end == .closed)
    }

    @Test func aFullDiskIsNoticed() {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let output = Output(descriptor)
        #expect(!output.write("row\n"))
        #expect(output.end == .failed("No space left on device"))
    }
}
