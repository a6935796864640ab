internal import SafeExpression

/// The hint for a name that is unknown, if one of the known ones is near.
func didYouMean(_ name: String, among names: [String]) -> String? {
    suggestion(for: name, among: names).map { "did you mean '\($0)'?" }
}
