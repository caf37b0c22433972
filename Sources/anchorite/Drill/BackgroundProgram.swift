import Glibc
import Groundwork

/// A program that runs beside this one, and ends with the value; when this one is ended by a signal, or its terminal goes
/// away, with it.
final class BackgroundProgram {
    private let process: pid_t
    /// Both ends of a pipe that closes with this program, however that ends.
    private let leash: [Int32]

    /// - Parameter log: the file that its words go to.
    /// - Throws: ``Failure`` when it cannot be started.
    init(_ command: [String], folder: String, log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure(Exit.inputOutput, "there is no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // The shell goes to the folder, and becomes the program. Another waits at the leash: a line lets it go, an end
        // without one means that nobody is there any more.
        let script = "cd \"$0\" || exit; exec 3<&0; { trap '' HUP INT QUIT TERM; read -r _ <&3 || kill -KILL $$; } & "
            + "exec \"$@\" 3<&- </dev/null"
        var arguments = (["sh", "-c", script, folder] + command).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, "/bin/sh", &actions, nil, &arguments, environ)
        guard failure == 0 else {
            for end in ends { close(end) }
            throw Failure(
                Exit.badInput, "\(command.first ?? "") cannot be run: \(String(cString: strerror(failure)))",
                advice: "Install it, or name another server in the drill file")
        }
        self.process = process
        leash = ends
    }

    /// Whether it has not ended by itself. Until the value ends, the process' number stays taken.
    var isRunning: Bool {
        var found = siginfo_t()
        return waitid(P_PID, id_t(process), &found, WEXITED | WNOHANG | WNOWAIT) == 0 && found.si_signo == 0
    }

    deinit {
        var line: UInt8 = 0x0a
        _ = write(leash[1], &line, 1)
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        for end in leash { close(end) }
    }

    /// A port of this machine that nobody listened at a moment ago.
    static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return 18_080 }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        return isKnown ? Int(UInt16(bigEndian: address.sin_port)) : 18_080
    }
}
