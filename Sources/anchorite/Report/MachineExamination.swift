import Authority
import Glibc
import Groundwork

/// Looks at the machine: clock, network, disk, memory.
struct MachineExamination {
    let environment: DeploymentEnvironment
    let output: String
    let authority: AuthorityReading.Reading?
    let policy: Policy
    let time: Timestamp

    func run(_ checks: inout CheckList) {
        lookAtClock(&checks)
        lookAtNetwork(&checks)
        lookAtOutput(&checks)
        lookAtMemory(&checks)
    }

    // MARK: Clock and network

    private func lookAtClock(_ checks: inout CheckList) {
        if let last = authority?.lastTime, time < last {
            return checks.fail(
                "clock",
                "It shows \(Phrase.time(time)), and the ledger's last line is of \(Phrase.time(last)): set it right.")
        }
        if let built = Self.programTime, time < built {
            return checks.fail(
                "clock",
                "It shows \(Phrase.time(time)), and this program's file is of \(Phrase.time(built)): set it right.")
        }
        let beside =
            authority?.lastTime.map { "after the ledger's last line of \(Phrase.time($0))" }
            ?? "after the program's own file"
        checks.ok("clock", "It shows \(Phrase.time(time)), \(beside); compare it with a watch.")
    }

    /// When the program's file was last changed.
    private static var programTime: Timestamp? {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return nil }
        return Timestamp(secondsSinceEpoch: Int64(status.st_mtim.tv_sec))
    }

    private func lookAtNetwork(_ checks: inout CheckList) {
        let interfaces = ProgramIdentity.upInterfaces()
        guard !interfaces.isEmpty else { return checks.ok("network", "No interface is up: the machine is offline.") }
        let words = interfaces.joined(separator: ", ")
        if environment == .production {
            checks.warn(
                "network", "Up: \(words). A machine for ceremonies has no network; the record will say that it had.")
        } else {
            checks.ok(
                "network", "Up: \(words). For \(environment.rawValue) that does not matter; the record will say it.")
        }
    }

    // MARK: Disk

    private func lookAtOutput(_ checks: inout CheckList) {
        // The folder itself, or the nearest one above it that exists.
        var folder = output
        while access(folder, F_OK) != 0, folder != ".", folder != "/" { folder = FilePath.directory(of: folder) }
        let kind = FileSystem.kind(of: folder)
        let free = FileSystem.freeMebibytes(in: folder)
        let space = free.map { ", \($0) MiB free" } ?? ""
        guard access(folder, W_OK) == 0 else {
            return checks.fail(
                "output", "\(folder) cannot be written to (\(kind)): \(String(cString: strerror(errno))).")
        }
        let words = "\(folder) can be written to: \(kind)\(space)"
        if FileSystem.isVolatile(kind) {
            checks.warn("output", "\(words). What is there is lost when the machine is switched off.")
        } else if FileSystem.isRemote(kind) {
            checks.warn("output", "\(words). It is on another machine, and what is written there may not be durable.")
        } else if let free, free < 64 {
            checks.warn("output", "\(words), which is little.")
        } else {
            checks.ok("output", "\(words).")
        }
    }

    // MARK: Memory

    private func lookAtMemory(_ checks: inout CheckList) {
        var limit = rlimit()
        let isLimited = getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 && limit.rlim_cur == 0
        if isLimited, !ProcessHardening.isDumpable {
            checks.ok("core dumps", "They are off for this program, and nobody can trace it.")
        } else {
            checks.fail("core dumps", "They cannot be turned off, so a PIN could end in a file.")
        }
        do {
            _ = try SecretBytes(count: 64)
            checks.ok("memory lock", "Memory for secrets can be locked, so that it is never swapped out.")
        } catch {
            checks.fail("memory lock", "\(error): raise the limit (ulimit -l).")
        }
    }
}
