import ArgumentParser
import Authority
import Groundwork
import Ledger
import PKCS11
import PKIX
import SSHSignature
import SecretSharing
import StrictYAML
import TrustBundle

/// What the command ends with (sysexits(3) where it has a number).
enum Exit {
    /// A check did not hold: verification, lint, quorum.
    static let check = ExitCode(1)
    static let usage = ExitCode(64)
    static let badInput = ExitCode(65)
    static let tokenUnavailable = ExitCode(69)
    static let outputExists = ExitCode(73)
    static let inputOutput = ExitCode(74)
}

/// A failure of the command itself: one sentence that says what is wrong, one that says what to do.
struct Failure: Error, CustomStringConvertible {
    var reason: String
    var advice: String?
    var code: ExitCode
    /// The rule that does not hold, where it has a name.
    var control: Control?

    init(_ code: ExitCode, _ reason: String, advice: String? = nil, control: Control? = nil) {
        self.code = code
        self.reason = reason
        self.advice = advice
        self.control = control
    }

    var description: String { Sentences.joined(reason, advice) }
}

extension Failure {
    /// The exit code for any error.
    static func code(for error: any Error) -> ExitCode {
        switch error {
        case let error as Failure: error.code
        case let error as PlanError: error.control.exitCode
        case let error as FileError: code(for: error.kind)
        case is CryptokiError, is SharedPINError: Exit.tokenUnavailable
        case is CustodyError, is ShareError: Exit.check
        case let error as YAMLError: PlanError(error, .ceremonyForm).control.exitCode
        case is PKIXError, is JSONError, is JSONReadingError: Exit.badInput
        case is LedgerError, is NoteError, is BundleError, is SSHSignatureError: Exit.check
        case let error as ExitCode: error
        default: Exit.inputOutput
        }
    }

    private static func code(for kind: FileError.Kind) -> ExitCode {
        switch kind {
        case .exists: Exit.outputExists
        case .notFound, .notRegular, .tooLarge: Exit.badInput
        case .permission, .busy, .noSpace, .readOnly, .io: Exit.inputOutput
        }
    }

    /// An error in sentences: what is wrong and where, then what to do.
    static func words(for error: any Error) -> String {
        let text = sentences(for: error)
        return Control(speakingFor: error).map { "\($0.rawValue): \(text)" } ?? text
    }

    private static func sentences(for error: any Error) -> String {
        switch error {
        case let error as FileError: Sentences.joined("\(error)", advice(for: error))
        case let error as YAMLError where error.control != nil: "\(PlanError(error, .ceremonyForm))"
        default: Sentences.joined("\(error)")
        }
    }

    private static func advice(for error: FileError) -> String? {
        switch error.kind {
        case .exists: "Nothing is overwritten: name another output, or move it away"
        case .notFound: "Check the path, and the folder that you are in"
        case .notRegular where AuthorityDirectory(error.path).contains("plan.json"):
            "Did you mean \(FilePath.joined(error.path, "plan.json"))?"
        case .notRegular: "Name a regular file"
        case .permission: "Check who may read and write it"
        case .noSpace: "Make room, and run the same command again"
        case .tooLarge: "See whether it is the right file"
        case .busy, .readOnly, .io: nil
        }
    }

    /// Runs a command's body; an error is told in two sentences and becomes the exit code.
    static func reporting(_ body: () throws -> Void) throws {
        do { try body() } catch { throw told(error) }
    }

    static func reporting(_ body: () async throws -> Void) async throws {
        do { try await body() } catch { throw told(error) }
    }

    private static func told(_ error: any Error) -> ExitCode {
        if let code = error as? ExitCode { return code }
        // Of bad lines in a file, each has a line here.
        let lines = (error as? PlanError)?.control == .listEntries
            ? words(for: error).split(separator: "\n", omittingEmptySubsequences: true).map(String.init) : [words(for: error)]
        Terminal.say("anchorite: \(lines.map(Shown.text).joined(separator: "\n"))")
        return code(for: error)
    }
}
