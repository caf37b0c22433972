import Authority
import Foundation
import Groundwork
import StrictYAML
import Testing

@Suite struct ReadyFileTests {
    @Test func `every ready policy, site file and ceremony is read, and every ceremony fits its policy`() throws {
        for path in try ReadyFiles.names(in: "Policies") {
            if path.hasSuffix("site.yaml") {
                _ = try Site(ReadyFiles.bytes(path), file: path)
            } else {
                _ = try Policy(ReadyFiles.bytes(path), file: path)
            }
        }
        for path in try ReadyFiles.names(in: "Ceremonies") where !path.contains("/drill-") {
            let ceremony = try CeremonyFile(ReadyFiles.bytes(path), file: path)
            let policyPath = URL(
                fileURLWithPath: ceremony.policyPath,
                relativeTo: ReadyFiles.root
                    .appendingPathComponent("Ceremonies/")
            ).standardizedFileURL
            let policy = try Policy(Array(Data(contentsOf: policyPath)), file: ceremony.policyPath)
            try ceremony.check(against: policy)
        }
    }

    @Test func `the site files serve the tokens of their policies`() throws {
        for (site, policy) in [
            ("rehearsal-site", "production"), ("vault-site", "production"), ("desk-site", "minimal"),
        ] {
            let file = try Site(ReadyFiles.bytes("Policies/\(site).yaml"), file: site)
            let policy = try ReadyFiles.policy(policy)
            try file.check(against: policy)
            #expect(Set(file.tokens.keys) == Set(policy.tokens.keys))
        }
    }

    /// With ANCHORITE_WRITE_SCHEMAS set, the files are written instead.
    @Test func `the schemas that are checked in are those that the code gives`() throws {
        let schemas = ["policy": Policy.schema, "site": Site.schema, "ceremony": CeremonyFile.schema, "drill": DrillFile.schema]
        for (name, schema) in schemas {
            let path = "Policies/schema/\(name).schema.json"
            let text = schema.prettyPrinted.trimmingCharacters(in: .newlines) + "\n"
            if ProcessInfo.processInfo.environment["ANCHORITE_WRITE_SCHEMAS"] != nil {
                try Data(text.utf8).write(to: ReadyFiles.root.appendingPathComponent(path))
            }
            #expect(try ReadyFiles.text(path) == text, "\(path) is out of date")
        }
    }

