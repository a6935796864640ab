/// Upper and lower case, by Unicode's full mappings as CPython applies them.
enum Casing {
    private static func append(_ text: String, to units: inout [UInt32]) {
        for scalar in text.unicodeScalars { units.append(scalar.value) }
    }

    private static func properties(_ unit: UInt32) -> Unicode.Scalar.Properties { Text.scalar(unit).properties }

    static func upper(_ units: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(units.count)
        for unit in units { append(properties(unit).uppercaseMapping, or: unit, to: &result) }
        return result
    }

    private static func append(_ mapping: String, or unit: UInt32, to result: inout [UInt32]) {
        // A lone surrogate has no mapping, and no scalar to look it up by.
        if 0xD800...0xDFFF ~= unit { result.append(unit) } else { append(mapping, to: &result) }
    }

    static func lower(_ units: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(units.count)
        for place in units.indices { appendLower(units, place, to: &result) }
        return result
    }

    private static func appendLower(_ units: [UInt32], _ place: Int, to result: inout [UInt32]) {
        // A capital sigma is final when a cased letter stands before it and none after it.
        if units[place] == 0x3A3 {
            result.append(isFinal(units, place) ? 0x3C2 : 0x3C3)
        } else {
            append(properties(units[place]).lowercaseMapping, or: units[place], to: &result)
        }
    }

    private static func isFinal(_ units: [UInt32], _ place: Int) -> Bool {
        var before = place - 1
        while before >= 0, properties(units[before]).isCaseIgnorable { before -= 1 }
        guard before >= 0, properties(units[before]).isCased else { return false }
        var after = place + 1
        while after < units.count, properties(units[after]).isCaseIgnorable { after += 1 }
        return after == units.count || !properties(units[after]).isCased
    }

    static func title(_ units: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var isInWord = false
        for place in units.indices {
            if isInWord {
                appendLower(units, place, to: &result)
            } else {
                append(properties(units[place]).titlecaseMapping, or: units[place], to: &result)
            }
            isInWord = isCased(units[place])
        }
        return result
    }

    static func capitalize(_ units: [UInt32]) -> [UInt32] {
        guard let first = units.first else { return [] }
        var result: [UInt32] = []
        append(properties(first).titlecaseMapping, or: first, to: &result)
        for place in 1..<units.count { appendLower(units, place, to: &result) }
        return result
    }

    static func swap(_ units: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        for place in units.indices {
            let properties = properties(units[place])
            if properties.isUppercase {
                appendLower(units, place, to: &result)
            } else if properties.isLowercase {
                append(properties.uppercaseMapping, or: units[place], to: &result)
            } else {
                result.append(units[place])
            }
        }
        return result
    }

    /// Full case folding. The standard library does not have it; lower case of upper case of lower case is the same
    /// but for the letters below.
    static func fold(_ units: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(units.count)
        for unit in units {
            switch unit {
            // A dotless i, Cherokee (which folds to capitals), and surrogates.
            case 0x131, 0x13A0...0x13F5, 0xD800...0xDFFF: result.append(unit)
            case 0x13F8...0x13FD: result.append(unit - 8)
            case 0xAB70...0xABBF: result.append(unit - 0xAB70 + 0x13A0)
            default:
                for low in properties(unit).lowercaseMapping.unicodeScalars {
                    for high in low.properties.uppercaseMapping.unicodeScalars {
                        append(high.properties.lowercaseMapping, to: &result)
                    }
                }
            }
        }
        return result
    }

    // MARK: - Questions

    /// Whether Python counts the letter as upper, lower or title case.
    static func isCased(_ unit: UInt32) -> Bool {
        let properties = properties(unit)
        return properties.isLowercase || properties.isUppercase || properties.generalCategory == .titlecaseLetter
    }

    static func isLower(_ units: [UInt32]) -> Bool {
        var found = false
        for unit in units {
            let properties = properties(unit)
            if properties.isUppercase || properties.generalCategory == .titlecaseLetter { return false }
            found = found || properties.isLowercase
        }
        return found
    }

    static func isUpper(_ units: [UInt32]) -> Bool {
        var found = false
        for unit in units {
            let properties = properties(unit)
            if properties.isLowercase || properties.generalCategory == .titlecaseLetter { return false }
            found = found || properties.isUppercase
        }
        return found
    }

    static func isTitle(_ units: [UInt32]) -> Bool {
        var found = false
        var isInWord = false
        for unit in units {
            let properties = properties(unit)
            if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
                if isInWord { return false }
                found = true
                isInWord = true
            } else if properties.isLowercase {
                if !isInWord { return false }
                found = true
            } else {
                isInWord = false
            }
        }
        return found
    }

    static func isAlphabetic(_ unit: UInt32) -> Bool {
        switch properties(unit).generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    static func isDecimal(_ unit: UInt32) -> Bool { properties(unit).numericType == .decimal }

    static func isDigit(_ unit: UInt32) -> Bool {
        let type = properties(unit).numericType
        return type == .decimal || type == .digit
    }

    static func isNumeric(_ unit: UInt32) -> Bool { properties(unit).numericType != nil }

    static func isIdentifier(_ units: [UInt32]) -> Bool {
        guard let first = units.first else { return false }
        guard first == 0x5F || properties(first).isXIDStart else { return false }
        return units.dropFirst().allSatisfy { properties($0).isXIDContinue }
    }
}
