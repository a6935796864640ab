internal import CEditLine
internal import Glibc

/// Where the cursor stands after text was drawn, counted from where the drawing began.
///
/// libedit keeps this to itself; it is needed to wipe prompt and line before something is printed above them. The widths
/// are libedit's own (its `re_addc`): tabs to eight columns, `^X` for control characters, `\U+20AC` for what cannot be
/// shown.
struct ScreenPosition: Equatable {
    private(set) var row = 0
    private(set) var column = 0
    let columns: Int

    /// - Parameter columns: The terminal's width.
    init(columns: Int) {
        self.columns = max(1, columns)
    }

    /// Moves on past some text.
    mutating func advance(over text: some Sequence<Unicode.Scalar>) {
        for scalar in text { advance(over: scalar) }
    }

    private mutating func advance(over scalar: Unicode.Scalar) {
        switch scalar {
        case "\n":
            row += 1
            column = 0
        case "\t":
            repeat { place(width: 1) } while column % 8 != 0
        case "\0"..<" ", "\u{7F}":
            place(width: 1)
            place(width: 1)
        default:
            let width = sonde_el_width(wchar_t(truncatingIfNeeded: scalar.value))
            if width >= 0 {
                place(width: Int(width))
            } else {
                for _ in 0..<(scalar.value > 0xFFFF ? 8 : 7) { place(width: 1) }
            }
        }
    }

    private mutating func place(width: Int) {
        if column + width > columns {
            row += 1
            column = 0
        }
        column += width
        if column >= columns {
            row += 1
            column = 0
        }
    }
}
