import Groundwork

/// What happens while a ceremony runs, for the people in the room.
public enum CeremonyNotice: Sendable {
    /// All checks before the first login hold.
    case checked(approvers: [Approver], objects: Int)
    case login(token: String, label: String, serial: String)
    /// A custodian unlocked a token, was not named among the participants, and is now.
    case participant(name: String, token: String)
    /// What somebody wrote down is on record.
    case deviation(by: String, text: String)
    case opened(number: Int64, title: String)
    case resumed(number: Int64, done: Int, of: Int)
    /// A signature may exist that was lost in a crash; the same bytes are signed again.
    case signsAgain(StepID, intent: Int64)
    /// A key that was generated but not recorded before a crash is destroyed and generated again.
    case orphanDestroyed(key: String)
    /// The key of a CA that has ended is gone from its token.
    case keyDestroyed(key: String, token: String)
    case tornLineSetAside(path: String, bytes: Int)
    case operation(index: Int, of: Int, title: String)
    case keyGenerated(name: String, kind: String, fingerprint: Digest)
    /// A pre-generated key was looked at again, and is the one to which a root committed.
    case keyJudged(key: String, predecessor: String)
    case rootUpdate(root: String, path: String)
    case certificate(name: String, path: String, fingerprint: Digest)
    case certificateList(title: String, entries: Int64, path: String)
    case revoked(certificate: String, reason: String)
    /// A run was cut off when the token was about to get new PINs; the new shares are asked for first.
    case sharesUnsettled(token: String)
    /// New shares are handed out, and those that an interrupted run may have handed out are void.
    case sharesVoid(token: String)
    /// The token has its new PINs; whoever holds shares tries them.
    case sharesTried(token: String, custodians: [String])
    /// The token has new PINs, and these persons hold their shares.
    case sharesRenewed(token: String, custodians: [String], path: String)
    /// A break-glass package is signed and sealed, and these persons hold shares of its key.
    case packageSealed(package: String, certificates: [String], responders: [String], path: String)
    case bundle(sequence: Int64, path: String, payload: Digest)
    /// Another policy is in force from here on.
    case policyChanged(number: Int64, digest: Digest)
    case checkpointAgain(number: Int64)
    case closed(number: Int64, size: Int64, root: Digest, path: String)
    case memoryNotAdvanced(token: String, reason: String)
}

/// Who is told.
public protocol CeremonyObserver: AnyObject {
    func note(_ notice: CeremonyNotice)
}
