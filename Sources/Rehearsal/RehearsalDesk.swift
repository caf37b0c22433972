import Authority
import Groundwork
import SecretSharing

/// Persons who take the shares that they are handed, and bring enough of them when they are asked.
public final class RehearsalDesk: CustodyDesk {
    /// By what they are of.
    private var papers: [String: [Share]] = [:]

    public init() {}

    public func share(for gathering: ShareGathering, mayDecline: Bool) throws -> Share? {
        let enough = papers[gathering.record.token, default: []].filter { $0.memberIndex < $0.memberThreshold }
        guard let next = enough.dropFirst(gathering.progress.count).first else {
            throw PlanError(.custody, "the rehearsal has no shares of \(gathering.record.words)")
        }
        return next
    }

    public func refuse(_ problem: CustodyError) {}
    public func take(from custodian: String, _ gathering: ShareGathering) {}
    public func holder(among custodians: [String]) throws -> String { custodians.first ?? "" }

    public func handOut(_ handout: SharedSecret.Handout, token: String, number: Int, of count: Int) throws {
        if number == 1 { papers[token] = [] }
        let isKnown = papers[token, default: []].contains { $0.isEqual(to: handout.share) }
        if !isKnown { papers[token, default: []].append(handout.share) }
    }
}
