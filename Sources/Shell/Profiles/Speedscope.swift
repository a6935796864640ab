internal import SafeExpression

/// A profile in the format of speedscope (https://www.speedscope.app/file-format-schema.json).
enum Speedscope {
    /// The file's text.
    ///
    /// - Parameter name: what the profile is of.
    static func text(of profile: Profile, name: String) -> String {
        let frames = profile.frames.map { frame in
            dict([
                ("name", .string(frame.function)), ("file", .string(frame.file)), ("line", .int(frame.line)),
            ])
        }
        let sampled = dict([
            ("type", .string("sampled")), ("name", .string(name)), ("unit", .string("milliseconds")),
            ("startValue", .int(0)), ("endValue", .float(profile.weight)),
            ("samples", .list(profile.stacks.map { .list($0.frames.map(Value.int)) })),
            ("weights", .list(profile.stacks.map { .float($0.weight) })),
        ])
        return dict([
            ("$schema", .string("https://www.speedscope.app/file-format-schema.json")),
            ("exporter", .string("sonde")), ("name", .string(name)), ("shared", dict([("frames", .list(frames))])),
            ("profiles", .list([sampled])),
        ]).json + "\n"
    }

    private static func dict(_ members: [(String, Value)]) -> Value { .dict(members.map { (.string($0), $1) }) }
}
