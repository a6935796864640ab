extension Compiler {
    // MARK: - f-strings

    /// Text that is being put together: bytes as long as they serve.
    struct TextBuilder {
        private var bytes: [UInt8] = []
        private var units: [UInt32]?

        init() { bytes.reserveCapacity(48) }

        /// Appends ASCII that is written in place; nothing when the body says that it has written none.
        @inline(__always)
        mutating func write(
            _ state: inout State, _ body: (inout [UInt8]) -> Bool
        ) throws(Fault) -> Bool {
            if units == nil {
                if !body(&bytes) { return false }
                if bytes.count > state.limits.characters {
                    try state.allocate(characters: bytes.count, wide: false)
                }
                return true
            }
            var part: [UInt8] = []
            if !body(&part) { return false }
            try append(.ascii(part), &state)
            return true
        }

        mutating func append(_ text: Value, _ state: inout State) throws(Fault) {
            switch text {
            case .ascii(let more):
                if units == nil { bytes += more } else { units?.append(contentsOf: more.lazy.map { UInt32($0) }) }
            case .wide(let more):
                if units == nil { units = bytes.map { UInt32($0) } }
                units?.append(contentsOf: more)
            default: preconditionFailure("only text is appended")
            }
            let count = units?.count ?? bytes.count
            if count > state.limits.characters { try state.allocate(characters: count, wide: false) }
        }

        func finish(_ state: inout State) throws(Fault) -> Value {
            if let units {
                try state.allocate(characters: units.count, wide: true)
                return .wide(units)
            }
            try state.allocate(characters: bytes.count, wide: false)
            return .ascii(bytes)
        }
    }

    private typealias PartCode = @Sendable (inout TextBuilder, inout State) throws(Fault) -> Void

    func fstring(_ id: Node.ID, _ parts: [Node.Part]) -> Code {
        let codes = parts.map { part(id, $0) }
        return Code(
            { (state) throws(Fault) in
                var text = TextBuilder()
                for code in codes { try code(&text, &state) }
                state.site = id
                return try text.finish(&state)
            }, site: id)
    }

    private func part(_ id: Node.ID, _ part: Node.Part) -> PartCode {
        switch part {
        case .text(let text): return { (out, state) throws(Fault) in try out.append(text, &state) }
        case .value(let node, let conversion, let format):
            let value = converted(codes[node].value, conversion, node)
            guard let format, !format.isEmpty else {
                return { (out, state) throws(Fault) in
                    let value = try value(&state)
                    state.site = node
                    if case .int(let number) = value,
                        try out.write(
                            &state,
                            {
                                Representation.append(number, to: &$0)
                                return true
                            })
                    {
                        return
                    }
                    try out.append(Representation.str(value, &state), &state)
                }
            }
            if format.count == 1, case .text(let spec) = format[0] {
                if let places = Self.fixedPlaces(spec) {
                    return { (out, state) throws(Fault) in
                        let value = try value(&state)
                        state.site = node
                        if case .float(let number) = value,
                            try out.write(&state, { FloatText.appendFixed(number, places: places, to: &$0) })
                        {
                            return
                        }
                        try out.append(Formatting.format(value, spec, &state), &state)
                    }
                }
                return { (out, state) throws(Fault) in
                    let value = try value(&state)
                    state.site = node
                    try out.append(Formatting.format(value, spec, &state), &state)
                }
            }
            // A format in a format holds no further one, so this goes down once.
            let parts = format.map { self.part(id, $0) }
            return { (out, state) throws(Fault) in
                let value = try value(&state)
                var spec = TextBuilder()
                for part in parts { try part(&spec, &state) }
                state.site = node
                let text = try spec.finish(&state)
                try out.append(Formatting.format(value, text, &state), &state)
            }
        }
    }

    /// The places of a format such as `.2f`; nil for any other.
    private static func fixedPlaces(_ spec: Value) -> Int? {
        guard case .ascii(let text) = spec, text.count == 3, text[0] == 0x2E, text[2] == 0x66, 0x30...0x39 ~= text[1]
        else { return nil }
        return Int(text[1] - 0x30)
    }

    private func converted(_ value: @escaping ValueCode, _ conversion: UInt8, _ node: Node.ID) -> ValueCode {
        switch conversion {
        case 0x72:
            return { (state) throws(Fault) in
                let value = try value(&state)
                state.site = node
                return try Representation.repr(value, &state)
            }
        case 0x73:
            return { (state) throws(Fault) in
                let value = try value(&state)
                state.site = node
                return try Representation.str(value, &state)
            }
        case 0x61:
            return { (state) throws(Fault) in
                let value = try value(&state)
                state.site = node
                return try Representation.ascii(value, &state)
            }
        default: return value
        }
    }
}
