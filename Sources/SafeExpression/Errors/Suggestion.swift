/// The name that a misspelt one was most likely meant to be.
///
/// - Parameters:
///   - name: What was written.
///   - candidates: What there is.
/// - Returns: The closest candidate by edits (a swap of neighbours counts once), or nil if none is close enough.
public func suggestion(for name: String, among candidates: [String]) -> String? {
    let wanted = Array(name.unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    let folded = name.lowercased()
    var best: (name: String, distance: Int)?
    let allowed = max(1, min(3, wanted.count / 3))
    for candidate in candidates where candidate != name {
        let units = Array(candidate.unicodeScalars)
        if abs(units.count - wanted.count) > allowed && candidate.lowercased() != folded { continue }
        // A difference in case alone is no distance to speak of.
        let distance = candidate.lowercased() == folded ? 0 : edits(wanted, units)
        // A short name has little to go by: `nil` is not `all`.
        guard distance <= allowed, distance < min(wanted.count, units.count) else { continue }
        if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
}

/// The edits between two names: insertions, deletions, changes, and swaps of neighbours.
private func edits(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var before = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var current = [i]
        current.reserveCapacity(b.count + 1)
        for j in b.indices.map({ $0 + 1 }) {
            var cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, before[j - 2] + 1) }
            current.append(cost)
        }
        before = previous
        previous = current
    }
    return previous[b.count]
}
