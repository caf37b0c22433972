import Crypto
import Foundation
import Groundwork
import Ledger
import PKIX
import SSHSignature

extension Stage {
    /// A root of the same name as ours, in `forged.pem`.
    func makeForgedRoot() throws {
        let key = P256.Signing.PrivateKey()
        try write(key.pemRepresentation, "forged.key", mode: 0o600)
        try Shell.need(
            "openssl", "req", "-x509", "-new", "-key", "forged.key", "-subj", "/O=Acme Devices/CN=Acme Root G1", "-days", "3650",
            "-out", "forged.pem", in: path)
    }

    /// A contract with terms of a factory's own, by a key of its own, with a record that it made up; the record's key is
    /// certified under its intermediate.
    func forgeContract(of factory: String) throws -> Shown {
        let thief = try TestPolicy.key("a thief at \(factory)")
        try signContract(with: thief) { contract in
            contract["device"]["maximum-validity"] = "9y"
            contract["signer"]["key"] = .string(thief.publicKey.fingerprint)
        }
        try forgeEvidence(for: thief, under: factory)
        return try checkRelisted()
    }

    /// Another line of the record, with the proof that it is there.
    func proveInstead(_ event: String, by person: String) throws {
        let text = try SignedNote(parsing: read("shenzhen/evidence/checkpoint.note")).text
        let size = try Int(Checkpoint(parsing: text).size)
        let ledger = try LedgerReader.read(absolute("authority/ledger.jsonl"))
        let line = ledger.events.prefix(size).last { $0.event == event && $0.fields["operator"] == .string(person) }
        guard let line, let proof = ledger.merkle.inclusionProof(of: Int(line.index), in: size) else {
            throw Refusal(text: "\(person) did nothing of the kind")
        }
        let evidence: JSONValue = [
            "anchorite": "approval-on-record/1", "line": .string(String(decoding: line.lineBytes, as: UTF8.self)),
            "index": .integer(line.index), "proof": .array(proof.map { .string($0.hex) }),
        ]
        try write(evidence.canonicalBytes, "shenzhen/evidence/approval.json")
    }

    /// A record of one line, an approval by a key, and its checkpoint.
    ///
    /// - Parameter factory: under whose intermediate the record's key is certified; nil leaves the certificate that is there.
    func forgeEvidence(for key: SoftwareSSHKey, under factory: String?) throws {
        let record = P256.Signing.PrivateKey()
        if let factory {
            let intermediate = factory == "tallinn" ? "tallinn/intermediate.pem" : "shenzhen/intermediate.pem"
            try write(record.pemRepresentation, "record.key", mode: 0o600)
            try write(Self.factoryKey(factory).pemRepresentation, "factory.key", mode: 0o600)
            try write("keyUsage = critical,digitalSignature\nextendedKeyUsage = 1.3.6.1.5.5.7.3.36\n", "record.ext")
            try Shell.need(
                "openssl", "req", "-new", "-key", "record.key", "-subj", "/O=Acme Devices/CN=Acme Record G1", "-out", "record.csr",
                in: path)
            try Shell.need(
                "openssl", "x509", "-req", "-in", "record.csr", "-CA", intermediate, "-CAkey", "factory.key", "-days", "30",
                "-set_serial", "0x3b1c0ffee1234567890abcdef0123456", "-extfile", "record.ext", "-out", "record.pem", in: path)
            try write(read("record.pem") + read(intermediate), "shenzhen/evidence/record.pem")
        }
        let line: JSONValue = [
            "event": "approval", "index": 0, "operator": "ana", "key": .string(key.publicKey.fingerprint), "ceremony": 1,
            "time": "2026-01-01T00:00:00Z", "previous": .string(Digest.zero.hex),
        ]
        let evidence: JSONValue = [
            "anchorite": "approval-on-record/1", "line": .string(String(decoding: line.canonicalBytes, as: UTF8.self)), "index": 0,
            "proof": .array([]),
        ]
        try write(evidence.canonicalBytes, "shenzhen/evidence/approval.json")
        let origin = "anchorite/production/adversary"
        let checkpoint = try Checkpoint(origin: origin, size: 1, root: MerkleTree(leaves: [line.canonicalBytes]).root)
        let spki = Array(record.publicKey.derRepresentation)
        let note = try SignedNote.make(
            text: checkpoint.text, key: NoteVerifierKey(name: origin, subjectPublicKeyInfo: spki)
        ) { message in Array(try record.signature(for: SHA256.hash(data: message)).derRepresentation) }
        try write(note.encoded, "shenzhen/evidence/checkpoint.note")
    }
}
