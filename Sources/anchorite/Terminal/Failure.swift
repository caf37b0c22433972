import ArgumentParser
import Authority
import Groundwork
import Ledger
import PKCS11
import PKIX
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

    init(_ code: ExitCode, _ reason: String, advice: String? = nil) {
        self.code = code
        self.reason = reason
        self.advice = advice
    }

    var description: String { "\(reason)." + (advice.map { " \($0)." } ?? "") }
}

extension Failure {
    /// The exit code for any error.
    static func code(for error: any Error) -> ExitCode {
        switch error {
        case let error as Failure: error.code
        case let error as PlanError: error.control.exitCode
        case let error as FileError: error.kind == .exists ? Exit.outputExists : error.kind == .notFound ? Exit.badInput : Exit.inputOutput
        case is CryptokiError: Exit.tokenUnavailable
        case is YAMLError, is PKIXError, is JSONError, is JSONReadingError: Exit.badInput
        case is LedgerError, is NoteError, is BundleError: Exit.check
        case let error as ExitCode: error
        default: Exit.inputOutput
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
        let text = Shown.text("\(error)")
        Terminal.say("anchorite: \(text)\(text.hasSuffix(".") ? "" : ".")")
        return code(for: error)
    }
}

extension Control {
    /// Whether a file was bad, a token not there, or a check did not hold.
    var exitCode: ExitCode {
        switch self {
        case .plan, .policyForm, .ceremonyForm, .profile, .scopeKnown, .keyType, .requestPossession, .revocationTarget,
            .approvalForm, .limits, .scopeWindow, .validityLimit, .subjectUnique:
            Exit.badInput
        case .tokenIdentity, .tokenLogin: Exit.tokenUnavailable
        default: Exit.check
        }
    }
}
