import Groundwork
import PKIX

/// The anchors of a bundle as CMS (`bundle.p7s`), lacking nothing but its signatures.
///
/// It holds certificates and nothing else: no sequence, no store, no deny list. Who takes it must keep older files out by
/// other means; docs/file-formats.md says so.
public struct UnsignedAnchorList: Hashable, Sendable {
    public let signers: [Certificate]
    private let content: [UInt8]
    private let attributes: SignedAttributes

    /// - Parameters:
    ///   - anchors: certificates in DER, one or more.
    ///   - issued: becomes the signing-time.
    /// - Throws: `BUNDLE-SIGNER` for a certificate that may not sign bundles.
    public init(anchors: [[UInt8]], issued: Timestamp, signers: [Certificate]) throws(BundleError) {
        guard !anchors.isEmpty, (1...BundlePayload.maximumThreshold).contains(signers.count) else {
            throw BundleError(
                .encoding, "An anchor list has an anchor at least and 1 to \(BundlePayload.maximumThreshold) signers.")
        }
        for signer in signers { _ = try BundleSigner(signer) }
        self.signers = signers
        content = TrustAnchorList.encode(anchors)
        do {
            attributes = try SignedAttributes(
                contentType: TrustAnchorList.contentType, content: content,
                signingTime: issued.secondsSinceEpoch)
        } catch {
            throw BundleError(.encoding, "The anchor list cannot be made: \(error)")
        }
    }

    /// The DER of the signed attributes, which every signer signs with ECDSA and SHA-256: the message, not yet hashed.
    public var toBeSigned: [UInt8] { attributes.derBytes }

    /// The file, with signatures in DER in the order of the signers. Throws `BUNDLE-SIGNATURE` when one does not verify.
    public func assemble(signatures: [[UInt8]]) throws(BundleError) -> SignedAnchorList {
        guard signatures.count == signers.count else {
            throw BundleError(
                .signature, "The list has \(signers.count) signers, and \(signatures.count) signatures are there.")
        }
        do {
            let data = try SignedData(
                content: content, attributes: attributes,
                signers: zip(signers, signatures).map { SignedData.Signer(certificate: $0, signature: $1) })
            let list = try SignedAnchorList(encoded: data.derBytes)
            try list.verifySignatures()
            return list
        } catch let error as BundleError {
            throw error
        } catch {
            throw BundleError(.signature, "The anchor list cannot be put together: \(error)")
        }
    }

    /// The most bytes that a signature in DER has.
    static let maximumSignatureByteCount = SignedData.maximumSignatureByteCount
    /// The bytes of the anchors' certificates.
    var anchorsByteCount: Int { content.count }

    /// The most bytes that the file can have: signatures in DER differ in length.
    public func maximumByteCount() throws(BundleError) -> Int {
        do {
            let placeholder = [UInt8](repeating: 0, count: SignedData.maximumSignatureByteCount)
            return try SignedData(
                content: content, attributes: attributes,
                signers: signers.map { SignedData.Signer(certificate: $0, signature: placeholder) }
            ).derBytes.count
        } catch {
            throw BundleError(.encoding, "The anchor list cannot be measured: \(error)")
        }
    }
}
