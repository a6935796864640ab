internal import SafeExpression

extension InputCheck {
    /// What became of an evaluation.
    private enum Outcome {
        case value(Value)
        case failure(Diagnostic)
    }

    /// An expression is refused with a place within it, or does the same whenever and however it is evaluated.
    func expression(
        _ source: [UInt8], names: Names, limits: Limits = .default, lookup: (String) -> Value?
    ) throws(Complaint) {
        let text = String(decoding: source, as: UTF8.self)
        let compiled = try timed("compiling") { () throws(Complaint) in
            Result { () throws(Diagnostic) in try Expression.compile(utf8: source, names: names, limits: limits) }
        }
        let expression: Expression
        switch compiled {
        case .failure(let diagnostic): return try check(diagnostic, source, text)
        case .success(let made): expression = made
        }
        try expect(expression.source == text, "the source has changed")
        for name in expression.names {
            let ranges = expression.ranges(of: name)
            try expect(!ranges.isEmpty, "\(name) is named nowhere")
            for range in ranges { try expect(range.upperBound <= count(source), "\(name) stands at \(range)") }
        }
        try tree(of: expression)

        let start = ThreadClock.milliseconds
        let first = try timed("evaluating") { () throws(Complaint) in outcome(expression, lookup) }
        // What only limits end is much the same every time; a build without optimisation takes seconds for it.
        if ThreadClock.milliseconds - start > Self.milliseconds * 5 {
            if case .failure(let diagnostic) = first { try check(diagnostic, source, text) }
            return
        }
        let second = outcome(expression, lookup)
        let truth = try timed("deciding") { () throws(Complaint) in
            Result { () throws(Diagnostic) in try expression.isTrue(lookup: lookup) }
        }
        switch first {
        case .failure(let diagnostic):
            try check(diagnostic, source, text)
            guard case .failure(let again) = second, again == diagnostic else {
                throw Complaint("at first '\(diagnostic.message)', then \(second)")
            }
            try compare(diagnostic, truth)
        case .value(let value):
            try compare(value, second)
            try compare(value, truth)
            try show(value)
        }
        if case .failure(let diagnostic) = truth { try check(diagnostic, source, text) }
    }

    private func outcome(_ expression: Expression, _ lookup: (String) -> Value?) -> Outcome {
        do {
            return .value(try expression.evaluate(lookup: lookup))
        } catch {
            return .failure(error)
        }
    }

    /// The tree reads back as it was written.
    private func tree(of expression: Expression) throws(Complaint) {
        var bytes: [UInt8] = []
        expression.tree.encodeJSON(into: &bytes, style: .tagged)
        let back: Value
        do throws(JSONError) {
            back = try Value(json: bytes, maximumDepth: 2_000)
        } catch {
            throw Complaint("the tree's JSON: \(error.message) at \(error.offset)")
        }
        try expect(back == expression.tree, "the tree is not what its JSON says")
        try expect(back["root"]?.asList?.first?.asString != nil, "the tree has no root")
    }

    /// A value is the same the second time.
    private func compare(_ value: Value, _ second: Outcome) throws(Complaint) {
        guard case .value(let again) = second else { throw Complaint("at first \(value), then \(second)") }
        let (one, two) = (value.repr, again.repr)
        if one == two { return }
        // A NaN's hash is its identity, so where it stands in a set is chance, as in Python.
        try expect(one.contains("nan") || two.contains("nan"), "at first \(one), then \(two)")
    }

    /// The lane for conditions agrees with the value.
    private func compare(_ value: Value, _ truth: Result<Bool, Diagnostic>) throws(Complaint) {
        switch truth {
        case .success(let isTrue):
            try expect(isTrue == value.isTruthy, "\(value) is \(value.isTruthy), but decided to be \(isTrue)")
        case .failure(let diagnostic):
            if case .limit = diagnostic.kind { return }
            if case .cut = value, diagnostic.kindName == "Cut" { return }
            throw Complaint("gives \(value), but fails when it decides: \(diagnostic.message)")
        }
    }

    private func compare(_ diagnostic: Diagnostic, _ truth: Result<Bool, Diagnostic>) throws(Complaint) {
        switch truth {
        case .success:
            // Only a result must not be too large, nor an iterator.
            if diagnostic.kind == .rejected, diagnostic.message.hasPrefix("the result is an iterator") { return }
            if case .limit = diagnostic.kind { return }
            throw Complaint("decides, but fails as a value: \(diagnostic.message)")
        case .failure(let other):
            if case .limit = diagnostic.kind { return }
            if case .limit = other.kind { return }
            if diagnostic.kind == .rejected, diagnostic.message.hasPrefix("the result is an iterator") { return }
            // The lanes may blame the whole of a condition or the part of it.
            try expect(
                other.kind == diagnostic.kind && other.message == diagnostic.message,
                "fails with '\(diagnostic.message)' or with '\(other.message)'")
        }
    }

    /// The host can show a result, in any form.
    private func show(_ value: Value) throws(Complaint) {
        try timed("showing", factor: 40) { () throws(Complaint) in
            _ = value.repr
            _ = value.typeName
            for style in [JSONStyle.plain, .tagged] {
                var bytes: [UInt8] = []
                value.encodeJSON(into: &bytes, style: style)
                try expect(!bytes.isEmpty, "a value without JSON")
            }
        }
    }

    // MARK: - Diagnostics

    /// A diagnostic points into the source, and what is shown of it controls no terminal.
    private func check(_ diagnostic: Diagnostic, _ source: [UInt8], _ text: String) throws(Complaint) {
        let count = max(1, count(source))
        try expect(
            diagnostic.range.lowerBound >= 0 && diagnostic.range.upperBound <= count,
            "'\(diagnostic.message)' points at \(diagnostic.range) of \(count)")
        try expect(!diagnostic.message.isEmpty, "an error without a message")
        try expect(!diagnostic.kindName.isEmpty, "an error without a kind")
        try timed("rendering") { () throws(Complaint) in
            let plain = diagnostic.rendered(source: text)
            let lines = plain.unicodeScalars.count { $0 == "\n" }
            try expect(lines == 0 || lines == 2, "rendered in \(lines + 1) lines: \(plain)")
            for scalar in plain.unicodeScalars where scalar != "\n" {
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator:
                    throw Complaint("rendered with U+\(String(scalar.value, radix: 16)): \(plain)")
                default: break
                }
            }
            let colored = diagnostic.rendered(source: text, color: true)
            let bare = ["\u{1B}[1;31m", "\u{1B}[0m"].reduce(colored) { Self.removing($1, from: $0) }
            try expect(bare == plain, "colour changes the text: \(bare)")
        }
    }

    private static func removing(_ part: String, from text: String) -> String {
        let part = Array(part.utf8)
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place...].starts(with: part) {
                place += part.count
            } else {
                kept.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// Code points, as the corpus counts them.
    private func count(_ source: [UInt8]) -> Int { source.count { $0 & 0xC0 != 0x80 } }
}
