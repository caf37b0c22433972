import ArgumentParser
import Authority

extension Control {
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
