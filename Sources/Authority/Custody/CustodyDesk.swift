import Groundwork
import SecretSharing

/// Where custodians come with their shares, one at a time, and where they get them: a terminal, or a test.
public protocol CustodyDesk: AnyObject {
    /// Asks whoever comes next for a share.
    ///
    /// - Parameter mayDecline: whether the people may say that they have none of these shares.
    /// - Returns: nil when they said so.
    func share(for gathering: ShareGathering, mayDecline: Bool) throws -> Share?

    /// Says why a share does not count.
    func refuse(_ problem: CustodyError)

    /// Says whose share was taken, and what is missing now.
    func take(from custodian: String, _ gathering: ShareGathering)

    /// Asks which of those who hold copies of a share brought it.
    func holder(among custodians: [String]) throws -> String

    /// Calls a custodian, shows the share, has it written down and typed back, and clears the screen.
    func handOut(_ handout: SharedSecret.Handout, token: String, number: Int, of count: Int) throws

    /// Has custodians of their choice, enough of them, bring the new shares from what they wrote down.
    ///
    /// - Returns: nil where nobody tries.
    func tries(_ record: CustodyRecord) throws -> CombinedShares?
}

extension CustodyDesk {
    public func tries(_ record: CustodyRecord) throws -> CombinedShares? { nil }
}

/// What shares gave, and who brought them.
public struct CombinedShares: Sendable {
    /// Sorted.
    public let custodians: [String]
    public let set: Int64
    public let secret: SecretBytes

    public init(custodians: [String], set: Int64, secret: SecretBytes) {
        self.custodians = custodians
        self.set = set
        self.secret = secret
    }
}

extension CustodyDesk {
    /// Has custodians bring shares, in any order, until there are enough.
    ///
    /// - Returns: nil when the people said that they have none of these shares.
    /// - Throws: ``CustodyError`` when the shares do not go together, and what the desk throws.
    public func gather(_ record: CustodyRecord, mayDecline: Bool = false) throws -> CombinedShares? {
        var gathering = ShareGathering(record)
        var custodians: Set<String> = []
        while !gathering.isComplete {
            guard let share = try share(for: gathering, mayDecline: mayDecline && custodians.isEmpty) else { return nil }
            do {
                let place = try gathering.add(share)
                let holders = gathering.custodians(of: place)
                let holder = holders.count == 1 ? holders[0] : try self.holder(among: holders)
                custodians.insert(holder)
                take(from: holder, gathering)
            } catch let problem as CustodyError {
                refuse(problem)
            }
        }
        return CombinedShares(custodians: custodians.sorted(), set: record.set, secret: try gathering.combine())
    }

    /// Hands all shares of a secret out.
    public func handOut(_ shared: SharedSecret, token: String) throws {
        let handouts = shared.handouts
        for (index, handout) in handouts.enumerated() {
            try handOut(handout, token: token, number: index + 1, of: handouts.count)
        }
    }
}
