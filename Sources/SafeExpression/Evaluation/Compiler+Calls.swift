extension Compiler {
    func call(
        _ id: Node.ID, _ name: String, _ arguments: [Node.ID], _ keywords: [(name: String, value: Node.ID)]
    ) -> Code {
        switch name {
        case "isinstance": return isInstance(id, arguments)
        case "len": return length(id, codes[arguments[0]])
        case "any", "all":
            if let plan = plans[arguments[0]] { return quantifier(plan, isAny: name == "any") }
        default: break
        }
        guard let signature = Allowlist.functions[name], let function = Functions.table[name] else {
            preconditionFailure("an unchecked function")
        }
        if keywords.isEmpty, arguments.count == 1 {
            let only = codes[arguments[0]].value
            return Code(
                { (state) throws(Fault) in
                    let value = try only(&state)
                    state.site = id
                    return try function(Arguments(values: [value]), &state)
                }, site: id)
        }
        let evaluate = positional(arguments, keywords, signature.named)
        var key: Functions.Function?
        var others: [(name: String, code: ValueCode)] = []
        for keyword in keywords where signature.named[keyword.name] == nil {
            if keyword.name == "key", case .function(let name) = tree.nodes[keyword.value].content {
                key = Functions.table[name]
            } else {
                others.append((keyword.name, codes[keyword.value].value))
            }
        }
        let chosen = key
        let rest = others
        return Code(
            { (state) throws(Fault) in
                var values = Arguments(values: try evaluate(&state), key: chosen)
                for other in rest { values.keywords.append((other.name, try other.code(&state))) }
                state.site = id
                return try function(values, &state)
            }, site: id)
    }

    private func length(_ id: Node.ID, _ object: Code) -> Code {
        if case .slot(let slot) = object.shape {
            return Code(int: { (state) throws(Fault) in
                if case .ascii(let bytes) = state.slots[slot] { return bytes.count }
                state.site = id
                return try Functions.length(state.slots[slot], &state)
            })
        }
        let value = object.value
        return Code(int: { (state) throws(Fault) in
            let object = try value(&state)
            state.site = id
            return try Functions.length(object, &state)
        })
    }

    private func isInstance(_ id: Node.ID, _ arguments: [Node.ID]) -> Code {
        var names: Set<String> = []
        var pending = [arguments[1]]
        while let next = pending.popLast() {
            switch tree.nodes[next].content {
            case .function(let name): names.insert(name)
            case .display(_, let items): pending += items
            default: preconditionFailure("unchecked types")
            }
        }
        // A boolean is an integer.
        let types = names
        let takesBool = types.contains("bool") || types.contains("int")
        let value = codes[arguments[0]].value
        return Code(truth: { (state) throws(Fault) in
            let value = try value(&state)
            if case .bool = value { return takesBool }
            if case .cut(let mark) = value {
                state.site = id
                throw state.cut(mark)
            }
            return types.contains(value.typeName)
        })
    }

    // MARK: - f-strings

    /// Text that is being put together: bytes as long as they serve.
    struct TextBuilder {
        private var bytes: [UInt8] = []
        private var units: [UInt32]?

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
                    try out.append(Representation.str(value, &state), &state)
                }
            }
            if format.count == 1, case .text(let spec) = format[0] {
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
