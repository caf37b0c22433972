import Groundwork
import PKIX

/// A trust anchor as a device uses it to judge a signer.
public enum DeviceAnchor: Hashable, Sendable, CustomStringConvertible {
    case certificate(Certificate)
    /// A bare key: it has issued what names its SHA-1 key identifier as authorityKeyIdentifier and carries its signature.
    case key(SubjectPublicKeyInfo)

    /// The anchors of a payload; nil where it says no more than devices can use (TrustAnchorInfo).
    static func anchors(of payload: BundlePayload) throws(BundleError) -> [DeviceAnchor?] {
        var anchors: [DeviceAnchor?] = []
        for (index, anchor) in payload.anchors.enumerated() {
            switch anchor.format {
            case .certificate:
                do {
                    anchors.append(.certificate(try Certificate(derEncoded: anchor.bytes)))
                } catch {
                    throw BundleError(.encoding, "The payload's anchors[\(index)] is not a certificate: \(error)")
                }
            case .subjectPublicKeyInfo:
                do {
                    anchors.append(.key(try SubjectPublicKeyInfo(derEncoded: anchor.bytes)))
                } catch {
                    throw BundlePayload.error(.anchors, index, "is not a SubjectPublicKeyInfo of a known kind")
                }
            case .trustAnchorInfo: anchors.append(nil)
            }
        }
        return anchors
    }

    /// What deny lists call the anchor as an issuer.
    var keyIdentifier: [UInt8]? {
        switch self {
        case .certificate(let certificate): (try? certificate.tbs.subjectKeyIdentifier) ?? nil
        case .key(let key): key.keyIdentifier
        }
    }

    public var description: String {
        switch self {
        case .certificate(let certificate): certificate.tbs.subject.description
        case .key(let key): "the key \(Hex.encode(key.keyIdentifier))"
        }
    }
}
