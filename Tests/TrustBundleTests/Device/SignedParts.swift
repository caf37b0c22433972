import Crypto
import DeviceRule
import Groundwork
import PKIX

@testable import TrustBundle

/// A bundle in its parts, signed without the checks of those who make bundles.
struct SignedParts {
    var protected: [UInt8]
    var payload: [UInt8]
    var signature: [UInt8]

    var encoded: [UInt8] {
        CBORValue.tagged(18, [.bytes(protected), .map([:]), .bytes(payload), .bytes(signature)]).encoded
    }

    init(protected: [UInt8], payload: [UInt8], by signer: SigningIdentity) throws {
        self.protected = protected
        self.payload = payload
        let message = CBORValue.array(["Signature1", .bytes(protected), .bytes([]), .bytes(payload)]).encoded
        signature = Array(try signer.key.signature(for: SHA256.hash(data: message)).rawRepresentation)
    }

    static func header(_ certificate: Certificate, with content: Bool) throws -> [UInt8] {
        var labels: [CBORValue: CBORValue] = [
            1: -9, 4: .bytes(try certificate.tbs.subjectKeyIdentifier ?? []), 33: .bytes(certificate.derBytes),
        ]
        if content { labels[3] = .text(BundlePayload.contentType) }
        return CBORValue.map(labels).encoded
    }

    static func sign1(
        _ payload: BundlePayload, by signer: SigningIdentity
    ) throws -> SignedParts {
        try SignedParts(protected: header(signer.certificate, with: true), payload: payload.encoded(), by: signer)
    }

    /// A COSE_Sign (RFC 9052 section 4.1) by hand. `breaking` is the index of a signature to spoil.
    static func sign(_ payload: BundlePayload, by signers: [SigningIdentity], breaking: Int? = nil) throws -> [UInt8] {
        let body = CBORValue.map([3: .text(BundlePayload.contentType)]).encoded
        let payload = try payload.encoded()
        var signatures: [CBORValue] = []
        for (index, signer) in signers.enumerated() {
            let header = try header(signer.certificate, with: false)
            let message = CBORValue.array(
                ["Signature", .bytes(body), .bytes(header), .bytes([]), .bytes(payload)]
            ).encoded
            var raw = Array(try signer.key.signature(for: SHA256.hash(data: message)).rawRepresentation)
            if index == breaking { raw[40] ^= 1 }
            signatures.append(.array([.bytes(header), .map([:]), .bytes(raw)]))
        }
        return CBORValue.tagged(98, [.bytes(body), .map([:]), .bytes(payload), .array(signatures)]).encoded
    }
}

/// Who signs a bundle: a key, and the certificate that it shows.
struct SigningIdentity {
    var key: P256.Signing.PrivateKey
    var certificate: Certificate
}

extension Hierarchy {
    var identity: SigningIdentity { SigningIdentity(key: signerKey, certificate: signer) }

    /// Another bundle signer under the same root.
    func anotherIdentity(serial: UInt8 = 0x13) throws -> SigningIdentity {
        let key = P256.Signing.PrivateKey()
        let certificate = try Hierarchy.certificate(
            subject: "Acme Bundle Signer G1 \(serial)", key: Array(key.publicKey.derRepresentation),
            issuer: "Acme Device Root G1", issuerKey: rootKey, serial: [serial],
            extensions: Hierarchy.signerExtensions())
        return SigningIdentity(key: key, certificate: certificate)
    }
}

extension Device {
    /// A device that trusts a hierarchy's root, in the store and environment of its payloads.
    init(_ hierarchy: Hierarchy) {
        self.init(
            anchors: [BundleAnchor(bytes: hierarchy.root.derBytes)], storeID: "acme/factory-trust",
            environment: "staging")
    }

    func refusal(of bundle: [UInt8]) -> DeviceRefusal? {
        do throws(DeviceRefusal) {
            try judge(bundle)
            return nil
        } catch {
            return error
        }
    }
}
