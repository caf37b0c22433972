import Foundation
import Glibc
import Testing

/// What responders wrote down, and bring again.
final class SharePapers: @unchecked Sendable {
    /// The words of each person's share, by package.
    private(set) var words: [String: [String: String]] = [:]

    init(_ words: [String: [String: String]] = [:]) { self.words = words }

    func begin(_ package: String) { words[package] = [:] }

    func write(_ share: String, of package: String, by person: String) { words[package, default: [:]][person] = share }
}

/// The built command on a pseudo-terminal of its own, with people who do what it says there: they type the PIN, write
/// shares down and type them back, and bring them.
struct DeskTerminal {
    struct Outcome: Sendable {
        /// The exit status, or the signal's number when `isKilled`.
        var status: Int32
        var isKilled: Bool
        var screen: String
    }

    struct Unexpected: Error {
        var text: String
    }

    private let papers: SharePapers
    private let pin: String
    /// POSIX_SPAWN_SETSID of <spawn.h>, for which the C library wants _GNU_SOURCE.
    private static let newSession: Int32 = 0x80

    init(_ papers: SharePapers, pin: String) {
        self.papers = papers
        self.pin = pin
    }

    func run(_ arguments: [String], environment: [String: String]) throws -> Outcome {
        // What posix_openpt, unlockpt and ptsname do; the module Glibc has none of them.
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var number: UInt32 = 0
        guard master >= 0, ioctl(master, UInt(0x4004_5431), &locked) == 0, ioctl(master, UInt(0x8004_5430), &number) == 0
        else { throw Unexpected(text: "there is no pseudo-terminal") }
        defer { close(master) }
        let process = try Self.spawn(arguments, environment, "/dev/pts/\(number)")
        var people = People(papers: papers, pin: pin)
        var screen: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isStuck = false
        while true {
            var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, 120_000) > 0 else {
                isStuck = true
                kill(process, SIGKILL)
                break
            }
            let count = read(master, &buffer, buffer.count)
            // EIO: nobody has the other end open any more.
            guard count > 0 else { break }
            screen += buffer[..<count]
            for line in people.answers(to: buffer[..<count]) {
                _ = Array("\(line)\n".utf8).withUnsafeBytes { Glibc.write(master, $0.baseAddress, $0.count) }
            }
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        let text = String(decoding: screen, as: UTF8.self)
        guard !isStuck else { throw Unexpected(text: "nobody knew what to do: \(text.suffix(600))") }
        let signal = status & 0x7f
        return Outcome(status: signal == 0 ? (status >> 8) & 0xff : signal, isKilled: signal != 0, screen: text)
    }

    private static func spawn(_ arguments: [String], _ environment: [String: String], _ terminal: String) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        // A session of its own: the first terminal that it opens is its controlling terminal.
        posix_spawnattr_setflags(&attributes, Int16(newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, terminal, O_RDWR, 0) }
        let variables = ProcessInfo.processInfo.environment
            .merging(["TERM": "xterm", "NO_COLOR": "1"]) { $1 }.merging(environment) { $1 }
        var argv: [UnsafeMutablePointer<CChar>?] = ([Program.path] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, Program.path, &actions, &attributes, &argv, &envp)
        guard result == 0 else { throw Unexpected(text: String(cString: strerror(result))) }
        return process
    }

    /// The people at the terminal.
    private struct People {
        let papers: SharePapers
        let pin: String
        /// What was shown since somebody last answered.
        private var bytes: [UInt8] = []
        private var shown = ""
        /// Whose share of what is being handed out.
        private var receiving: (package: String, person: String)?
        /// The words that are typed back.
        private var written: String?
        private var brought = 0
        private var opening: String?
        /// How what wants an answer ends: most of what is shown only counts words.
        private static let prompts = ["): ", "\n> ", "see the words.", "written down", "are right.", " 0 of "].map { Data($0.utf8) }

        init(papers: SharePapers, pin: String) {
            self.papers = papers
            self.pin = pin
        }

        mutating func answers(to part: ArraySlice<UInt8>) -> [String] {
            bytes += part.filter { $0 != 0x0d }
            let data = Data(bytes)
            guard Self.prompts.contains(where: { data.range(of: $0) != nil }) else { return [] }
            shown = String(decoding: bytes, as: UTF8.self)
            var answers: [String] = []
            while let answer = next() { answers.append(answer) }
            bytes = Array(shown.utf8)
            return answers
        }

        private mutating func next() -> String? {
            if let match = shown.firstMatch(of: #/PIN of the token [^\n]*\): /#) { return answer(pin, match.range) }
            if let match = shown.firstMatch(of: #/type in full: ([^\n]*)\n> /#) { return answer(String(match.1), match.range) }
            if let match = shown.firstMatch(of: #/Share ([0-9]+) of [0-9]+ of the package ([^:]+): [^\n]*\(([a-z]+)\), as [\s\S]*Press Enter to see the words\.\n/#) {
                let package = String(match.2)
                if match.1 == "1" { papers.begin(package) }
                receiving = (package, String(match.3))
                return answer("", match.range)
            }
            if let match = shown.firstMatch(of: #/Write down all words with their numbers\.([\s\S]*)Press Enter when they are written down[^\n]*\n/#) {
                let words = match.1.matches(of: #/[0-9]+\. ([a-z]+)/#).map { String($0.1) }.joined(separator: " ")
                if let receiving { papers.write(words, of: receiving.package, by: receiving.person) }
                written = words
                return answer("", match.range)
            }
            if let match = shown.firstMatch(of: #/All words are right\.[^\n]*\n/#) {
                written = nil
                return answer("", match.range)
            }
            if let match = shown.firstMatch(of: #/The package ([^ ]+) opens with shares/#) { opening = String(match.1) }
            if let match = shown.firstMatch(of: #/ 0 of [0-9]+  /#) {
                if let written { return answer(written, match.range) }
                let shares = papers.words[opening ?? ""] ?? [:]
                let persons = shares.keys.sorted()
                guard brought < persons.count else { return nil }
                brought += 1
                return answer(shares[persons[brought - 1]] ?? "", match.range)
            }
            return nil
        }

        private mutating func answer(_ text: String, _ range: Range<String.Index>) -> String {
            shown = String(shown[range.upperBound...])
            return text
        }
    }
}
