/// How a process sees users: a user namespace gives them numbers of its own (user_namespaces(7)).
public enum UserMap {
    /// The number by which a process knows one of our users.
    ///
    /// - Parameters:
    ///   - user: The user, by our number.
    ///   - pid: The process.
    ///   - processes: Where it is looked up.
    /// - Returns: The user by its number; the kernel's stand-in, mostly 65534, for one whom its namespace does not know.
    public static func number(of user: UInt32, seenBy pid: Int32, in processes: ProcFileSystem = .live) -> UInt32 {
        guard let theirs = processes.link("ns/user", of: pid),
            let ours = processes.link("\(processes.root)/self/ns/user"), theirs != ours,
            let text = try? File.contents(of: processes.path("uid_map", of: pid))
        else { return user }
        return number(of: user, map: text) ?? unknown(in: processes)
    }

    /// Looks a user up in the text of `uid_map`: lines of the first number inside, the first outside, and how many.
    static func number(of user: UInt32, map text: [UInt8]) -> UInt32? {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let numbers = line.split(separator: UInt8(ascii: " ")).compactMap {
                UInt64(String(decoding: $0, as: UTF8.self))
            }
            guard numbers.count == 3, numbers[1] <= user, UInt64(user) - numbers[1] < numbers[2] else { continue }
            return UInt32(truncatingIfNeeded: numbers[0] + (UInt64(user) - numbers[1]))
        }
        return nil
    }

    private static func unknown(in processes: ProcFileSystem) -> UInt32 {
        let text = try? File.contents(of: "\(processes.root)/sys/kernel/overflowuid")
        return text.flatMap { UInt32(String(decoding: $0.prefix { $0 > 32 }, as: UTF8.self)) } ?? 65534
    }
}
