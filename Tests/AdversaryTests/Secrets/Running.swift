import Foundation
import Glibc

/// The command while it runs, with everything that it says in files.
final class Running {
    private let process = Process()
    /// What started the command became it; but setsid may have had to fork.
    private var identifier: pid_t {
        let started = process.processIdentifier
        let children = try? String(contentsOfFile: "/proc/\(started)/task/\(started)/children", encoding: .utf8)
        return children.flatMap { $0.split(separator: " ").first }.flatMap { pid_t($0) } ?? started
    }

    /// - Parameters:
    ///   - name: of the files `NAME.out` and `NAME.err` in the stage.
    ///   - terminal: what it has as its terminal, if any.
    init(
        _ stage: Stage, _ arguments: [String], environment: [String: String] = [:], named name: String,
        terminal: Terminal? = nil
    ) throws {
        let shell = "ulimit -c unlimited 2>/dev/null; exec \"$@\"" + (terminal == nil ? " 3<pin" : "")
        let session = terminal == nil ? [] : ["setsid", "--ctty", "--wait"]
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = session + ["sh", "-c", shell, "sh", Shell.anchorite] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(stage.environment) { $1 }
            .merging(environment) { $1 }
        process.currentDirectoryURL = URL(filePath: stage.path)
        if let terminal {
            process.standardInput = terminal.slave
            process.standardOutput = terminal.slave
            process.standardError = terminal.slave
        } else {
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try Self.file("\(name).out", stage)
            process.standardError = try Self.file("\(name).err", stage)
        }
        // A worker's thread may block signals, and a child inherits that.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    private static func file(_ name: String, _ stage: Stage) throws -> FileHandle {
        try stage.write("", name)
        return try FileHandle(forWritingTo: URL(filePath: stage.absolute(name)))
    }

    /// What others could see of it in the list of processes: its arguments, its environment, its limits.
    func seenFromOutside() throws -> Data {
        try ["cmdline", "environ", "comm", "status", "limits"].reduce(into: Data()) { seen, name in
            seen += try Data(contentsOf: URL(filePath: "/proc/\(identifier)/\(name)"))
        }
    }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// The exit code; a signal's number below zero.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }
}
