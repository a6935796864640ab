import Testing

@testable import ProcessInspection

/// Memory that is not what it is taken for: reading it ends, and says so.
@Suite struct HostileMemoryTests {
    private static let layouts = (8...12).compactMap { StackLayout.measured(minor: $0) }

    private func memory(
        _ layout: StackLayout, types: StackMemory.Types = .init(), read: @escaping (Int, UInt64) -> [UInt8]?
    ) -> StackMemory {
        StackMemory(layout: layout, types: types, read: read)
    }

    @Test(arguments: layouts) func nothingIsMapped(_ layout: StackLayout) {
        let memory = memory(layout) { _, _ in nil }
        #expect(ThreadList(runtime: 1 << 20, in: memory) == nil)
        let walk = StackWalk(of: 1 << 20, in: memory)
        #expect(walk.isChanging && walk.frames == [])
        #expect(CodeObject(at: 1 << 20, in: memory) == nil)
    }

    @Test(arguments: layouts) func lessThanAskedForIsMapped(_ layout: StackLayout) {
        let memory = memory(layout) { count, _ in [UInt8](repeating: 8, count: max(0, count - 1)) }
        #expect(ThreadList(runtime: 1 << 20, in: memory) == nil)
        #expect(memory.text(1 << 20) == nil && memory.content(ofBytes: 1 << 20) == nil)
    }

    @Test(arguments: layouts) func everyPointerLeadsToItself(_ layout: StackLayout) throws {
        // Every word is the same address: lists without end, frames whose caller is themselves.
        let own: UInt64 = 1 << 20
        let word = (0..<8).map { UInt8(truncatingIfNeeded: own >> ($0 * 8)) }
        let memory = memory(layout, types: .init(code: 1)) { count, address in
            (0..<count).map { word[(Int(truncatingIfNeeded: address) + $0) % 8] }
        }
        let list = try #require(ThreadList(runtime: own, in: memory))
        #expect(list.entries.count == ThreadList.mostThreads)
        #expect(StackWalk(of: own, in: memory).isChanging)
    }

    @Test(arguments: layouts) func anythingAtAll(_ layout: StackLayout) {
        for _ in 0..<300 {
            let memory = memory(layout) { count, _ in
                guard count < 1 << 16, Int.random(in: 0..<10) > 0 else { return nil }
                // Small numbers as often as large ones, so that sizes and kinds are believed now and then.
                let isSmall = Bool.random()
                return (0..<count).map { $0 % 8 == 0 || !isSmall ? UInt8.random(in: 0...255) : 0 }
            }
            _ = ThreadList(runtime: 1 << 20, in: memory)
            _ = StackWalk(of: 1 << 20, in: memory)
            _ = CodeObject(at: 1 << 20, in: memory)?.line(at: .random(in: 0 ... .max), layout.instructionFormat)
            _ = memory.text(1 << 20)
        }
    }

    @Test func endlessChainsAreCut() {
        // A code object for every frame, and each frame called by the next: as long as a stack is read, and no longer.
        var layout = Self.layouts[4]
        layout.holderFrame = nil
        let memory = memory(layout) { count, address in
            var bytes = [UInt8](repeating: 0, count: count)
            func put(_ value: UInt64, _ offset: UInt64) {
                for index in 0..<8 where Int(offset) + index < count {
                    bytes[Int(offset) + index] = UInt8(truncatingIfNeeded: value >> (index * 8))
                }
            }
            // The interpreter's own frames need no code.
            put(address + 128, layout.framePrevious)
            put(3, layout.frameOwner ?? 0)
            if count == 8 { put(1 << 20, 0) }
            return bytes
        }
        let walk = StackWalk(of: 1 << 20, in: memory)
        #expect(walk.isCut && walk.frames == [] && !walk.isChanging)
    }
}
