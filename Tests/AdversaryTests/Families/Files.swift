import Crypto
import Foundation
import Groundwork
import Ledger

extension Stage {
    /// A checkpoint of the last close with another text, signed by a stranger if it is signed anew at all.
    func forgeCheckpoint(_ change: (SignedNote) throws -> SignedNote) throws -> Shown {
        let path = "authority/checkpoints/0002.note"
        try write(change(SignedNote(parsing: read(path))).encoded, path)
        return try verify()
    }

    func spoil(_ name: String) throws -> Shown {
        var bytes = try read(name)
        bytes[bytes.count / 2] ^= 1
        try write(bytes, name)
        return try verify()
    }

    func exchange(_ one: String, _ other: String) throws -> Shown {
        let (first, second) = (try read(one), try read(other))
        try write(second, one)
        try write(first, other)
        return try verify()
    }
}

extension Family {
    static let files = Family(
        title: "Files of an authority",
        world: .grown, accepted: "the files as they are, copied to another place",
        twin: { stage in
            try stage.copy("authority", to: "elsewhere")
            return try stage.verify("elsewhere")
        },
        attempts: [
            Attempt("a file that nobody recorded", .files, 1) { stage in
                try stage.write("x", "authority/certificates/intruder.cer")
                return try stage.verify()
            },
            Attempt("a hidden file", .files, 1) { stage in
                try stage.write("x", "authority/.hidden")
                return try stage.verify()
            },
            Attempt("a certificate that is missing", .artifactBytes, 1) { stage in
                try stage.remove("authority/certificates/product-p1.cer")
                return try stage.verify()
            },
            Attempt("a bit changed in a certificate", .artifactBytes, 1) { try $0.spoil("authority/certificates/G1.cer") },
            Attempt("a bit changed in a CRL", .artifactBytes, 1) { try $0.spoil("authority/crls/G1-000002.crl") },
            Attempt("a bit changed in a bundle", .artifactBytes, 1) {
                try $0.spoil("authority/bundles/000002/bundle.cose")
            },
            Attempt("the CRL before the revocation in the place of the newest", .artifactBytes, 1) {
                try $0.exchange("authority/crls/G1-000001.crl", "authority/crls/G1-000002.crl")
            },
            Attempt("one certificate in the place of another", .artifactBytes, 1) {
                try $0.exchange("authority/certificates/product-p1.cer", "authority/certificates/product-p2.cer")
            },
            Attempt("a bit changed in the policy", .policyBytes, 1) { try $0.spoil("authority/policies/0001.yaml") },
            Attempt("a bit changed in a plan", .planBytes, 1) { try $0.spoil("authority/ceremonies/0002/plan.json") },
            Attempt("a bit changed in an approval", .approvalForm, 1) {
                try $0.spoil("authority/ceremonies/0002/approvals/ana.approval")
            },
            Attempt("an approval of one plan in the place of another's", .approvalForm, 1) {
                try $0.exchange(
                    "authority/ceremonies/0001/approvals/ana.approval", "authority/ceremonies/0002/approvals/ana.approval")
            },
            Attempt("a checkpoint over another number of lines", .checkpoint, 1) { stage in
                try stage.forgeCheckpoint { note in
                    let lines = note.text.split(separator: "\n").map(String.init)
                    return try SignedNote(
                        text: "\(lines[0])\n1\n\(lines[2])\n", signatures: note.signatures)
                }
            },
            Attempt("a checkpoint over another Merkle root", .checkpoint, 1) { stage in
                try stage.forgeCheckpoint { note in
                    let lines = note.text.split(separator: "\n").map(String.init)
                    return try SignedNote(
                        text: "\(lines[0])\n\(lines[1])\n\(Base64.encode(Digest.zero.bytes))\n", signatures: note.signatures)
                }
            },
            Attempt("a checkpoint that another key signed", .checkpoint, 1) { stage in
                try stage.forgeCheckpoint { note in
                    let stranger = P256.Signing.PrivateKey()
                    let key = try NoteVerifierKey(
                        name: note.signatures[0].name,
                        subjectPublicKeyInfo: Array(stranger.publicKey.derRepresentation))
                    return try SignedNote.make(text: note.text, key: key) {
                        Array(try stranger.signature(for: SHA256.hash(data: $0)).derRepresentation)
                    }
                }
            },
            Attempt("another key's signature under the record key's identifier", .checkpoint, 1) { stage in
                try stage.forgeCheckpoint { note in
                    let stranger = P256.Signing.PrivateKey()
                    let signature = try stranger.signature(for: SHA256.hash(data: Array(note.text.utf8)))
                    let old = note.signatures[0]
                    return try SignedNote(text: note.text, signatures: [
                        SignedNote.Signature(name: old.name, keyID: old.keyID, bytes: Array(signature.derRepresentation)),
                    ])
                }
            },
            Attempt("the checkpoint of the first close in the place of the last", .closing, 1) {
                try $0.exchange("authority/checkpoints/0001.note", "authority/checkpoints/0002.note")
            },
            Attempt("a checkpoint missing behind a later one", .checkpoint, 1) { stage in
                try stage.remove("authority/checkpoints/0001.note")
                return try stage.verify()
            },
            Attempt("the newest checkpoint missing, at the next run", .checkpoint, 1) { stage in
                try stage.remove("authority/checkpoints/0002.note")
                return try stage.run()
            },
            Attempt("a link in the place of a certificate", .artifactBytes, 1) { stage in
                try stage.copy("authority/certificates/G1.cer", to: "G1.cer")
                try stage.remove("authority/certificates/G1.cer")
                try stage.link("authority/certificates/G1.cer", to: "../../G1.cer")
                return try stage.verify()
            },
            Attempt("a link in the place of a folder", .files, 1) { stage in
                try stage.copy("authority/certificates", to: "certificates")
                try stage.remove("authority/certificates")
                try stage.link("authority/certificates", to: "../certificates")
                return try stage.verify()
            },
            Attempt("a FIFO in the place of a certificate", .artifactBytes, 1) { stage in
                try stage.remove("authority/certificates/G1.cer")
                try Shell.need("mkfifo", "authority/certificates/G1.cer", in: stage.path)
                return try stage.verify()
            },
        ])
}
