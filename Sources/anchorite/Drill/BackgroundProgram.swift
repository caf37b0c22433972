import Glibc
import Groundwork

/// A program that runs beside this one, and ends with the value.
final class BackgroundProgram {
    private let process: pid_t

    /// - Parameter log: the file that its words go to.
    /// - Throws: ``Failure`` when it cannot be started.
    init(_ command: [String], folder: String, log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // The shell goes to the folder, and becomes the program.
        var arguments = (["sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + command).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, "/bin/sh", &actions, nil, &arguments, environ)
        guard failure == 0 else {
            throw Failure(
                Exit.badInput, "\(command.first ?? "") cannot be run: \(String(cString: strerror(failure)))",
                advice: "Install it, or name another server in the drill file")
        }
        self.process = process
    }

    /// Whether it has not ended by itself.
    var isRunning: Bool { waitpid(process, nil, WNOHANG) == 0 }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
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
