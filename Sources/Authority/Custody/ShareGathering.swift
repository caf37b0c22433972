import Groundwork
import SecretSharing

/// Shares as custodians bring them, in any order, compared with what the record knows of the set in force.
public struct ShareGathering: Sendable {
    /// Which share it is.
    public struct Place: Hashable, Sendable {
        public let group: Int
        public let member: Int
    }

    public let record: CustodyRecord
    private var shares = ShareSet()
    private var taken: Set<Place> = []

    public init(_ record: CustodyRecord) { self.record = record }

    /// Whether a share is one of the set in force, and which.
    ///
    /// - Throws: ``CustodyError``
    public func place(of share: Share) throws(CustodyError) -> Place {
        guard Int64(share.set.identifier) == record.set else {
            throw .otherSet(token: record.token, found: share.setName)
        }
        guard share.set.groupCount == record.groups.count, record.groups.indices.contains(share.groupIndex) else {
            throw .otherGroup(token: record.token, group: share.groupIndex + 1, groups: record.groups.count)
        }
        let commitment: Digest
        do throws(ShareError) { commitment = try ShareCommitment.of(share) } catch { throw .memory(reason: "\(error)") }
        let known = record.commitments[share.groupIndex]
        guard known.indices.contains(share.memberIndex), known[share.memberIndex] == commitment,
            share.memberThreshold == record.groups[share.groupIndex].threshold
        else { throw .unknown(token: record.token) }
        return Place(group: share.groupIndex, member: share.memberIndex)
    }

    /// Who holds the share of a place.
    public func custodians(of place: Place) -> [String] { record.groups[place.group].members[place.member] }

    /// Takes a share.
    ///
    /// - Returns: which one it is.
    /// - Throws: ``CustodyError``, and everything is as before.
    public mutating func add(_ share: Share) throws(CustodyError) -> Place {
        let place = try place(of: share)
        guard !taken.contains(place) else { throw .duplicate(custodians: custodians(of: place)) }
        do throws(ShareSetError) {
            try shares.add(share)
        } catch {
            switch error {
            case .groupComplete:
                let group = record.groups[place.group]
                throw .groupComplete(role: group.role, threshold: group.threshold, missing: missing)
            case .groupNotNeeded: throw .enough
            case .memory(let reason): throw .memory(reason: reason)
            default: throw .unknown(token: record.token)
            }
        }
        taken.insert(place)
        return place
    }

    public var isComplete: Bool { shares.isComplete }

    /// How many shares are here, and how many are needed.
    public var progress: (count: Int, of: Int) {
        (taken.count, record.groups.reduce(0) { $0 + $1.threshold })
    }

    /// What is missing, in words: `1 more of security-officer (ben, cem) and 1 of witness (dora)`.
    public var missing: String {
        let lacking = record.groups.indices.compactMap { index -> String? in
            let group = record.groups[index]
            let here = taken.filter { $0.group == index }
            guard here.count < group.threshold else { return nil }
            let others = group.members.indices.filter { !here.contains(Place(group: index, member: $0)) }
                .flatMap { group.members[$0] }
            return "\(group.threshold - here.count)\(here.isEmpty ? "" : " more") of \(group.role) "
                + "(\(others.joined(separator: ", ")))"
        }
        return lacking.count < 2
            ? lacking.joined() : lacking.dropLast().joined(separator: ", ") + " and " + (lacking.last ?? "")
    }

    /// The secret, once the shares are complete.
    ///
    /// - Throws: ``CustodyError``
    public func combine() throws(CustodyError) -> SecretBytes {
        do throws(ShareSetError) {
            return try shares.combine()
        } catch {
            if case .memory(let reason) = error { throw .memory(reason: reason) }
            throw .notTogether(token: record.token)
        }
    }
}
