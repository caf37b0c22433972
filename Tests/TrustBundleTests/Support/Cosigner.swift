import Crypto
import Groundwork
import PKIX
import TrustBundle

/// A bundle signer's key and certificate.
struct Cosigner {
    let key: P256.Signing.PrivateKey
    let certificate: Certificate

    /// A further signer under a hierarchy's root.
    init(under hierarchy: Hierarchy, serial: UInt8, key: P256.Signing.PrivateKey = .init()) throws {
        self.key = key
        certificate = try Hierarchy.certificate(
            subject: "Acme Bundle Signer \(serial)", key: Array(key.publicKey.derRepresentation),
            issuer: "Acme Device Root G1", issuerKey: hierarchy.rootKey, serial: [serial],
            extensions: Hierarchy.signerExtensions())
    }

    /// The signer of a hierarchy.
    init(of hierarchy: Hierarchy) {
        key = hierarchy.signerKey
        certificate = hierarchy.signer
    }

    func sign(_ message: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
    }

    static func bundle(_ payload: BundlePayload, _ signers: [Cosigner]) throws -> SignedBundle {
        let unsigned = try UnsignedBundle(payload: payload, signers: signers.map(\.certificate))
        let signatures = try zip(signers, unsigned.toBeSigned).map { try $0.sign($1) }
        let bundle = try unsigned.assemble(signatures: signatures)
        guard bundle.encoded.count == unsigned.encodedByteCount else {
            throw BundleError(.encoding, "The bundle has another length than was foretold.")
        }
        return bundle
    }
}
