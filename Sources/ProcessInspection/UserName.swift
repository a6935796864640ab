internal import Glibc

/// Names of users.
public enum UserName {
    /// A user's name.
    ///
    /// - Parameter uid: The user's number.
    /// - Returns: The name, or the number as text when the machine does not know it.
    public static func name(of uid: UInt32) -> String {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        // A larger entry does not exist in practice; it would show as its number.
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &result) == 0, result != nil, let name = entry.pw_name
        else { return String(uid) }
        return String(cString: name)
    }
}
