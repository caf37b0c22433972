import PKIX
import SecondOpinion

/// What libcrypto makes of an object, compared with what our own encoder meant.
enum Opinion {
    /// Whose signature is expected. libcrypto reads it once, for all objects that it is asked about.
    struct Signer: Sendable {
        private let result: Result<SecondOpinion.Issuer, Disagreement>

        static func key(_ key: SubjectPublicKeyInfo) -> Signer {
            Signer { () throws(Disagreement) in try SecondOpinion.Issuer(spki: key.derBytes) }
        }

        /// The issuer's certificate, for a finished object.
        static func certificate(_ der: [UInt8]) -> Signer {
            Signer { () throws(Disagreement) in try SecondOpinion.Issuer(der: der) }
        }

        private init(_ read: () throws(Disagreement) -> SecondOpinion.Issuer) {
            result = Result(catching: read)
        }

        fileprivate func issuer() throws(Disagreement) -> SecondOpinion.Issuer { try result.get() }
    }

    /// - Parameter issuer: nil for a certificate that is not signed yet.
    /// - Throws: ``PlanError`` with control SECOND-OPINION when libcrypto refuses the certificate or reads another one.
    static func certificate(_ der: [UInt8], _ name: String, issuer: Signer?) throws(PlanError) {
        do {
            let ours = try Certificate(derEncoded: der).tbs
            let facts = if let issuer {
                try SecondOpinion.certificate(der, signedBy: try issuer.issuer())
            } else {
                try SecondOpinion.unsignedCertificate(der)
            }
            let basicConstraints = try ours.basicConstraints
            let differences = facts.compare(with: SecondOpinion.CertificateFacts.Expected(
                serial: ours.serialNumber, issuer: ours.issuer.derBytes, subject: ours.subject.derBytes,
                notBefore: ours.notBefore, notAfter: ours.notAfter, spki: ours.subjectPublicKeyInfo,
                isCA: .some(basicConstraints?.isCA), pathLength: .some(basicConstraints?.pathLength),
                keyUsage: .some(try ours.keyUsage?.rawValue),
                subjectKeyIdentifier: .some(try ours.subjectKeyIdentifier),
                authorityKeyIdentifier: .some(try ours.authorityKeyIdentifier)))
            if let first = differences.first {
                throw PlanError(.secondOpinion, "libcrypto reads the certificate \(name) otherwise: \(first)")
            }
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.secondOpinion, "libcrypto refuses the certificate \(name): \(sentence(error))")
        }
    }

    /// - Throws: ``PlanError`` with control SECOND-OPINION.
    ///
    /// - Parameter entries: how many there are, where it is a part of the list.
    static func certificateList(
        _ der: [UInt8], _ planned: PlannedCertificateList, entries: Int? = nil, issuer: Signer
    ) throws(PlanError) {
        let name = planned.title
        do {
            let ours = try CertificateList(derEncoded: der)
            let facts = try SecondOpinion.certificateList(der, signedBy: try issuer.issuer(), detail: .streamed)
            let differences = facts.compare(with: SecondOpinion.CertificateListFacts.Expected(
                issuer: ours.issuer.derBytes, thisUpdate: ours.thisUpdate, nextUpdate: .some(ours.nextUpdate),
                number: .some(try ours.crlNumber?.bytes), entryCount: entries ?? Int(planned.entries)))
            if let first = differences.first {
                throw PlanError(.secondOpinion, "libcrypto reads \(name) otherwise: \(first)")
            }
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.secondOpinion, "libcrypto refuses \(name): \(sentence(error))")
        }
    }

    /// Of a CRL that is too long to be held: what stands in it was read by libcrypto part by part before it was signed.
    ///
    /// - Throws: ``PlanError`` with control SECOND-OPINION.
    static func signature(
        _ signature: [UInt8], of list: SpooledTBSCertList, _ algorithm: SignatureAlgorithm, _ key: SubjectPublicKeyInfo
    ) throws(PlanError) {
        do {
            guard let known = SecondOpinion.SignatureAlgorithm(rawValue: algorithm.rawValue) else {
                throw PlanError(.secondOpinion, "libcrypto is not asked about \(algorithm)")
            }
            let stream = try SignatureStream(spki: key.derBytes, algorithm: known)
            try list.read { (bytes) throws(PKIXError) in
                do throws(Disagreement) { try stream.update(bytes) } catch {
                    throw PKIXError(.io, "\(error)")
                }
            }
            try stream.finish(signature)
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.secondOpinion, "libcrypto does not accept the signature of a CRL: \(sentence(error))")
        }
    }

    /// - Throws: ``PlanError`` with control SECOND-OPINION.
    static func signature(
        _ signature: [UInt8], _ message: [UInt8], _ algorithm: SignatureAlgorithm, _ key: SubjectPublicKeyInfo
    ) throws(PlanError) {
        do {
            guard let known = SecondOpinion.SignatureAlgorithm(rawValue: algorithm.rawValue) else {
                throw PlanError(.secondOpinion, "libcrypto is not asked about \(algorithm)")
            }
            try SecondOpinion.rawSignature(
                spki: key.derBytes, message: message, signature: signature, algorithm: known)
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.secondOpinion, "libcrypto does not accept a signature: \(sentence(error))")
        }
    }
}
