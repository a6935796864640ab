extension Compiler {
    /// A code that continues a chain.
    func linked(_ id: Node.ID, _ object: Code, _ link: @escaping LinkCode) -> Code {
        let first = object.value
        var code = Code({ (state) throws(Fault) in try link(first(&state), &state) }, site: id)
        code.link = link
        return code
    }

    func index(_ id: Node.ID, _ object: Code, _ index: Code) -> Code {
        var code = general(index: index, of: object, id)
        if case .path(let path) = object.shape, case .constant(let constant) = index.shape,
            let longer = path.appending(constant)
        {
            let general = code.value
            if longer.steps.count == 1, case .place(let place) = longer.steps[0] {
                code.value = reading(ElementLender(slot: path.slot, place: place), general)
            } else {
                code.value = reading(longer, general)
            }
            code.shape = .path(longer)
        }
        return code
    }

    /// A value where it lies, or whatever the general code says of it.
    private func reading<From: Lender>(_ lender: From, _ general: @escaping ValueCode) -> ValueCode {
        { (state) throws(Fault) in
            if let lent = lender.lend(state.slots), !lent.value.isCut { return lent.value }
            return try general(&state)
        }
    }

    private func general(index: Code, of object: Code, _ id: Node.ID) -> Code {
        let label = object.label
        switch index.shape {
        case .constant(.int(let place)) where place >= 0:
            return linked(id, object) { (value, state) throws(Fault) in
                if case .list(let items) = value, place < items.count {
                    let item = items[place]
                    if !item.isCut { return item }
                }
                state.site = id
                return try Sequences.item(value, .int(place), label: label, &state)
            }
        case .constant(let constant):
            return linked(id, object) { (value, state) throws(Fault) in
                state.site = id
                return try Sequences.item(value, constant, label: label, &state)
            }
        default:
            let second = index.value
            return linked(id, object) { (value, state) throws(Fault) in
                let place = try second(&state)
                state.site = id
                return try Sequences.item(value, place, label: label, &state)
            }
        }
    }

    func slice(_ id: Node.ID, _ object: Node.ID, _ parts: [Node.ID?]) -> Code {
        let absent: ValueCode = { (_) throws(Fault) in .none }
        let bounds = parts.map { $0.map { codes[$0].value } ?? absent }
        let (lower, upper, step) = (bounds[0], bounds[1], bounds[2])
        let simple = parts[2] == nil ? ConstantSlice(lower: constant(parts[0]), upper: constant(parts[1])) : nil
        var code = linked(id, codes[object]) { (value, state) throws(Fault) in
            if let simple, let part = try simple.part(of: value, &state) { return part }
            let from = try lower(&state)
            let to = try upper(&state)
            let by = try step(&state)
            state.site = id
            return try Sequences.slice(value, from, to, by, &state)
        }
        if let simple, case .path(let path) = codes[object].shape { code.shape = .part(path, simple) }
        return code
    }

    /// A bound's value when it is known beforehand; None when the bound was left out.
    private func constant(_ bound: Node.ID?) -> Value? {
        guard let bound else { return Value.none }
        if case .constant(let value) = codes[bound].shape { return value }
        return nil
    }

    func attribute(_ id: Node.ID, _ object: Code, _ name: String) -> Code {
        linked(id, object) { (value, state) throws(Fault) in
            state.site = id
            return try Self.field(value, name, state)
        }
    }

    /// A record's field. A plain value has none: that is the language's rule, so it is a refusal and no AttributeError.
    private static func field(_ value: Value, _ name: String, _ state: State) throws(Fault) -> Value {
        if case .object(let box) = value {
            if let field = box.record.field(name) {
                if case .cut(let mark) = field { throw state.cut(mark) }
                return field
            }
            throw state.fault(
                .runtime("AttributeError"), "'\(box.record.typeName)' object has no attribute '\(name)'",
                hint: suggestion(for: name, among: box.record.fieldNames).map { "did you mean '\($0)'?" })
        }
        if let mark = value.cutMark { throw state.cut(mark) }
        var hint = "attributes are for rows and objects"
        if case .mapping = value { hint = "a dict's value is [\"\(name)\"]" }
        throw state.fault(.rejected, "'\(value.typeName)' has no field '\(name)'", hint: hint)
    }

    // MARK: - Methods

    /// A method's implementations by the receiver's type.
    private struct Methods {
        let text: TextMethods.Method?
        let list: TextMethods.Method?
        let tuple: TextMethods.Method?
        let dict: TextMethods.Method?
        let set: TextMethods.Method?
        let view: TextMethods.Method?

        /// Looks a method up in every type; one that does not take so many arguments is a TypeError there.
        init(_ name: String, count: Int, names: [String]) {
            func find(
                _ table: [String: TextMethods.Method], _ signatures: [String: Allowlist.Signature], _ type: String
            ) -> TextMethods.Method? {
                guard let method = table[name], let signature = signatures[name] else { return nil }
                let given = count + names.count
                if given >= signature.least, given <= signature.most, names.allSatisfy({ signature.named[$0] != nil }) {
                    return method
                }
                return { (_, _, state) throws(Fault) in
                    throw state.typeError("\(type).\(name)() does not take these \(given) arguments")
                }
            }
            text = find(TextMethods.table, Allowlist.textMethods, "str")
            list = find(DataMethods.list, Allowlist.listMethods, "list")
            tuple = find(DataMethods.tuple, Allowlist.tupleMethods, "tuple")
            dict = find(DataMethods.dict, Allowlist.dictMethods, "dict")
            set = find(DataMethods.set, Allowlist.setMethods, "set")
            view = find(DataMethods.view, Allowlist.setMethods, "view")
        }

        @inline(__always)
        func find(for value: Value) -> TextMethods.Method? {
            switch value {
            case .ascii, .wide: text
            case .list: list
            case .tuple: tuple
            case .mapping: dict
            case .group: set
            case .view: ViewOperators.isLikeSet(value) ? view : nil
            default: nil
            }
        }
    }

    func method(
        _ id: Node.ID, _ object: Node.ID, _ name: String, _ arguments: [Node.ID],
        _ keywords: [(name: String, value: Node.ID)]
    ) -> Code {
        let methods = Methods(name, count: arguments.count, names: keywords.map { $0.name })
        let evaluate = positional(arguments, keywords, Allowlist.methods[name]?.named ?? [:])
        if (name == "startswith" || name == "endswith") && arguments.count == 1,
            case .constant(.ascii(let part)) = codes[arguments[0]].shape, let general = methods.text
        {
            return affix(id, codes[object], part, isPrefix: name == "startswith", general)
        }
        return linked(id, codes[object]) { (value, state) throws(Fault) in
            // The method is looked up before its arguments are evaluated.
            guard let method = methods.find(for: value) else {
                state.site = id
                throw Self.missing(name, value, state)
            }
            let values = try evaluate(&state)
            state.site = id
            return try method(value, values, &state)
        }
    }

    private static func missing(_ name: String, _ value: Value, _ state: State) -> Fault {
        if let mark = value.cutMark { return state.cut(mark) }
        if hasMore(name, value) {
            return state.fault(.rejected, "the method '\(name)' of \(value.typeName) may not be called")
        }
        return state.fault(.runtime("AttributeError"), "'\(value.typeName)' object has no method '\(name)'")
    }

    /// Whether Python may have a method that the language does not: the AttributeError would be no more than ours.
    private static func hasMore(_ name: String, _ value: Value) -> Bool {
        switch value {
        case .range: name == "count" || name == "index"
        case .object(let box): box.record is CapturedObject || box.record is CapturedBytes
        default: false
        }
    }

    /// `text.startswith("…")`, which needs no argument list.
    private func affix(
        _ id: Node.ID, _ object: Code, _ part: [UInt8], isPrefix: Bool, _ general: @escaping TextMethods.Method
    ) -> Code {
        let link: TruthLink = { (value, state) throws(Fault) in
            if case .ascii(let text) = value { return Self.has(text, part, isPrefix) }
            state.site = id
            guard case .wide = value else { throw Self.missing(isPrefix ? "startswith" : "endswith", value, state) }
            return try general(value, [.ascii(part)], &state).isTruthy
        }
        let first = object.value
        var code = Code(truth: { (state) throws(Fault) in try link(first(&state), &state) })
        if case .path(let path) = object.shape {
            code = lending(path) { affix($0, first, part, isPrefix, link) }
        }
        code.link = { (value, state) throws(Fault) in .bool(try link(value, &state)) }
        return code
    }

    private func affix<From: Lender>(
        _ lender: From, _ general: @escaping ValueCode, _ part: [UInt8], _ isPrefix: Bool, _ link: @escaping TruthLink
    ) -> Code {
        Code(truth: { (state) throws(Fault) in
            if let lent = lender.lend(state.slots), case .ascii(let text) = lent.value {
                return Self.has(text, part, isPrefix)
            }
            return try link(general(&state), &state)
        })
    }

    @inline(__always)
    private static func has(_ text: borrowing [UInt8], _ part: borrowing [UInt8], _ isPrefix: Bool) -> Bool {
        if part.count > text.count { return false }
        let start = isPrefix ? 0 : text.count - part.count
        for place in 0..<part.count where text[start + place] != part[place] { return false }
        return true
    }

    private typealias TruthLink = @Sendable (Value, inout State) throws(Fault) -> Bool

    /// Evaluates arguments into the positions that a signature gives them.
    func positional(
        _ arguments: [Node.ID], _ keywords: [(name: String, value: Node.ID)], _ named: [String: Int]
    ) -> @Sendable (inout State) throws(Fault) -> [Value] {
        let codes = arguments.map { self.codes[$0].value }
        let others = keywords.compactMap { keyword in
            named[keyword.name].map { (position: $0, code: self.codes[keyword.value].value) }
        }
        if others.isEmpty {
            if codes.isEmpty { return { (_) throws(Fault) in [] } }
            if codes.count == 1 {
                let only = codes[0]
                return { (state) throws(Fault) in [try only(&state)] }
            }
            return { (state) throws(Fault) in
                var values: [Value] = []
                values.reserveCapacity(codes.count)
                for code in codes { values.append(try code(&state)) }
                return values
            }
        }
        return { (state) throws(Fault) in
            var values: [Value] = []
            for code in codes { values.append(try code(&state)) }
            for other in others {
                let value = try other.code(&state)
                while values.count <= other.position { values.append(.none) }
                values[other.position] = value
            }
            return values
        }
    }
}
