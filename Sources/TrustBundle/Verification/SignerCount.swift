import Groundwork
import PKIX

/// A signer whom a device knows, through the anchors that it has or through those that the bundle brings.
public struct VerifiedSigner: Hashable, Sendable {
    public let certificate: Certificate
    /// The current anchor that issued the certificate.
    public let currentIssuer: DeviceAnchor?
    /// The bundle's own anchor that issued it.
    public let newIssuer: DeviceAnchor?
    /// Whether the signer counts: neither denied nor, where there is a clock, out of its time.
    public let counts: Bool
}

extension Result where Success == DeviceAnchor {
    fileprivate var anchor: DeviceAnchor? { try? get() }
}

/// Judges a bundle's signers and counts them (TUF specification 5.3.4: a new root is signed by a threshold of the old
/// keys and by a threshold of the new).
struct SignerCount {
    private(set) var signers: [VerifiedSigner] = []
    /// Why the first signer that does not count does not.
    private var doubt: BundleError?

    init(
        _ bundle: SignedBundle, current: [DeviceAnchor], new: [DeviceAnchor], threshold: Int,
        denied: [DeniedCertificate], clock: Timestamp?
    ) throws(BundleError) {
        var known: [BundleSignature] = []
        for signature in bundle.signatures {
            let underCurrent = BundleSigner.issuer(of: signature.signer, among: current)
            let underNew = BundleSigner.issuer(of: signature.signer, among: new)
            if case .failure(let error) = underCurrent { doubt = doubt ?? error }
            guard let issuer = underCurrent.anchor ?? underNew.anchor else { continue }
            let signer = try BundleSigner(signature.signer)
            guard signature.header.keyIdentifier == signer.keyIdentifier else {
                throw BundleError(.signer, "A signature's kid is not the subjectKeyIdentifier of its signer.")
            }
            let reason = [issuer, underNew.anchor].compactMap { $0 }.lazy
                .compactMap { signer.doubt(issuer: $0, denied: denied, clock: clock) }.first
            if let reason { doubt = reason }
            signers.append(
                VerifiedSigner(
                    certificate: signature.signer, currentIssuer: underCurrent.anchor, newIssuer: underNew.anchor,
                    counts: reason == nil))
            known.append(signature)
        }
        try check(threshold, bundle.payload.threshold)
        for signature in known { try signature.verify() }
    }

    private func check(_ stored: Int, _ new: Int) throws(BundleError) {
        let current = count(\.currentIssuer)
        guard current > 0 else {
            throw doubt ?? BundleError(.signer, "Nobody whom the device knows has signed the bundle.")
        }
        guard current >= stored else {
            throw BundleError(
                .threshold, "The bundle has \(current) signers under the current anchors, and needs \(stored).",
                advice: doubt?.reason ?? "Have it signed by more bundle signers.")
        }
        let own = count(\.newIssuer)
        guard own >= new else {
            throw BundleError(
                .threshold, "The bundle has \(own) signers under its own anchors, and says that \(new) are needed.",
                advice: "Have it signed under the new anchors too: no bundle could follow it.")
        }
    }

    /// Keys are counted, not certificates: two certificates of one key are one signer.
    func count(_ issuer: KeyPath<VerifiedSigner, DeviceAnchor?>) -> Int {
        Set(signers.filter { $0.counts && $0[keyPath: issuer] != nil }.map(\.certificate.tbs.subjectPublicKeyInfo)).count
    }
}
