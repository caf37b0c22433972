import Groundwork
import PKIX

/// That a CRL, of which the plan holds only digests, is what the plan says: its file is read once, from its first byte to
/// its last, in constant memory.
public struct ListObligation: Sendable {
    let planned: PlannedCertificateList
    let file: Event.ArtifactFile
    let signature: [UInt8]
    let publicKey: SubjectPublicKeyInfo
    /// What the ledger itself revoked before, by rising serial number.
    let revoked: [PlainRevokedEntry]
    /// Nil for the first CRL of an issuer.
    let continuity: ListContinuity?
    /// Nil where the CRL is no delta.
    let delta: DeltaList?

    /// - Throws: ``PlanError`` with control ARTIFACT-BYTES, CRL-ENTRIES, SIGNATURE-VALID, CRL-PARTITION or CRL-CONTINUITY.
    func check(_ directory: AuthorityDirectory) throws(PlanError) {
        guard let listed = planned.listed else { return }
        var continuity = try StreamedContinuity(self.continuity, planned, directory)
        // What the ledger revokes is in the CRL that a delta goes with.
        var missing = delta == nil ? revoked[...] : []
        var difference = try delta.map { list throws(PlanError) in try DeltaDifference(list, directory) }
        let ending: CertificateListFile.Ending
        let shell: CertificateListShell
        do {
            shell = try CertificateListShell(derEncoded: planned.template.bytes)
            let list = try CertificateListFile(directory.absolute(file.path))
            while let entry = try list.next() {
                guard planned.shard.holds(entry.serial.serialNumber) else {
                    throw PlanError(
                        .listPartition, "\(file.path) lists \(Hex.encode(entry.serial.serialNumber)), which is of another shard")
                }
                try continuity.pass(entry.serial)
                if missing.first == entry { missing.removeFirst() }
                try difference?.pass(entry)
            }
            try difference?.finish()
            ending = try list.finish()
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.artifactBytes, "\(file.path): \(sentence(error))")
        }
        guard Digest(bytes: ending.sha256) == file.digest else {
            throw PlanError(.artifactBytes, "\(file.path) is not the file that the ledger names: its digest differs")
        }
        guard ending.shell == shell, Int64(ending.entryCount) == planned.entries,
            Int64(ending.tbsByteCount) == listed.tbsSize, Digest(bytes: ending.tbsSHA256) == listed.tbs
        else { throw PlanError(.listEntries, "\(file.path) does not hold the list that was approved") }
        guard missing.isEmpty else {
            throw PlanError(
                .listEntries, "\(file.path) does not list \(Hex.encode(missing[missing.startIndex].serial.serialNumber)), "
                    + "which the ledger revokes")
        }
        guard ending.signature == signature, ending.isSigned(by: publicKey) else {
            throw PlanError(.signatureValid, "the signature of \(file.path) is not the one of the ledger, or does not verify")
        }
        try continuity.finish(shell, file.path, directory)
    }
}
