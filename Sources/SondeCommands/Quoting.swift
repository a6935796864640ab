/// Words of the system's shell as words of the command language.
enum Quoting {
    /// A word that the command language reads back as it was.
    static func word(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                    || "_./:-=".unicodeScalars.contains(scalar)
            }
        if isPlain, !text.hasPrefix("-") { return text }
        var quoted = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            // A single-quoted string holds neither a quote nor a line break; pieces side by side are one word.
            case "'": quoted += #"'"'"'"#
            case "\n": quoted += #"'"\n"'"#
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "'"
    }
}