    @Test func `the production policy says what its readers expect`() throws {
        let policy = try ReadyFiles.policy("production")
        #expect(policy.authority == "acme-devices")
        #expect(policy.environment == .production)
        #expect(policy.operators.map(\.id) == policy.operators.map(\.id).sorted())
        #expect(
            policy.quorum(for: .createRoot)?.seats.map(\.description) == [
                "security-officer: 2 of 3", "witness: 1 of 2",
            ])
        #expect(policy.quorum(for: .createRoot)?.personsNeeded == 3)
        #expect(policy.profiles["factory"]?.pathLength == 0)
        #expect(policy.profiles["factory"]?.keyUsage == [.keyCertSign, .cRLSign])
        #expect(policy.profiles["device-root"]?.crlDistributionPoints.isEmpty == true)
        #expect(
            policy.profiles["factory"]?.crlDistributionPoints.map(\.source)
                == ["http://pki.acme-devices.example/crl/{issuer}.crl"])
        #expect(policy.digest == Digest(of: policy.bytes))
    }

    @Test func `the quorum of a scope value takes the place of the profile's and the operation's`() throws {
        let policy = try ReadyFiles.policy("production")
        #expect(policy.tokens["vault"]?.unlock == [.protectedPath, .shares])
        #expect(
            policy.tokens["vault"]?.custody?.seats.map(\.description) == [
                "security-officer: 2 of 3", "witness: 1 of 2",
            ])
        #expect(policy.closing?.seats.map(\.description) == ["security-officer: 1 of 3", "witness: 1 of 2"])
        func roles(_ kind: OperationKind, _ scope: [String: String]) -> [String]? {
            policy.quorum(for: kind, profile: "factory", scope: scope)?.seats.map(\.role)
        }
        let tallinn = ["factory": "tallinn", "year": "2027"]
        let penang = ["factory": "penang", "year": "2027"]
        #expect(roles(.issueIntermediate, tallinn) == ["security-officer", "tallinn-engineer"])
        #expect(roles(.issueIntermediate, penang) == ["security-officer", "release-engineer"])
        #expect(roles(.revoke, tallinn) == ["security-officer", "incident-responder"])
    }

    @Test func `the first year asks for what the demo shows`() throws {
        let operations = try ReadyFiles.ceremony("first-year").operations
        #expect(
            operations == [
                .createRoot(name: "G1", profile: "device-root", token: "vault", keyType: nil, successor: nil),
                .issueIntermediate(
                    profile: "factory", issuer: .root("G1"), scope: ["factory": "shenzhen-2", "year": "2027"],
                    source: .request(RequestFile(path: "requests/shenzhen-2-2027.csr"))),
                .issueIntermediate(
                    profile: "factory", issuer: .root("G1"), scope: ["factory": "tallinn", "year": "2027"],
                    source: .generate(token: "vault", keyType: nil)),
                .issueEndEntity(
                    profile: "sample-device", issuer: .scope(["factory": "tallinn", "year": "2027"]),
                    scope: ["factory": "tallinn", "device": "TLL-000001"],
                    request: RequestFile(path: "requests/device-tll-000001.csr")),
                .publishBundle(signer: nil, anchors: nil),
            ])
        #expect(
            try ReadyFiles.ceremony("factory-compromise").operations == [
                .revoke(
                    target: .scope(profile: "factory", scope: ["factory": "shenzhen-2", "year": "2027"]),
                    reason: .keyCompromise, since: Timestamp(rfc3339: "2026-11-20T16:00:00Z")),
                .issueCRL(ListRequest(issuer: .root("G1"))),
                .publishBundle(signer: nil, anchors: nil),
            ])
    }

    @Test func `a rehearsal's policy differs in environment, keys and tokens alone`() throws {
        let policy = try ReadyFiles.policy("production")
        let bytes = try policy.rehearsal(
            environment: .development, key: { _, _ in "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEuRsGSm+i6kFqa3egQfOgaf2D1P+2Nwd3Kcg8Q39xng it's" },
            tokens: ["vault": .init(label: "rehearsal", serial: "0001")])
        // The same key for everybody is what the reader must refuse.
        #expect(throws: YAMLError.self) { try Policy(bytes, file: "rehearsal.yaml") }

        let keys = try throwawayKeys(policy.operators.count)
        let ids = policy.operators.map(\.id)
        let good = try policy.rehearsal(
            environment: .development, key: { id, _ in keys[ids.firstIndex(of: id)!] },
            tokens: ["vault": .init(label: "rehearsal", serial: "0001")])
        let rehearsed = try Policy(good, file: "rehearsal.yaml")
        #expect(rehearsed.environment == .development)
        #expect(rehearsed.operators.map { $0.keys[0].authorizedKeysLine } == keys)
        #expect(rehearsed.operators.map(\.roles) == policy.operators.map(\.roles))
        #expect(rehearsed.tokens["vault"]?.label == "rehearsal")
        #expect(rehearsed.tokens["vault"]?.serial == "0001")
        #expect(rehearsed.tokens["vault"]?.unlock == [.fileDescriptor, .shares])
        #expect(rehearsed.quorums == policy.quorums)
        #expect(rehearsed.profiles == policy.profiles)
        #expect(rehearsed.limits == policy.limits)
        #expect(throws: YAMLError.self) { try policy.rehearsal(environment: .development, key: { _, _ in keys[0] }, tokens: [:]) }
    }

    /// Ed25519 keys in SSH form that nobody holds.
    private func throwawayKeys(_ count: Int) throws -> [String] {
        (0..<count).map { index in
            var blob: [UInt8] = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32]
            blob += Digest(of: [UInt8(index)]).bytes
            return "ssh-ed25519 \(Data(blob).base64EncodedString()) it's \(index)"
        }
    }
}
