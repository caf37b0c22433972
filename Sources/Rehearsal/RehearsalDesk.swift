import Authority
import Groundwork
import SecretSharing

/// Persons who take the shares that they are handed, and bring enough of them when they are asked.
public final class RehearsalDesk: CustodyDesk {
    fileprivate struct Paper {
        var custodian: String
        var share: Share
    }

    /// By what they are of.
    private var papers: [String: [Paper]] = [:]

    public init() {}

    public func share(for gathering: ShareGathering, mayDecline: Bool) throws -> Share? {
        var enough: [Share] = []
        for paper in papers[gathering.record.token, default: []] where paper.share.memberIndex < paper.share.memberThreshold {
            // Copies of a share count once.
            if !enough.contains(where: { $0.isEqual(to: paper.share) }) { enough.append(paper.share) }
        }
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
        papers[token, default: []].append(Paper(custodian: handout.custodian, share: handout.share))
    }

    /// The same desk when only these persons come, in this order, each with all that they were handed.
    public func attended(by people: [String]) -> any CustodyDesk { Attendance(papers, people) }
}

private final class Attendance: CustodyDesk {
    private let papers: [String: [RehearsalDesk.Paper]]
    private let people: [String]
    private var brought = 0

    init(_ papers: [String: [RehearsalDesk.Paper]], _ people: [String]) {
        self.papers = papers
        self.people = people
    }

    func share(for gathering: ShareGathering, mayDecline: Bool) throws -> Share? {
        let all = papers[gathering.record.token, default: []]
        let shares = people.flatMap { person in all.filter { $0.custodian == person }.map(\.share) }
        guard brought < shares.count else {
            throw PlanError(
                .custody, "nobody else brings shares of \(gathering.record.words)", advice: "Missing: \(gathering.missing)")
        }
        brought += 1
        return shares[brought - 1]
    }

    func refuse(_ problem: CustodyError) {}
    func take(from custodian: String, _ gathering: ShareGathering) {}
    func holder(among custodians: [String]) throws -> String { people.first(where: custodians.contains) ?? "" }
    func handOut(_ handout: SharedSecret.Handout, token: String, number: Int, of count: Int) throws {}
}
