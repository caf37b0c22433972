import Glibc

/// Calls of the C library that Swift's Glibc module leaves out: variadic ones and those behind `_GNU_SOURCE`.
///
/// They are looked up by name. Each returns -1 with `errno` set, ENOSYS when the library lacks the call.
enum LinuxCalls {
    /// `prctl(2)`; its arguments are plain words, passed alike to variadic and other functions on Linux ABIs.
    static func prctl(_ option: Int32, _ argument: UInt = 0) -> Int32 {
        typealias Function = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        return lookUp("prctl", as: Function.self)?(option, argument, 0, 0, 0) ?? missing()
    }

    /// `syncfs(2)`: writes everything on the file system of the descriptor.
    static func syncfs(_ descriptor: Int32) -> Int32 {
        typealias Function = @convention(c) (Int32) -> Int32
        return lookUp("syncfs", as: Function.self)?(descriptor) ?? missing()
    }

    /// `renameat2(2)` with RENAME_NOREPLACE: fails with EEXIST instead of replacing.
    static func renameWithoutReplacing(
        _ oldDirectory: Int32, _ oldName: String, _ newDirectory: Int32, _ newName: String
    ) -> Int32 {
        typealias Function = @convention(c) (
            Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
        ) -> Int32
        let noReplace: UInt32 = 1
        return lookUp("renameat2", as: Function.self)?(oldDirectory, oldName, newDirectory, newName, noReplace)
            ?? missing()
    }

    /// `mallopt(3)`; 0 when the library lacks it or refuses.
    static func mallopt(_ parameter: Int32, _ value: Int32) -> Int32 {
        typealias Function = @convention(c) (Int32, Int32) -> Int32
        return lookUp("mallopt", as: Function.self)?(parameter, value) ?? 0
    }

    private static func lookUp<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }

    private static func missing() -> Int32 {
        errno = ENOSYS
        return -1
    }
}
