/// `sorted`: stable, and for short lists in the very steps that CPython takes.
enum Sorting {
    static func sorted(_ arguments: Arguments, _ state: inout State) throws(Fault) -> Value {
        var values = try Functions.elements(arguments.values[0], &state)
        let isReversed =
            try arguments["reverse"].map { (value) throws(Fault) -> Bool in
                if let mark = value.cutMark { throw state.cut(mark) }
                return value.isTruthy
            } ?? false
        try state.allocate(elements: values.count * 2)
        var keys = values
        if let key = arguments.key {
            for place in values.indices {
                try state.charge(1)
                keys[place] = try key(Arguments(values: [values[place]]), &state)
            }
        }
        // Reversing before and after keeps equal elements in their order.
        if isReversed { keys.reverse() }
        var order = Array(keys.indices)
        if keys.count < 64 {
            try insertionSort(keys, &order, &state)
        } else {
            if keys.contains(where: isUnordered) {
                throw state.fault(.rejected, "many elements that have no order, such as NaN, cannot be sorted")
            }
            try mergeSort(keys, &order, &state)
        }
        if isReversed {
            values.reverse()
            return .list(order.reversed().map { values[$0] })
        }
        return .list(order.map { values[$0] })
    }

    /// Whether an element may be neither less nor greater than another that it does not equal.
    private static func isUnordered(_ value: Value) -> Bool {
        switch value {
        case .float(let number): number.isNaN
        case .group, .view: true
        case .list(let items), .tuple(let items):
            items.contains {
                switch $0 {
                case .float(let number): number.isNaN
                case .group, .view, .list, .tuple: true
                default: false
                }
            }
        default: false
        }
    }

    private static func isLess(_ a: Value, _ b: Value, _ state: inout State) throws(Fault) -> Bool {
        try state.charge(1)
        return try Ordering.compare(.less, a, b, &state)
    }

    /// CPython's way below 64 elements: take the run at the beginning, then insert the rest by halving.
    private static func insertionSort(_ keys: [Value], _ order: inout [Int], _ state: inout State) throws(Fault) {
        let count = keys.count
        if count < 2 { return }
        var run = 2
        if try isLess(keys[1], keys[0], &state) {
            while run < count, try isLess(keys[run], keys[run - 1], &state) { run += 1 }
            order[..<run].reverse()
        } else {
            while run < count, try !isLess(keys[run], keys[run - 1], &state) { run += 1 }
        }
        for place in run..<max(run, count) {
            let pivot = order[place]
            var low = 0
            var high = place
            while low < high {
                let middle = (low + high) / 2
                if try isLess(keys[pivot], keys[order[middle]], &state) { high = middle } else { low = middle + 1 }
            }
            order.remove(at: place)
            order.insert(pivot, at: low)
        }
    }

    private static func mergeSort(_ keys: [Value], _ order: inout [Int], _ state: inout State) throws(Fault) {
        var width = 1
        var other = order
        while width < order.count {
            var start = 0
            while start < order.count {
                let middle = min(start + width, order.count)
                let end = min(start + 2 * width, order.count)
                var left = start
                var right = middle
                for place in start..<end {
                    let takesRight: Bool
                    if left == middle {
                        takesRight = true
                    } else if right == end {
                        takesRight = false
                    } else {
                        takesRight = try isLess(keys[order[right]], keys[order[left]], &state)
                    }
                    if takesRight {
                        other[place] = order[right]
                        right += 1
                    } else {
                        other[place] = order[left]
                        left += 1
                    }
                }
                start = end
            }
            swap(&order, &other)
            width *= 2
        }
    }
}
