import Groundwork
import PKIX

/// A CRL that a judgement went by: the judgement is as good as this CRL is new.
public struct ListUsed: Hashable, Sendable {
    public let issuer: String
    /// Nil where it has none.
    public let number: Int64?
    public let thisUpdate: Timestamp
    public let nextUpdate: Timestamp
    /// When the judgement was made.
    public let time: Timestamp
    /// Where the certificate that was judged says that the newest one is.
    public let addresses: [String]

    init(_ list: CertificateList, of issuer: String, for certificate: PKIX.Certificate, at time: Timestamp) {
        self.issuer = issuer
        number = (try? list.crlNumber?.value).flatMap { Int64(exactly: $0) }
        thisUpdate = Timestamp(secondsSinceEpoch: list.thisUpdate) ?? .earliest
        nextUpdate = Timestamp(secondsSinceEpoch: list.nextUpdate) ?? .latest
        self.time = time
        addresses = (try? certificate.tbs.extensions.value(of: CRLDistributionPoints.self))?.uris ?? []
    }

    /// In seconds; none for a CRL that is still to come.
    public var age: Int64 { max(0, time.secondsSinceEpoch - thisUpdate.secondsSinceEpoch) }

    /// `200 days`, rounded down, in the largest unit of which there are two.
    public var ageWords: String {
        let units: [(Int64, String)] = [(86_400, "days"), (3600, "hours"), (60, "minutes")]
        guard let (size, unit) = units.first(where: { age >= 2 * $0.0 }) else { return age == 1 ? "1 second" : "\(age) seconds" }
        return "\(age / size) \(unit)"
    }

    /// `CRL 2 of G1, of 2026-11-21T21:47:56Z, 200 days old, good until 2027-11-21T21:47:56Z`
    public var words: String {
        let title = number.map { "CRL \($0)" } ?? "the CRL without a number"
        let end = nextUpdate == .latest ? "good for ever" : "good until \(nextUpdate)"
        return "\(title) of \(issuer), of \(thisUpdate), \(ageWords) old, \(end)"
    }

    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "issuer": .string(issuer), "this-update": .string(thisUpdate.rfc3339), "next-update": .string(nextUpdate.rfc3339),
            "age-seconds": .integer(age), "age": .string(ageWords), "addresses": .array(addresses.map(JSONValue.string)),
        ]
        members["number"] = number.map(JSONValue.integer)
        return .object(members)
    }
}
