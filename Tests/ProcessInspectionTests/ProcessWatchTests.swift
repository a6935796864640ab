import Glibc
import Testing

@testable import ProcessInspection

@Suite struct ProcessWatchTests {
    private static let python = "/nowhere/bin/python3.9"

    @Test func seesWhatIsNew() {
        let proc = FakeProc()
        proc.process(7, exe: Self.python, arguments: ["python3.9", "other.py"])
        var watch = ProcessWatch(for: "py shop", in: proc.fileSystem)
        #expect(watch.look().isEmpty)
        proc.process(8, exe: Self.python, arguments: ["python3.9", "app.py", "shop"])
        #expect(watch.look().map(\.pid) == [8])
        proc.process(9, exe: Self.python, arguments: ["python3.9", "app.py", "shop"])
        #expect(watch.look().map(\.pid) == [8, 9])
    }

    @Test func aProcessMayBecomeAnother() {
        let proc = FakeProc()
        proc.process(7, exe: "/nowhere/bin/sh", arguments: ["sh", "start"])
        proc.process(8, exe: "/nowhere/bin/env", arguments: ["env", "python3.9", "shop.py"])
        var watch = ProcessWatch(for: "shop.py", in: proc.fileSystem)
        #expect(watch.look().isEmpty)
        // One that has the text is looked at every time, the others now and then.
        proc.process(8, exe: Self.python, arguments: ["python3.9", "shop.py"])
        #expect(watch.look().map(\.pid) == [8])
        proc.process(7, exe: Self.python, arguments: ["python3.9", "shop.py"])
        var looks = 0
        while watch.look().count < 2, looks < ProcessWatch.wholeLookInterval { looks += 1 }
        #expect(looks < ProcessWatch.wholeLookInterval)
    }

    @Test func neverItself() {
        let proc = FakeProc()
        // Who looks is process 100 there.
        proc.process(100, exe: Self.python, arguments: ["sonde", "--wait", "shop.py"])
        var watch = ProcessWatch(for: "shop.py", in: proc.fileSystem)
        #expect(watch.look().isEmpty)
    }
}
