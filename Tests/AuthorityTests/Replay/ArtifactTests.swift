import Authority
import Groundwork
import Ledger
import PKIX
import Testing

/// ARTIFACT-BYTES and BUNDLE-SIGNATURE: files and what the ledger says of them.
@Suite struct ArtifactTests {
    private static let ready = FinishedAuthority.small

    @Test func `an artifact with another digest, path or number of files is refused`() throws {
        for event in ["artifact", "bundle"] {
            try Forgery.expectRefused(
                Self.ready, .artifactBytes, "is not what the plan and the signature give"
            ) { lines in
                let place = try lines.at(event)
                var files = try #require(lines[place].fields["files"]?.array)
                let path = try #require(files[0].object?["path"])
                files[0] = .object(["path": path, "sha256": .string(Digest.zero.hex)])
                lines[place].fields["files"] = .array(files)
                return place
            }
            try Forgery.expectRefused(
                Self.ready, .artifactBytes, "is not what the plan and the signature give"
            ) { lines in
                let place = try lines.at(event)
                let files = try #require(lines[place].fields["files"]?.array)
                lines[place].fields["files"] = .array(Array(files.dropLast()))
                return place
            }
            try Forgery.expectRefused(
                Self.ready, .artifactBytes, "is not what the plan and the signature give"
            ) { lines in
                let place = try lines.at(event)
                let files = try #require(lines[place].fields["files"]?.array)
                lines[place].fields["files"] = .array(files + [try #require(lines[try lines.at("crl")].fields["file"])])
                return place
            }
        }
        try Forgery.expectRefused(
            Self.ready, .artifactBytes, "crls/G1-000001.crl is not what the plan and the signature give"
        ) { lines in
            let place = try lines.at("crl")
            let digest = try #require(lines[place].fields["file"]?.object?["sha256"])
            lines[place].fields["file"] = .object(["path": "crls/G1-000009.crl", "sha256": digest])
            return place
        }
    }

    /// File and ledger agree, and still it is not what was planned and signed.
    @Test func `a certificate that is put in place of another, with the ledger to match, is refused`() throws {
        let copy = try Self.ready.get().copy()
        let other = try copy.read("certificates/record.cer")
        let pem = Array(PEM.encode(PEM.certificate, other).utf8)
        try copy.write(other, "certificates/product-p1.cer")
        try copy.write(pem, "certificates/product-p1.pem")
        var place = 0
        try ForgedLedger.rewrite(copy.directory) { lines in
            place = try #require(lines.indices.last { lines[$0].event == "artifact" })
            lines[place].fields["files"] = [
                ["path": "certificates/product-p1.cer", "sha256": .string(Digest(of: other).hex)],
                ["path": "certificates/product-p1.pem", "sha256": .string(Digest(of: pem).hex)],
            ]
        }
        expectFailure(
            try copy.verify(), .artifactBytes, line: place + 1,
            "certificates/product-p1.cer is not what the plan and the signature give")
    }

    @Test func `a bundle with another payload or signature is refused`() throws {
        try Forgery.expectRefused(
            Self.ready, .bundleSignature, "the payload of bundle 1 is not what the plan gives"
        ) { lines in
            let place = try lines.at("bundle")
            lines[place].fields["payload"] = .string(Digest.zero.hex)
            return place
        }
        // A signature that is none of the bundle signer's, and one that is, over other bytes.
        for signature in [try otherSignature("crl"), try otherSignature("proof", 2), "", "AAAA"] {
            try Forgery.expectRefused(Self.ready, .bundleSignature, "bundle 1: ") { lines in
                let (_, signed) = try lines.intent("bundle-signature")
                lines[signed].fields["signature"] = .string(signature)
                return try lines.at("bundle")
            }
        }
    }

    private func otherSignature(_ object: String, _ number: Int = 0) throws -> String {
        let lines = try LedgerReader.read(AuthorityDirectory(Self.ready.get().path).ledgerPath).events.map {
            ForgedLedger.Line(event: $0.event, fields: $0.fields, time: $0.time)
        }
        return try #require(lines[lines.intent(object, number).signed].fields["signature"]?.string)
    }
}
