import Authority
import Groundwork
import PKCS11

extension Failure {
    /// A token's failure in the middle of a ceremony, told with what has become of the ceremony.
    ///
    /// Nil while the plan's ceremony is neither open nor without its checkpoint: then the error says all.
    init?(_ error: CryptokiError, leavingOpen plan: Plan, in directory: AuthorityDirectory) {
        guard let reading = try? AuthorityReading.state(of: directory) else { return nil }
        let number = plan.number
        let stand: String
        if reading.ceremony?.planDigest == plan.digest {
            stand = "Ceremony \(number) is open, and nothing on record is lost"
        } else if reading.ceremony == nil, let last = reading.state?.ceremonies.last, last.number == number,
            last.plan == plan.digest, !directory.contains(AuthorityPaths.checkpoint(number))
        {
            stand = "Everything of ceremony \(number) is on record; only its checkpoint is not signed"
        } else {
            return nil
        }
        self.init(
            Exit.tokenUnavailable, "\(error)",
            advice: "\(stand). Once the token answers again, the same command goes on where the record stops",
            control: Control(speakingFor: error))
    }
}
