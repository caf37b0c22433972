import Groundwork

extension AuthorityState {
    /// The CRL of an issuer that counts at a time: of those that have begun, the one with the greatest number.
    ///
    /// This is the only place that chooses among CRLs: publication, status, bundles and devices' checks ask here.
    public func list(of issuer: String, inForceAt time: Timestamp) -> ListRecord? {
        // Of shards, the number that all have reached.
        listsInForce(of: issuer, at: time).min { $0.planned.number < $1.planned.number }
    }

    /// The CRLs of an issuer that were signed before and begin after a time, and that will count then.
    public func upcomingLists(of issuer: String, after time: Timestamp) -> [ListRecord] {
        let retired = Set(retiredLists(of: issuer).map(\.planned.number))
        return (lists[issuer] ?? []).filter {
            !$0.planned.hasBegun(at: time) && !retired.contains($0.planned.number)
        }
    }

    /// The CRLs of an issuer that were signed ahead, and overtaken before they began by one with a greater number: they
    /// never count, and are never published.
    public func retiredLists(of issuer: String) -> [ListRecord] {
        var retired: [ListRecord] = []
        var earliest: Timestamp?
        for list in (lists[issuer] ?? []).reversed() {
            if list.planned.isPreSigned, let earliest, earliest <= list.planned.thisUpdate { retired.append(list) }
            earliest = min(earliest ?? list.planned.thisUpdate, list.planned.thisUpdate)
        }
        return retired.reversed()
    }

    /// The CRL after which an issuer signs nothing more.
    public func lastList(of issuer: String) -> ListRecord? { lists[issuer]?.last { $0.planned.isLast } }

    /// The number that the next CRL of an issuer has.
    func nextListNumber(of issuer: String) -> Int64 {
        // A break-glass package keeps its number, be it ever opened or not.
        let reserved = packages.filter { $0.planned.root == issuer }.map(\.planned.list.number)
        return (reserved + [lists[issuer]?.last?.planned.number ?? 0]).reduce(0, max) + 1
    }
}

extension PlannedCertificateList {
    /// Whether it is out. One that was not signed ahead is out from its ceremony on, whatever a clock says.
    public func hasBegun(at time: Timestamp) -> Bool { !isPreSigned || thisUpdate <= time }

    /// Whether it never ends: nextUpdate is 99991231235959Z.
    public var isLast: Bool { nextUpdate == .latest }

    /// `CRL 3 of G1`, `delta CRL 3 of product-p3, shard 2 of 16`
    public var title: String {
        "\(base == nil ? "" : "delta ")CRL \(number) of \(issuer)" + (shard.map { ", shard \($0.number) of \($0.count)" } ?? "")
    }
}
