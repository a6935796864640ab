/// Whether a typed text goes on in another line.
enum Continuation {
    /// Looks at quotes, brackets and the last thing that stands in the text.
    static func isNeeded(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var open = 0
        var index = 0
        var last: Unicode.Scalar?
        while index < scalars.count {
            let scalar = scalars[index]
            switch scalar {
            case "\"", "'":
                let isTriple = index + 2 < scalars.count && scalars[index + 1] == scalar && scalars[index + 2] == scalar
                guard let end = stringEnd(scalars, index, isTriple) else { return isTriple }
                index = end
                last = scalar
                continue
            case "#" where index == 0 || isBlank(scalars[index - 1]):
                while index < scalars.count, scalars[index] != "\n" { index += 1 }
                continue
            case "\\":
                if index + 1 == scalars.count { return true }
                // What is escaped stands for itself.
                index += 2
                last = "\\"
                continue
            case "(", "[", "{": open += 1
            case ")", "]", "}": open -= 1
            default: break
            }
            if !isBlank(scalar) { last = scalar }
            index += 1
        }
        return open > 0 || last == "|"
    }

    private static func stringEnd(_ scalars: [Unicode.Scalar], _ start: Int, _ isTriple: Bool) -> Int? {
        let quote = scalars[start]
        var index = start + (isTriple ? 3 : 1)
        while index < scalars.count {
            if scalars[index] == "\\" {
                index += 2
            } else if scalars[index] == "\n", !isTriple {
                return nil
            } else if scalars[index] == quote {
                if !isTriple { return index + 1 }
                if index + 2 < scalars.count, scalars[index + 1] == quote, scalars[index + 2] == quote {
                    return index + 3
                }
                index += 1
            } else {
                index += 1
            }
        }
        return nil
    }
}
