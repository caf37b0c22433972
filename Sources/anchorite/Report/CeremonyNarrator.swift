import Authority
import Groundwork

/// Tells the people in the room what happens, as it happens.
final class CeremonyNarrator: CeremonyObserver {
    private let indent: String
    private let tell: (String, Terminal.Style) -> Void
    private var certificates = 0
    /// The Merkle root of the checkpoint, once there is one.
    private(set) var closedRoot: Digest?
    /// How many operations an earlier run did, until that is said.
    private var doneBefore: Int

    /// - Parameter doneBefore: how many operations an earlier run of the ceremony did; they get one line together.
    /// - Parameter tell: takes each line.
    init(
        indent: String = "", doneBefore: Int = 0,
        tell: @escaping (String, Terminal.Style) -> Void = { Terminal.say($0, $1) }
    ) {
        self.indent = indent
        self.doneBefore = doneBefore
        self.tell = tell
    }

    func note(_ notice: CeremonyNotice) {
        switch notice {
        case .checked(let approvers, let objects):
            say("checked   everything before the first login; "
                + (objects == 0 ? "" : "\(Phrase.count(objects, "object")) linted with throwaway keys; ")
                + "approved by \(approvers.map(\.name).joined(separator: ", "))")
        case .login(_, let label, let serial):
            say("login     token \(label), serial \(serial)")
        case .participant(let name, let token):
            say("present   \(name), who brought a share of the token \(token), goes on record as a participant")
        case .deviation(let by, let text):
            say("recorded  the deviation that \(Shown.text(by)) wrote down: \(Shown.text(text))")
        case .opened(let number, let title):
            say("opened    ceremony \(number): \(title)")
        case .resumed(let number, let done, let of):
            say("resumed   ceremony \(number): \(done) of \(of) steps were done")
        case .signsAgain(let step, let intent):
            say("again     \(step): the signature of intent \(intent) may exist and is lost; the same bytes are signed again")
        case .orphanDestroyed(let key):
            say("destroyed key \(key), generated before the interruption and never recorded")
        case .keyDestroyed(let key, let token):
            say("destroyed key \(key) on the token \(token); nothing with its label or id is left there")
        case .tornLineSetAside(let path, let bytes):
            say("set aside \(bytes) bytes of a torn line of the ledger, in \(path)")
        case .operation(let index, let of, let title):
            guard index >= doneBefore else { return }
            if doneBefore > 0 { say("done      \(doneBefore) of \(of) operations were done before") }
            doneBefore = 0
            say("")
            tell("\(indent)[\(index + 1)/\(of)] \(title)", .bold)
        case .keyGenerated(let name, let kind, let fingerprint):
            say("key       \(name) (\(kind)), not extractable; public key \(short(fingerprint))")
        case .keyJudged(let key, let predecessor):
            say("judged    key \(key), not extractable; \(predecessor) commits to it")
        case .rootUpdate(let root, let path):
            say("written   root-key update for \(root) → \(path)")
        case .certificate(let name, let path, let fingerprint):
            certificates += 1
            if certificates <= 20 { say("signed    \(name) → \(path), SHA-256 \(short(fingerprint))") }
            if certificates == 21 { say("signed    … and more") }
        case .certificateList(let title, let entries, let path):
            say("signed    \(title), \(entries) revoked → \(path)")
        case .revoked(let certificate, let reason):
            say("revoked   \(certificate): \(reason)")
        case .bundle(let sequence, let path, let payload):
            say("signed    bundle \(sequence) → \(path), payload \(short(payload))")
        case .packageSealed(let package, let certificates, let responders, let path):
            say("sealed    package \(package), which revokes \(Phrase.list(certificates)), for \(Phrase.list(responders)) → \(path)")
        case .sharesUnsettled(let token):
            say("unsettled new shares of the token \(token) were handed out, and whether it took its new PINs is not recorded: "
                + "bring the new shares")
        case .sharesVoid(let token):
            say("void      whatever shares of \(CustodyRecord.words(token)) the interrupted run handed out: destroy those papers; "
                + "others are handed out now")
        case .sharesTried(let token, let custodians):
            say("login     the token \(token), with the new shares of \(Phrase.list(custodians)): as security officer and as user")
        case .sharesRenewed(let token, let custodians, let path):
            say("renewed   the PINs of the token \(token); \(Phrase.list(custodians)) hold shares, and older ones are "
                + "worthless → \(path)")
        case .policyChanged(let number, let digest):
            say("in force  policy \(number), SHA-256 \(short(digest))")
        case .checkpointAgain(let number):
            say("again     the checkpoint of ceremony \(number): its signature was lost")
        case .closed(let number, let size, let root, let path):
            say("")
            say("closed    ceremony \(number): \(size) lines → \(path)")
            say("          Merkle root")
            say("          \(root.hex)")
            for row in NumberedWords.rows(root) { say("          \(row)") }
            closedRoot = root
        case .memoryNotAdvanced(let token, let reason):
            say("warning   the token \(token) did not take the new head of the ledger: \(reason)")
        }
    }

    private func say(_ text: String) { tell(text.isEmpty ? "" : indent + text, .plain) }

    private func short(_ digest: Digest) -> String { String(digest.hex.prefix(16)) + "…" }
}
