import Authority
import Groundwork

/// Whether one publication may take the place of another: of the same authority, and never older.
enum Continuity {
    /// - Parameter place: what was published is there, for sentences.
    /// - Throws: `PlanError` with control PUBLICATION-FOREIGN, PUBLICATION-NEWER or PUBLICATION-LEDGER.
    static func require(
        _ new: PublicationManifest, after old: PublicationManifest, ledger: VerifiedAuthority, at place: String
    ) throws(PlanError) {
        guard old.authority == new.authority, old.environment == new.environment else {
            throw PlanError(
                .publicationForeign,
                "\(place) is of the authority \(old.authority) (\(old.environment)), not of \(new.authority) (\(new.environment))",
                advice: "Publish to another target")
        }
        guard old.ledgerSize <= new.ledgerSize else {
            throw newer(place, "comes from a ledger of \(old.ledgerSize) lines, and this one has \(new.ledgerSize)")
        }
        guard ledger.head(at: old.ledgerSize) == old.ledgerHead else {
            throw PlanError(
                .publicationLedger,
                "\(place) comes from a ledger whose line \(old.ledgerSize) is another than this one's",
                advice: "There are two histories of this authority. Find out which one is right before anything is published")
        }
        // A delta has the number of a CRL that is there too; it goes when there is nothing good to add to.
        for issuer in old.issuers where !issuer.isDelta {
            guard let number = issuer.lists.last?.number else { continue }
            try requireList(number, of: issuer.title, in: new, at: place)
        }
        if let sequence = old.bundles.last?.sequence { try requireBundle(sequence, in: new, at: place) }
    }

    static func requireList(
        _ number: Int64, of issuer: String, in new: PublicationManifest, at place: String
    ) throws(PlanError) {
        let ours = new.issuers.first { $0.title == issuer }?.lists.last?.number ?? 0
        guard number <= ours else {
            throw newer(place, "has CRL \(number) of \(issuer), and the newest here that has begun is \(ours)")
        }
    }

    static func requireBundle(_ sequence: Int64, in new: PublicationManifest, at place: String) throws(PlanError) {
        let ours = new.bundles.last?.sequence ?? 0
        guard sequence <= ours else { throw newer(place, "has bundle \(sequence), and the newest here is \(ours)") }
    }

    private static func newer(_ place: String, _ reason: String) -> PlanError {
        PlanError(
            .publicationNewer, "\(place) \(reason)",
            advice: "Bring the newest copy of the authority, and see that this machine's clock is right")
    }
}
