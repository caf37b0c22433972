import Authority
import Groundwork
import PKIX
import Testing

/// What a certificate says, as another program reads it.
struct CertificateFacts: Codable, Hashable {
    /// RFC 4514.
    var subject: String
    var issuer: String
    /// Hex without leading zeros.
    var serial: String
    /// RFC 3339.
    var notBefore: String
    var notAfter: String
    /// The signature algorithm's object identifier.
    var algorithm: String
    var isCA: Bool
    var pathLength: Int?
    var keyUsage: [String]
    var extendedKeyUsage: [String] = []
    var subjectKeyIdentifier: String
    var authorityKeyIdentifier: String?
    var policies: [String] = []
    /// Permitted directory names, RFC 4514.
    var permitted: [String] = []
    var issuerURLs: [String] = []
    var listURLs: [String] = []
    /// The object identifiers of the critical extensions, in the order in which they stand.
    var critical: [String] = ["2.5.29.19", "2.5.29.15"]
}

/// What a CRL says, as another program reads it.
struct ListFacts: Codable, Hashable {
    var issuer: String
    var number: Int64
    var thisUpdate: String
    var nextUpdate: String
    var authorityKeyIdentifier: String
    var critical: [String] = []
    var revoked: [Revoked] = []

    struct Revoked: Codable, Hashable {
        var serial: String
        var date: String
        var reason: String?
        var since: String?
    }
}

extension RehearsedAuthority {
    /// What the certificates of the first year must say: what `Policies/production.yaml` promises, written by hand.
    func expectedFacts() throws -> [String: CertificateFacts] {
        let organization = "O=Acme Devices"
        let root = "CN=Acme Development Device Root G1,\(organization)"
        let tallinn = try #require(
            certificates.first { $0.planned.scope["factory"] == "tallinn" && $0.planned.kind == .intermediate })
        let shenzhen = try #require(certificates.first { $0.planned.scope["factory"] == "shenzhen-2" })
        let year = try #require(tallinn.planned.scope["year"])
        let tallinnSubject = "CN=Acme Development Factory tallinn \(year) CA,OU=tallinn,\(organization)"
        let (p384, p256) = ("1.2.840.10045.4.3.3", "1.2.840.10045.4.3.2")
        let authority = ["keyCertSign", "cRLSign"]
        let listURL = ["http://pki.acme-devices.example/crl/G1.crl"]
        let device = "sample-device-tallinn-TLL-000001"

        let factory = { (record: AuthorityState.CertificateRecord, name: String, number: Int) throws in
            try self.facts(
                record.planned.name, "CN=Acme Development Factory \(name) \(year) CA,OU=\(name),\(organization)", root,
                p384,
                isCA: true, usage: authority
            ) {
                $0.pathLength = 0
                $0.policies = ["1.3.6.1.4.1.32473.1.\(number)", "1.3.6.1.4.1.32473.2.\(year)"]
                $0.permitted = ["OU=\(name),\(organization)"]
                $0.issuerURLs = ["http://pki.acme-devices.example/ca/G1.cer"]
                $0.listURLs = listURL
            }
        }
        return [
            "G1": try facts("G1", root, root, p384, isCA: true, usage: authority) { $0.pathLength = 2 },
            "record": try facts("record", "CN=Acme Development Record G1,\(organization)", root, p384) {
                $0.extendedKeyUsage = ["1.3.6.1.5.5.7.3.36"]
                $0.listURLs = listURL
            },
            "G1-bundle-signer": try facts(
                "G1-bundle-signer", "CN=Acme Development Bundle Signer G1,\(organization)", root, p384
            ) { $0.listURLs = listURL },
            shenzhen.planned.name: try factory(shenzhen, "shenzhen-2", 1),
            tallinn.planned.name: try factory(tallinn, "tallinn", 2),
            device: try facts(device, "CN=TLL-000001,OU=tallinn,\(organization)", tallinnSubject, p256) {
                $0.extendedKeyUsage = ["1.3.6.1.5.5.7.3.2"]
                $0.listURLs = ["http://pki.acme-devices.example/crl/\(tallinn.planned.name).crl"]
            },
        ]
    }

    /// Serial, validity and keys are the plan's and the ledger's; the rest is given.
    private func facts(
        _ name: String, _ subject: String, _ issuer: String, _ algorithm: String, isCA: Bool = false,
        usage: [String] = ["digitalSignature"], _ change: (inout CertificateFacts) -> Void
    ) throws -> CertificateFacts {
        let record = try #require(state.certificates[name])
        let issuerRecord = try #require(state.certificates[record.planned.issuer])
        let identifier = { (record: AuthorityState.CertificateRecord) in
            Hex.encode(try #require(record.publicKey).keyIdentifier)
        }
        var facts = CertificateFacts(
            subject: subject, issuer: issuer, serial: Hex.withoutZeros(record.fields.serial),
            notBefore: record.fields.notBefore.rfc3339, notAfter: record.fields.notAfter.rfc3339, algorithm: algorithm,
            isCA: isCA, keyUsage: usage, subjectKeyIdentifier: try identifier(record),
            authorityKeyIdentifier: issuerRecord.planned.name == name ? nil : try identifier(issuerRecord))
        change(&facts)
        return facts
    }

    /// What the CRLs of the first year must say, in the order of ``lists``.
    func expectedListFacts() throws -> [ListFacts] {
        let subjects = try expectedFacts().mapValues(\.subject)
        return try lists.map { record in
            let list = record.planned
            let issuer = try #require(state.certificates[list.issuer]?.publicKey)
            var facts = ListFacts(
                issuer: subjects[list.issuer] ?? "", number: list.number, thisUpdate: list.thisUpdate.rfc3339,
                nextUpdate: list.nextUpdate.rfc3339, authorityKeyIdentifier: Hex.encode(issuer.keyIdentifier))
            if list.issuer == "G1", list.number == 2 {
                let stolen = try #require(certificates.first { $0.planned.scope["factory"] == "shenzhen-2" })
                facts.revoked = [
                    ListFacts.Revoked(
                        serial: Hex.withoutZeros(stolen.fields.serial), date: list.thisUpdate.rfc3339,
                        reason: "keyCompromise", since: "2026-11-20T16:00:00Z")
                ]
            }
            return facts
        }
    }
}

extension Hex {
    /// As programs print a number.
    static func withoutZeros(_ bytes: [UInt8]) -> String { String(encode(bytes).drop { $0 == "0" }) }
}
