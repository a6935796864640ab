internal import SafeExpression

/// A profile as a flame graph: one SVG file that needs nothing else.
struct FlameGraph {
    private static let width = 1200.0
    private static let rowHeight = 17
    private static let top = 30
    private static let letterWidth = 6.6
    /// What is narrower is left out, in pixels.
    private static let narrowest = 0.2

    /// One function under the same callers: all stacks that begin alike.
    private final class Node {
        var weight = 0.0
        var children: [Int: Node] = [:]
    }

    private let profile: Profile
    private let root = Node()
    private var depth = 0

    /// Lays the stacks together.
    init(_ profile: Profile) {
        self.profile = profile
        for stack in profile.stacks {
            var node = root
            node.weight += stack.weight
            for number in stack.frames {
                let child = node.children[number] ?? Node()
                node.children[number] = child
                child.weight += stack.weight
                node = child
            }
            depth = max(depth, stack.frames.count)
        }
    }

    /// The file's text.
    ///
    /// - Parameter title: what stands above it.
    func svg(title: String) -> String {
        let height = Self.top + (depth + 1) * Self.rowHeight + 10
        let width = Int(Self.width)
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
            <style>text { font: 11px monospace; fill: #222 } rect { stroke: #fff; stroke-width: 0.5 } \
            g:hover rect { stroke: #000 }</style>
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="\(width / 2)" y="19" text-anchor="middle" style="font-size: 14px">\(Self.escaped(title))</text>

            """
        guard root.weight > 0 else { return text + "</svg>\n" }
        draw(root, label: "all", place: "", level: 0, left: 0, into: &text)
        return text + "</svg>\n"
    }

    /// Draws a node and what stands on it; stacks are no deeper than the agent makes them.
    private func draw(_ node: Node, label: String, place: String, level: Int, left: Double, into text: inout String) {
        let width = node.weight / root.weight * Self.width
        guard width >= Self.narrowest else { return }
        let y = Self.top + (depth - level) * Self.rowHeight
        let share = CellText.decimals(node.weight / root.weight * 100, 2)
        let tip = Self.escaped("\(label)\(place): \(share) %, \(CellText.decimals(node.weight, 1)) ms")
        text += "<g><title>\(tip)</title><rect x=\"\(Self.number(left))\" y=\"\(y)\" width=\"\(Self.number(width))\" "
        text += "height=\"\(Self.rowHeight)\" fill=\"\(Self.color(label))\"/>"
        let room = Int((width - 6) / Self.letterWidth)
        if room >= 3 {
            let shown = label.count <= room ? label : label.prefix(room - 1) + "…"
            text += "<text x=\"\(Self.number(left + 3))\" y=\"\(y + 12)\">\(Self.escaped(String(shown)))</text>"
        }
        text += "</g>\n"
        var left = left
        let children = node.children.map { (frame: profile.frames[$0.key], number: $0.key, node: $0.value) }
        for child in children.sorted(by: { ($0.frame.function, $0.number) < ($1.frame.function, $1.number) }) {
            draw(
                child.node, label: child.frame.function, place: " (\(child.frame.file):\(child.frame.line))",
                level: level + 1, left: left, into: &text)
            left += child.node.weight / root.weight * Self.width
        }
    }

    private static func number(_ value: Double) -> String { CellText.decimals(value, 2) }

    /// A warm color, always the same one for a name.
    private static func color(_ name: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return "rgb(\(205 + hash % 50),\(90 + (hash >> 8) % 120),\(40 + (hash >> 16) % 50))"
    }

    /// Text as XML has it; what XML has no way to write becomes a question mark.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
