internal import SafeExpression

/// What sampling has found: stacks, and how much of the time each took.
struct Profile {
    /// A function that stood on a stack.
    struct Frame {
        let function: String
        let file: String
        let line: Int
    }

    /// A stack, as numbers of frames with the outermost first, and its weight in milliseconds.
    struct Stack {
        let frames: [Int]
        let weight: Double
    }

    let frames: [Frame]
    let stacks: [Stack]

    /// The weight of all stacks, in milliseconds.
    var weight: Double { stacks.reduce(0) { $0 + $1.weight } }

    /// Reads an agent's reply to `top`; what is no stack in it is left out.
    init(_ reply: Value) {
        let frames = (reply["frames"]?.asList ?? []).map { frame in
            let parts = Self.items(frame)
            return Frame(
                function: parts.first?.asString ?? "?", file: parts.count > 1 ? parts[1].asString ?? "" : "",
                line: parts.count > 2 ? parts[2].asInt ?? 0 : 0)
        }
        self.frames = frames
        stacks = (reply["stacks"]?.asList ?? []).compactMap { stack in
            let parts = Self.items(stack)
            guard parts.count == 2, let weight = parts[1].asDouble, weight > 0, weight.isFinite else { return nil }
            let numbers = Self.items(parts[0]).compactMap(\.asInt).filter(frames.indices.contains)
            return numbers.isEmpty ? nil : Stack(frames: numbers.reversed(), weight: weight)
        }
    }

    private static func items(_ value: Value) -> [Value] {
        if case .tuple(let items) = value { return items }
        return value.asList ?? []
    }
}
