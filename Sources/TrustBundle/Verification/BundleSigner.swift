import Groundwork
import PKIX

/// A certificate that may sign bundles: an end entity with a P-256 key for digital signatures, without extendedKeyUsage,
/// and nothing above that.
///
/// The root's own key never signs a bundle; a signer that could issue certificates would be a second root in disguise.
struct BundleSigner {
    let certificate: Certificate
    let keyIdentifier: [UInt8]

    /// Critical extensions whose meaning is taken into account, or has none for a bundle's signer.
    private static let understood: Set<OID> = [
        BasicConstraints.identifier, KeyUsage.identifier, SubjectAlternativeName.identifier,
        CertificatePolicies.identifier,
    ]

    init(_ certificate: Certificate) throws(BundleError) {
        self.certificate = certificate
        do {
            keyIdentifier = try Self.check(certificate)
        } catch let error as BundleError {
            throw error
        } catch {
            throw BundleError(.signer, "The signer's certificate cannot be judged: \(error)")
        }
    }

    /// The certificate's subjectKeyIdentifier.
    private static func check(_ certificate: Certificate) throws -> [UInt8] {
        let tbs = certificate.tbs
        guard try tbs.basicConstraints?.isCA != true else {
            throw error(tbs, "is that of a CA", advice: "Sign with the bundle signer's certificate.")
        }
        guard let usage = try tbs.keyUsage, usage.contains(.digitalSignature) else {
            throw error(tbs, "does not allow digital signatures (keyUsage)")
        }
        guard usage.isDisjoint(with: [.keyCertSign, .cRLSign]) else {
            throw error(tbs, "has the usages of a CA (\(usage))")
        }
        // Other keys that a root certifies, the record key above all, are told apart by having one.
        guard tbs.extensions.first(ExtendedKeyUsage.identifier) == nil else {
            throw error(tbs, "has an extendedKeyUsage, so it is for something else than bundles")
        }
        for element in tbs.extensions where element.isCritical && !understood.contains(element.identifier) {
            throw error(tbs, "has the critical extension \(element.name), which is not understood here")
        }
        let key = try tbs.publicKey()
        guard key.kind == .ecP256 else {
            throw error(tbs, "holds a key of kind \(key.kind), and bundles are signed with \(KeyKind.ecP256)")
        }
        guard let keyIdentifier = try tbs.subjectKeyIdentifier else {
            throw error(tbs, "has no subjectKeyIdentifier")
        }
        return keyIdentifier
    }

    /// The anchor that issued a signer's certificate, or why none of them did.
    static func issuer(
        of certificate: Certificate, among anchors: [DeviceAnchor]
    ) -> Result<DeviceAnchor, BundleError> {
        let tbs = certificate.tbs
        let authority = (try? tbs.authorityKeyIdentifier) ?? nil
        var problem: String?
        for anchor in anchors {
            do {
                switch anchor {
                case .certificate(let issuer):
                    guard issuer.tbs.subject == tbs.issuer else { continue }
                    try checkAuthority(issuer)
                    try certificate.verifyIssued(by: issuer)
                case .key(let key):
                    guard let authority, authority == key.keyIdentifier else { continue }
                    try certificate.verify(by: key)
                }
                return .success(anchor)
            } catch {
                problem = "\(error)"
            }
        }
        guard let problem else {
            return .failure(error(
                tbs, "was issued by \(tbs.issuer), which is none of the current anchors",
                advice: "Give the anchors that the device has now."))
        }
        return .failure(BundleError(.signer, "The signer was not issued by a current anchor: \(problem)"))
    }

    private static func checkAuthority(_ anchor: Certificate) throws {
        guard try anchor.tbs.basicConstraints?.isCA == true else {
            throw error(anchor.tbs, "is not that of a CA")
        }
        if let usage = try anchor.tbs.keyUsage, !usage.contains(.keyCertSign) {
            throw error(anchor.tbs, "does not allow issuing certificates (keyUsage)")
        }
    }

    /// Why the signer counts for nothing on a device with this deny list and clock; nil: it counts.
    func doubt(issuer: DeviceAnchor, denied: [DeniedCertificate], clock: Timestamp?) -> BundleError? {
        let tbs = certificate.tbs
        let authority = issuer.keyIdentifier ?? []
        if denied.contains(where: { $0.denies(issuerKeyIdentifier: authority, serial: tbs.serialNumber) }) {
            return Self.error(tbs, "is on the deny list of the bundle before")
        }
        guard let clock else { return nil }
        if clock.secondsSinceEpoch < tbs.notBefore { return Self.error(tbs, "is not valid yet at \(clock)") }
        if clock.secondsSinceEpoch > tbs.notAfter {
            return Self.error(tbs, "has expired by \(clock)", advice: "Have a bundle signed by a newer signer.")
        }
        return nil
    }

    private static func error(_ tbs: TBSCertificate, _ problem: String, advice: String? = nil) -> BundleError {
        BundleError(.signer, "The certificate of \(tbs.subject) \(problem).", advice: advice)
    }
}
