import ArgumentParser
import Dispatch
import Synchronization

/// Runs a command that waits for other programs, and waits for it.
enum Waiting {
    static func run(_ command: any AsyncParsableCommand) throws {
        let outcome = Outcome()
        let handover = Handover(command: command)
        Task.detached {
            var command = handover.command
            do {
                try await command.run()
            } catch {
                outcome.failure.withLock { $0 = error }
            }
            outcome.done.signal()
        }
        outcome.done.wait()
        if let error = outcome.failure.withLock({ $0 }) { throw error }
    }

    /// The command goes to the one task, and nobody else touches it again.
    private struct Handover: @unchecked Sendable {
        let command: any AsyncParsableCommand
    }

    private final class Outcome: Sendable {
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
    }
}
