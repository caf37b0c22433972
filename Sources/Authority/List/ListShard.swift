import Groundwork
import PKIX

/// One of the parts that the CRLs of an issuer are split into, so that a device fetches a short one: RFC 5280 5.2.5.
///
/// Which part speaks of a certificate hangs on its serial number alone, so that it is the same for ever and all are of
/// one size, about.
public struct ListShard: Hashable, Sendable {
    /// From 1.
    public var number: Int
    /// How many there are.
    public var count: Int

    public init(_ number: Int, of count: Int) {
        self.number = number
        self.count = count
    }

    /// The shard of a certificate: SHA-256 of its serial number, read as a number, modulo how many there are, and one.
    ///
    /// - Parameter serial: the content octets of the INTEGER.
    public init(of serial: [UInt8], among count: Int) {
        let rest = Digest(of: serial).bytes.reduce(0) { ($0 << 8 | Int($1)) % max(1, count) }
        self.init(rest + 1, of: count)
    }

    /// Whether the shard speaks of a certificate, by the content octets of its serial number.
    public func holds(_ serial: [UInt8]) -> Bool { ListShard(of: serial, among: count) == self }

    public static let counts = 2...256

    /// `.s003`: what is put after the issuer's name in paths and URLs.
    var ending: String {
        let digits = String(number)
        return ".s" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    public static func all(_ count: Int) -> [ListShard] { (1...count).map { ListShard($0, of: count) } }

    public var json: JSONValue { ["number": .integer(Int64(number)), "of": .integer(Int64(count))] }

    public init(_ object: JSONObjectReader) throws {
        var reader = object
        let (number, count) = (try reader.integer("number"), try reader.integer("of"))
        guard let count = Int(exactly: count), Self.counts.contains(count), let number = Int(exactly: number), (1...count).contains(number)
        else { throw reader.invalid("number", "there is no such shard") }
        try reader.finish()
        self.init(number, of: count)
    }
}

extension Optional where Wrapped == ListShard {
    func holds(_ serial: [UInt8]) -> Bool { self?.holds(serial) ?? true }
}

extension PlannedCertificateList {
    /// The addresses that the CRL names in its issuingDistributionPoint, in its order; none for a whole one.
    public var addresses: [String] {
        guard shard != nil, let header = try? CertificateList.parseTBS(template.bytes).0,
            let point = try? header.extensions.value(of: IssuingDistributionPoint.self)
        else { return [] }
        return point.fullName.compactMap(\.uri)
    }

    /// The name that paths and addresses have for the issuer's CRLs, or for this shard or the deltas of them.
    public var scopeName: String { issuer + (shard?.ending ?? "") + (base == nil ? "" : DeltaList.ending) }
}

extension AuthorityState {
    /// Into how many shards the CRLs of an issuer are split; nil where they are whole, or where there is none yet. What its
    /// first CRL says holds for good: the certificates name their shard.
    public func shards(of issuer: String) -> Int? { lists[issuer]?.first?.planned.shard?.count }

    /// The CRLs of an issuer of one scope, oldest first.
    public func lists(of issuer: String, _ shard: ListShard?) -> [ListRecord] {
        let all = lists[issuer] ?? []
        return shard == nil ? all : all.filter { $0.planned.shard == shard }
    }

    /// The CRL of one scope that counts at a time.
    func list(of issuer: String, _ shard: ListShard?, inForceAt time: Timestamp) -> ListRecord? {
        lists(of: issuer, shard).last { $0.planned.hasBegun(at: time) }
    }

    /// The CRLs of an issuer that count at a time: one, or one of each shard.
    public func listsInForce(of issuer: String, at time: Timestamp) -> [ListRecord] {
        guard let count = shards(of: issuer) else {
            return list(of: issuer, nil, inForceAt: time).map { [$0] } ?? []
        }
        return ListShard.all(count).compactMap { list(of: issuer, $0, inForceAt: time) }
    }

    /// What certificates of an issuer name as distribution point; nil where its CRLs are whole.
    func distributionPoint(of issuer: String, for serial: [UInt8]) -> [String]? {
        guard let count = shards(of: issuer) else { return nil }
        return lists(of: issuer, ListShard(of: serial, among: count)).first?.planned.addresses
    }
}

extension Planner {
    /// The shards that the next CRL of an issuer has; one that is nil for a whole CRL.
    func listShards(of issuer: String, _ kind: ProfileKind) -> [ListShard?] {
        let isFirst = state.lists[issuer]?.isEmpty ?? true
        let count = isFirst ? policy.crl.schedule(for: kind)?.shards : state.shards(of: issuer)
        return count.map(ListShard.all) ?? [nil]
    }

    /// The issuingDistributionPoint of a shard: the addresses of the one before, or the policy's.
    func issuingDistributionPoint(
        of issuer: String, _ shard: ListShard?
    ) throws(PlanError) -> [CertificateExtension] {
        guard let shard else { return [] }
        var addresses = state.lists(of: issuer, shard).first?.planned.addresses ?? []
        do {
            if addresses.isEmpty { addresses = try listAddresses(issuer + shard.ending) }
            return [
                try CertificateExtension(IssuingDistributionPoint(fullName: addresses.map(GeneralName.uniformResourceIdentifier)))
            ]
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.listPartition, "shard \(shard.number) of the CRLs of \(issuer) has no place: \(sentence(error))")
        }
    }

    /// What the policy's addresses are where `name` stands for the issuer.
    func listAddresses(_ name: String) throws(PlanError) -> [String] {
        let context = TemplateContext(
            authority: state.authority, environment: state.environment, organization: policy.organization, issuer: name)
        var addresses: [String] = []
        do throws(ScopeError) {
            for url in policy.crl.urls { addresses.append(try url.expand(context.values(for: [:], of: []))) }
        } catch {
            throw PlanError(error)
        }
        return addresses
    }

    /// The distribution points of a certificate: the shard that will speak of it, or what the profile says.
    func distributionPoints(
        _ draft: CertificateDraft, _ context: TemplateContext
    ) throws -> [String] {
        let profile = draft.profile
        guard let issuer = draft.issuer, let shard = state.distributionPoint(of: issuer, for: serial(draft.name)) else {
            return try profile.crlDistributionPoints(for: draft.scope, context: context)
        }
        guard profile.crlDistributionPoints.map(\.source) == policy.crl.urls.map(\.source) else {
            throw PlanError(
                .listPartition,
                "the profile \(profile.name) names distribution points of its own, and the CRLs of \(issuer) are split into shards, each with its place",
                advice: "Remove crl-distribution-points from the profile")
        }
        return shard
    }
}
