import ArgumentParser
import Authority
import Groundwork
import PKCS11

extension Control {
    /// The rule behind an error that does not name one in its own words; nil where it does, and where there is none.
    init?(speakingFor error: any Error) {
        let control: Control? =
            switch error {
            case let error as Failure: error.control
            case let error as FileError: Self.speaking(for: error.kind)
            case let error as CryptokiError: Self.speaking(for: error)
            default: nil
            }
        guard let control else { return nil }
        self = control
    }

    private static func speaking(for kind: FileError.Kind) -> Control? {
        switch kind {
        case .exists: .outputNew
        case .notRegular, .tooLarge: .inputFile
        case .notFound, .permission, .busy, .noSpace, .readOnly, .io: nil
        }
    }

    private static func speaking(for error: CryptokiError) -> Control? {
        switch error.kind {
        case .moduleUnavailable: .moduleSource
        case .tokenAbsent: .tokenIdentity
        case .pinIncorrect, .pinLocked, .pinInvalid, .pinExpired, .pinNotSet, .loginRequired: .tokenLogin
        case .notFound: .keyIdentity
        case .ambiguous: error.function == "C_FindObjects" ? .keyIdentity : .tokenIdentity
        default: nil
        }
    }

    /// 65 where a file's form is wrong, 69 where a token is not there or not to be unlocked, else 1: the file can be
    /// read, and what it wants is refused, or something that should hold does not.
    ///
    /// docs/officer.md has the table.
    var exitCode: ExitCode {
        switch self {
        case .policyForm, .siteSecret, .ceremonyForm, .plan, .approvalForm, .deviation: Exit.badInput
        case .tokenIdentity, .tokenLogin: Exit.tokenUnavailable
        default: Exit.check
        }
    }
}
