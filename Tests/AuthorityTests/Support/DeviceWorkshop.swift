import Foundation
import Groundwork
import PKIX
import Testing

@testable import Authority

/// A rehearsal with the intermediate product-p3 on the token, devices under it, and CRLs of theirs.
final class DeviceWorkshop {
    static let plainCRL = "  - operation: issue-crl\n    issuer: {product: p3}\n"
    static let crl = plainCRL + "    entries: revoked.csv\n"

    let workshop: Workshop
    let devices: [String]

    init(_ policy: String, devices: [String]) throws {
        self.devices = devices
        workshop = try Workshop(policy)
        for device in devices { workshop.inputs["\(device).csr"] = try TestRequest.make() }
        try workshop.hold(
            Operations.root + Operations.product("p3", isGenerated: true) + devices.map(Self.issue).joined())
    }

    /// The test policy, whose intermediates' CRLs have a key more, for readers of all CRLs.
    static func policy(
        _ key: String, targets: String = "[openssl, pyca]", urls: String = "[\"http://crl.test/{issuer}.crl\"]",
        of text: String = TestPolicy.text
    ) -> String {
        var text = text.replacing("maximum-crl-entries: 2", with: "maximum-crl-entries: 30000")
            .replacing("overlap: 7d}", with: "overlap: 7d, \(key)}\n  urls: \(urls)")
        for kind in ["intermediate", "end-entity"] {
            text = text.replacing("kind: \(kind)\n", with: "kind: \(kind)\n    targets: \(targets)\n")
        }
        return text
    }

    static func issue(_ device: String) -> String {
        """
          - operation: issue-end-entity
            profile: device
            issuer: {product: p3}
            scope: {device: \(device)}
            csr: \(device).csr

        """
    }

    static func revoke(_ device: String) -> String {
        """
          - operation: revoke
            profile: device
            scope: {device: \(device)}
            reason: superseded

        """
    }

    /// A line of a file of revoked devices.
    static func line(_ number: Int, _ reason: String = "keyCompromise") -> String {
        "\(String(format: "%08x", number)),2026-03-02T10:00:00Z,\(reason)"
    }

    func bring(_ lines: [String], header: String = RevocationFile.header) throws {
        try Files.write(
            Array((([header] + lines).map { $0 + "\n" }.joined()).utf8), to: "\(workshop.folder.path)/revoked.csv")
    }

    /// A second after the CRL before: there cannot be two at one time.
    func plan(_ operations: String) throws -> Plan {
        let last = try workshop.state()?.lists["product-p3"]?.last?.planned.thisUpdate
        return try workshop.plan(operations, at: max(.now(), last?.adding(seconds: 1) ?? .now()))
    }

    @discardableResult
    func hold(_ operations: String) throws -> Plan {
        let plan = try plan(operations)
        try workshop.run(plan)
        return plan
    }

    func read(_ record: AuthorityState.ListRecord) throws -> CertificateList {
        let bytes = try workshop.directory.read(record.planned.path)
        #expect(Digest(of: bytes) == record.digest)
        return try CertificateList(derEncoded: bytes)
    }

    func lists() throws -> [(planned: PlannedCertificateList, list: CertificateList)] {
        try #require(try workshop.state()).listsInForce(of: "product-p3", at: .latest).map { ($0.planned, try read($0)) }
    }

    func deltas() throws -> [(planned: PlannedCertificateList, list: CertificateList)] {
        try #require(try workshop.state()).deltasInForce(of: "product-p3", at: .latest).map { ($0.planned, try read($0)) }
    }

    func certificate(_ name: String) throws -> Certificate {
        try Certificate(derEncoded: try #require(try workshop.state()?.certificates[name]?.der))
    }

    func pem(_ name: String, _ label: String, _ objects: [[UInt8]]) throws -> String {
        let path = "\(workshop.folder.path)/\(name).pem"
        try Files.write(objects.flatMap { Array(PEM.encode(label, $0).utf8) }, to: path)
        return path
    }

    /// What `openssl verify` says of a device, a second after the newest of the CRLs: its exit code and its words.
    func openssl(_ device: String, _ lists: [CertificateList], _ options: [String]) throws -> String {
        let time = try #require(lists.map(\.thisUpdate).max()) + 1
        let result = try Program.run(
            "/usr/bin/openssl",
            [
                "verify", "-attime", "\(time)", "-crl_check",
                "-CAfile", try pem("root", PEM.certificate, [try certificate("G1").derBytes]),
                "-untrusted", try pem("chain", PEM.certificate, [try certificate("product-p3").derBytes]),
                "-CRLfile", try pem("crls", PEM.certificateList, lists.map(\.derBytes)),
            ] + options + [try pem(device, PEM.certificate, [try certificate("device-\(device)").derBytes])])
        return "\(result.status) \(result.output)\(result.errors)"
    }
}
