import Glibc
import Groundwork
import PKCS11
import PKIX
import SecondOpinion

/// What `openssl ca -gencrl` does, our way: the entries stream from the index through a spool, the token signs the
/// digest, the file is written durably, and two implementations verify what stands in it.
struct CertificateListTask {
    let index: String
    let module: String
    let token: String
    let key: String
    let pin: String
    let issuer: String
    let output: String

    func run() throws {
        let issuer = try Certificate(pemOrDER: DurableFile.read(self.issuer))
        let list = try spool(issuer)
        let signature = try sign(list)
        try write(list, signature)
        try verify(issuer)
    }

    private func spool(_ issuer: Certificate) throws -> SpooledTBSCertList {
        let now = Timestamp.now().secondsSinceEpoch
        guard let identifier = try issuer.tbs.subjectKeyIdentifier else {
            throw BenchError("\(self.issuer) has no subjectKeyIdentifier.")
        }
        let header = try CertificateListHeader(
            signature: AlgorithmIdentifier(.ecdsaSHA384), issuer: issuer.tbs.subject, thisUpdate: now,
            nextUpdate: now + 30 * 86400, authorityKeyIdentifier: AuthorityKeyIdentifier(identifier),
            crlNumber: CRLNumber(1))
        var writer = try SpooledCertificateListWriter(header, spoolDirectory: FilePath.directory(of: output))
        var reader = try RevocationIndex(index)
        while let entry = try reader.next() {
            try writer.append(
                serialNumber: entry.serialNumber, revocationDate: entry.revocationDate, reason: entry.reason)
        }
        return try writer.finish()
    }

    private func sign(_ list: SpooledTBSCertList) throws -> [UInt8] {
        let module = try Module(self.module)
        defer { module.close() }
        let session = try module.token(label: token).openSession()
        defer { session.close() }
        try Array(pin.utf8).withUnsafeBytes { try session.login(pin: $0) }
        let pair = try session.keyPair(label: key)
        return try session.sign(.digest(list.digest, .sha384), scheme: .ecdsa, with: pair)
    }

    private func write(_ list: SpooledTBSCertList, _ signature: [UInt8]) throws {
        let descriptor = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BenchError("\(output) cannot be opened.") }
        defer { close(descriptor) }
        try list.assemble(signature: signature, to: descriptor)
        guard fsync(descriptor) == 0 else { throw BenchError("\(output) cannot be made durable.") }
    }

    private func verify(_ issuer: Certificate) throws {
        let der = try DurableFile.read(output, maximumBytes: 1 << 30)
        try CertificateList(derEncoded: der).verifyIssued(by: issuer)
        _ = try SecondOpinion.certificateList(
            der, signedBy: SecondOpinion.Issuer(der: issuer.derBytes), detail: .headerOnly)
    }
}
