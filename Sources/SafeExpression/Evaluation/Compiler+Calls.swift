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
            if let function = Functions.unary[name] {
                return Code(
                    { (state) throws(Fault) in
                        let value = try only(&state)
                        state.site = id
                        return try function(value, &state)
                    }, site: id)
            }
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
        let value = object.value
        if case .path(let path) = object.shape { return lending(path) { length(id, $0, value) } }
        return Code(int: { (state) throws(Fault) in
            let object = try value(&state)
            state.site = id
            return try Functions.length(object, &state)
        })
    }

    private func length<From: Lender>(_ id: Node.ID, _ lender: From, _ general: @escaping ValueCode) -> Code {
        Code(int: { (state) throws(Fault) in
            if let lent = lender.lend(state.slots) {
                switch lent.value {
                case .ascii(let bytes): return bytes.count
                case .list(let items), .tuple(let items): return Sequences.wholeCount(items)
                default: break
                }
            }
            let object = try general(&state)
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
}
