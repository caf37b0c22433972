import Dispatch
import Glibc
import Synchronization

/// What happens when somebody presses Ctrl-C, or the terminal goes away.
///
/// While a ceremony runs, the first signal asks it to stop after the current step, so that tokens are logged out and
/// nothing is left unanswered in the ledger; a second one ends the program at once. While a secret is typed, the terminal
/// gets its echo back first.
final class Interruption: @unchecked Sendable {
    static let shared = Interruption()

    private struct State {
        var isRequested = false
        /// What the terminal was before its echo was turned off.
        var silenced: (terminal: Int32, settings: termios)?
        /// A secret stands on the screen.
        var isShowingSecret = false
        /// What is true of tokens and record when the program ends now.
        var remains = "nothing was unlocked"
    }

    private let state = Mutex(State())
    // Set once; Dispatch does not say that its sources are Sendable.
    private let sources: [any DispatchSourceSignal]

    private init() {
        // A stop (Ctrl-Z) would give the terminal its echo back while a PIN is typed, so it is not possible.
        signal(SIGTSTP, SIG_IGN)
        let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
        let queue = DispatchQueue(label: "anchorite.interruption")
        sources = signals.map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            let number = Int32(source.handle)
            source.setEventHandler { Interruption.shared.requested(number) }
            source.resume()
        }
    }

    /// Begins to listen.
    static func listen() { _ = shared }

    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Remembers how to give a terminal its echo back.
    func silenced(_ terminal: Int32, _ settings: termios) { state.withLock { $0.silenced = (terminal, settings) } }

    func unsilenced() { state.withLock { $0.silenced = nil } }

    /// Says whether the screen must be cleared when the program ends now.
    func showsSecret(_ isShown: Bool) { state.withLock { $0.isShowingSecret = isShown } }

    /// Says what is true of tokens and record when the program ends from here on.
    func leaves(_ remains: String) { state.withLock { $0.remains = remains } }

    private func requested(_ number: Int32) {
        let (again, silenced, isShowingSecret, remains) = state.withLock { state in
            defer { state.isRequested = true }
            return (state.isRequested, state.silenced, state.isShowingSecret, state.remains)
        }
        if let silenced {
            if isShowingSecret { Keyboard.clear(silenced.terminal) }
            var settings = silenced.settings
            tcsetattr(silenced.terminal, TCSAFLUSH, &settings)
            Terminal.say(
                "\nanchorite: interrupted while a secret was asked for or shown; \(remains). Run the same command again to go on.")
            exit(130)
        }
        // A terminal that goes away may say so more than once: once by itself, once through the shell.
        if again, number == SIGHUP { return }
        if again {
            Terminal.say("anchorite: ended at once; run the same command again to go on where the ledger stops.")
            _exit(130)
        }
        Terminal.say("anchorite: stopping after the current step; press Ctrl-C again to end at once.")
    }
}
