/// An error on its way out of an evaluation: a diagnostic whose place is still the number of a node.
///
/// A class, so that a throwing closure returns it in one register.
final class Fault: Error, Sendable {
    let kind: Diagnostic.Kind
    let message: String
    let hint: String?
    let site: Int

    init(_ kind: Diagnostic.Kind, _ message: String, hint: String? = nil, site: Int) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.site = site
    }
}
