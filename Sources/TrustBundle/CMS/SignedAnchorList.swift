import Groundwork
import PKIX

/// The anchors of a bundle as CMS SignedData around a TrustAnchorList (RFC 5914), read strictly.
public struct SignedAnchorList: Hashable, Sendable {
    /// The file's content.
    public let encoded: [UInt8]
    public let anchors: [Certificate]
    /// In the order of the file, which is that of their encodings.
    public let signers: [Certificate]
    public let issued: Timestamp
    private let data: SignedData

    /// Throws `BUNDLE-ENCODING` for anything but the one encoding of such a list.
    public init(encoded: [UInt8]) throws(BundleError) {
        do {
            data = try SignedData(derEncoded: encoded)
            guard data.contentType == TrustAnchorList.contentType else {
                throw BundleError(.encoding, "The CMS file holds a \(data.contentType), not a list of trust anchors.")
            }
            anchors = try TrustAnchorList.decode(data.content)
        } catch let error as BundleError {
            throw error
        } catch {
            throw BundleError(.encoding, "The anchor list cannot be read: \(error)")
        }
        guard let issued = Timestamp(secondsSinceEpoch: data.attributes.signingTime) else {
            throw BundleError(.encoding, "The anchor list's signing-time is out of range.")
        }
        self.issued = issued
        signers = data.signers.map(\.certificate)
        self.encoded = encoded
    }

    /// Checks digest and signatures by the certificates in the file, whoever issued them. Throws `BUNDLE-SIGNATURE`.
    public func verifySignatures() throws(BundleError) {
        do {
            try data.verify()
        } catch {
            throw BundleError(.signature, "The anchor list's signatures do not hold: \(error)")
        }
    }

    /// Checks the signatures, and that every signer may sign bundles and was issued by one of these anchors.
    /// Throws `BUNDLE-SIGNER` or `BUNDLE-SIGNATURE`.
    public func verify(under anchors: [DeviceAnchor]) throws(BundleError) {
        for signer in signers {
            _ = try BundleSigner(signer)
            if case .failure(let error) = BundleSigner.issuer(of: signer, among: anchors) { throw error }
        }
        try verifySignatures()
    }
}
