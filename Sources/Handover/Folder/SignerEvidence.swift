import Authority
import Groundwork
import Ledger
import PKIX

/// Shows that a key is an operator's, by one line of the record: an approval that counted, made with that key. The record
/// key signed the record's Merkle root, and a root certified the record key.
public struct SignerEvidence: Sendable {
    static let form = "approval-on-record/1"

    /// The line, without its end.
    var line: [UInt8]
    /// Counted from 0.
    var index: Int64
    /// PATH(index, D[size]) of RFC 6962 section 2.1.1, in the tree of the checkpoint.
    var proof: [Digest]
    /// The checkpoint, a signed note.
    var checkpoint: [UInt8]
    /// The record key's certificate, and the certificates between it and the root.
    var record: [Certificate]

    /// The file of line and proof.
    var bytes: [UInt8] {
        let value: JSONValue = [
            "anchorite": .string(Self.form), "line": .string(String(decoding: line, as: UTF8.self)),
            "index": .integer(index), "proof": .array(proof.map { .string($0.hex) }),
        ]
        return value.canonicalBytes
    }

    init(line: [UInt8], index: Int64, proof: [Digest], checkpoint: [UInt8], record: [Certificate]) {
        self.line = line
        self.index = index
        self.proof = proof
        self.checkpoint = checkpoint
        self.record = record
    }

    init(_ bytes: [UInt8], checkpoint: [UInt8], record: [UInt8]) throws {
        var reader = try JSONObjectReader(try JSONValue(canonical: bytes))
        let form = try reader.string("anchorite")
        guard form == Self.form else { throw reader.invalid("anchorite", "is \(form), and this program reads \(Self.form)") }
        line = Array(try reader.string("line").utf8)
        index = try reader.integer("index")
        proof = []
        for text in try reader.strings("proof") {
            guard let digest = Digest(hex: text) else { throw reader.invalid("proof", "holds what is no digest") }
            proof.append(digest)
        }
        try reader.finish()
        self.checkpoint = checkpoint
        self.record = try PEM.certificates(record)
    }

    /// What the evidence shows.
    struct Finding {
        var `operator`: String
        /// The SSH fingerprint of the key.
        var key: String
        /// When the approval was recorded.
        var time: Timestamp
        /// The number of lines that the checkpoint speaks of.
        var size: Int64
    }

    /// Follows the evidence from the root down to the line.
    ///
    /// - Parameter others: fingerprints of certificates that lead to no record key: the ones that sign devices.
    /// - Throws: whatever does not hold: `NoteError`, `PKIXError`, `JSONReadingError`, or ``EvidenceError``.
    func verify(
        root: Certificate, authority: String, environment: DeploymentEnvironment, apartFrom others: [Digest]
    ) throws -> Finding {
        let key = try recordKey(under: root, apartFrom: others)
        let origin = Executor.checkpointOrigin(authority, environment)
        let note = try SignedNote(parsing: checkpoint)
        let checkpoint = try Checkpoint(parsing: note.text)
        guard checkpoint.origin == origin else {
            throw EvidenceError("the checkpoint is of \(checkpoint.origin), not of \(origin)")
        }
        try NoteVerifierKey(name: origin, subjectPublicKeyInfo: key.derBytes).verify(note)
        // A tree of one leaf has that leaf's hash as its root.
        let leaf = MerkleTree(leaves: [line]).root
        guard let place = Int(exactly: index), let size = Int(exactly: checkpoint.size),
            MerkleProof.verifyInclusion(leafHash: leaf, index: place, size: size, proof: proof, root: checkpoint.root)
        else { throw EvidenceError("the line is not in the record that the checkpoint speaks of") }
        return try finding(size: checkpoint.size)
    }

    private func finding(size: Int64) throws -> Finding {
        var reader = try JSONObjectReader(try JSONValue(canonical: line))
        guard try reader.string("event") == "approval", try reader.integer("index") == index else {
            throw EvidenceError("the line is no approval")
        }
        return Finding(
            operator: try reader.string("operator"), key: try reader.string("key"), time: try reader.timestamp("time"),
            size: size)
    }

    /// Document signing (RFC 9336), by which devices tell the record key from a bundle signer.
    private static let documentSigning = OID("1.3.6.1.5.5.7.3.36")

    /// What a cross-certificate of a root has, and nothing else.
    private static let ofCrossCertificates: Set<OID> = [
        BasicConstraints.identifier, KeyUsage.identifier, SubjectKeyIdentifier.identifier, AuthorityKeyIdentifier.identifier,
    ]

    private func recordKey(under root: Certificate, apartFrom others: [Digest]) throws -> SubjectPublicKeyInfo {
        guard let own = record.first, record.count <= 2 else {
            throw EvidenceError("there is no certificate of the record key, or there are too many above it")
        }
        // A factory can issue what looks like a record key under its intermediate: only a root that this root certified, and
        // that has CAs below it, may stand between.
        for between in record.dropFirst() {
            guard !others.contains(Digest(of: between.derBytes)), try between.tbs.basicConstraints?.pathLength != 0,
                between.tbs.extensions.allSatisfy({ Self.ofCrossCertificates.contains($0.identifier) })
            else { throw EvidenceError("\(between.tbs.subject) is an intermediate, and certifies no record key") }
        }
        for (certificate, issuer) in zip(record, record.dropFirst() + [root]) {
            try certificate.verifyIssued(by: issuer)
            guard try issuer.tbs.basicConstraints?.isCA == true, try issuer.tbs.keyUsage?.contains(.keyCertSign) == true else {
                throw EvidenceError("\(issuer.tbs.subject) is no CA")
            }
        }
        guard try own.tbs.basicConstraints?.isCA != true,
            try own.tbs.keyUsage?.contains(.digitalSignature) == true,
            try own.tbs.extensions.value(of: ExtendedKeyUsage.self)?.purposes.contains(where: { $0 == Self.documentSigning }) == true
        else { throw EvidenceError("\(own.tbs.subject) is no record key") }
        return try own.tbs.publicKey()
    }
}

/// What is wrong with evidence: one sentence without a full stop.
struct EvidenceError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension PEM {
    /// The certificates of a file, PEM or one in DER.
    static func certificates(_ bytes: [UInt8]) throws(PKIXError) -> [Certificate] {
        guard looksLikePEM(bytes) else { return [try Certificate(derEncoded: bytes)] }
        var certificates: [Certificate] = []
        for block in try decodeAll(bytes) {
            guard block.label == certificate else {
                throw PKIXError(.malformed, "A block is labelled '\(block.label.prefix(40))', not '\(certificate)'.")
            }
            certificates.append(try Certificate(derEncoded: block.derBytes))
        }
        return certificates
    }
}
