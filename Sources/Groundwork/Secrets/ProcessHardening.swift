import Glibc

/// What a process that handles secrets does first.
public enum ProcessHardening {
    /// Forbids core dumps of this process (RLIMIT_CORE 0, for its children too) and makes it non-dumpable, so that
    /// other processes of the same user can neither trace it nor read its memory.
    ///
    /// - Returns: whether both took effect.
    @discardableResult
    public static func disableCoreDumps() -> Bool {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        let isLimited = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0
        return LinuxCalls.prctl(setDumpable, 0) == 0 && isLimited
    }

    /// Lets a crash end the process at once: the Swift runtime's own handlers would print registers and the memory that
    /// they point to, secrets among it, to the terminal or wherever standard error goes.
    public static func disableBacktraces() {
        for number in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS] { signal(number, SIG_DFL) }
    }

    /// Whether the process may be dumped or traced by its own user.
    public static var isDumpable: Bool { LinuxCalls.prctl(getDumpable) != 0 }

    // linux/prctl.h: PR_GET_DUMPABLE and PR_SET_DUMPABLE.
    private static let getDumpable: Int32 = 3
    private static let setDumpable: Int32 = 4
}
