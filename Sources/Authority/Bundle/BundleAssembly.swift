import Groundwork
import PKIX
import TrustBundle

/// A planned bundle put together from the certificates that the ledger holds.
struct BundleAssembly {
    private let planned: PlannedBundle
    private let unsigned: UnsignedBundle
    private let rendered: [RenderedFile]

    /// The bytes that the bundle signer signs.
    var toBeSigned: [UInt8] { unsigned.toBeSigned[0] }
    var payloadDigest: Digest { unsigned.payloadDigest }

    /// - Throws: ``PlanError`` with control BUNDLE-SIGNATURE when a certificate is not there yet.
    init(_ planned: PlannedBundle, state: AuthorityState) throws(PlanError) {
        self.planned = planned
        do {
            let anchors = try planned.anchors.map { try Self.named($0, state) }
            let intermediates = try planned.intermediates.map { try Self.named($0, state) }
            var payload = BundlePayload(
                storeID: planned.storeID, environment: state.environment.rawValue, sequence: UInt64(clamping: planned.sequence),
                issued: planned.issued, expires: planned.expires,
                anchors: zip(planned.anchors, anchors).map { BundleAnchor(bytes: $1.derBytes, title: $0) },
                intermediates: intermediates.map(\.derBytes),
                minimumCRLNumbers: try planned.minimumCRLs.map { try Self.minimum($0, state) },
                nextRootHash: try planned.nextRoot.map { try Self.digest(ofKey: $0, state) },
                previousPayload: planned.previous,
                denyList: try planned.denied.map {
                    DeniedCertificate(issuerKeyIdentifier: try Self.keyIdentifier($0.issuer, state), serial: $0.serial)
                })
            rendered = try Renderings.render(
                try BundleContents(payload, anchors: anchors, intermediates: intermediates),
                with: planned.renderings.compactMap(Renderings.named))
            payload.renderings = rendered.map(\.reference)
            let signer = try Certificate(derEncoded: try Self.der(planned.signer, state))
            unsigned = try UnsignedBundle(payload: payload, signers: [signer])
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.bundleSignature, "bundle \(planned.sequence) cannot be put together: \(sentence(error))")
        }
    }

    /// The bundle and its renderings, with paths relative to the authority.
    ///
    /// - Throws: ``PlanError`` with control BUNDLE-SIGNATURE when the signature is not the signer's.
    func files(signature der: [UInt8]) throws(PlanError) -> [(file: Event.ArtifactFile, bytes: [UInt8])] {
        do {
            let bundle = RenderedFile(path: "bundle.cose", bytes: try unsigned.assemble(signatures: [der]).encoded)
            return ([bundle] + rendered).map {
                (Event.ArtifactFile(path: "\(planned.path)/\($0.path)", digest: Digest(of: $0.bytes)), $0.bytes)
            }
        } catch {
            throw PlanError(.bundleSignature, "bundle \(planned.sequence): \(sentence(error))")
        }
    }

    private static func der(_ name: String, _ state: AuthorityState) throws(PlanError) -> [UInt8] {
        guard let der = state.certificates[name]?.der else {
            throw PlanError(.bundleSignature, "the certificate \(name) for the bundle is not there yet")
        }
        return der
    }

    private static func named(_ name: String, _ state: AuthorityState) throws(PlanError) -> NamedCertificate {
        NamedCertificate(fileName: NamedCertificate.fileName(for: name), derBytes: try der(name, state))
    }

    private static func digest(ofKey name: String, _ state: AuthorityState) throws(PlanError) -> Digest {
        guard let key = state.keys[name]?.publicKey else {
            throw PlanError(.rootSuccessor, "the key \(name) for the bundle is not there yet")
        }
        return Digest(of: key.derBytes)
    }

    private static func keyIdentifier(_ name: String, _ state: AuthorityState) throws(PlanError) -> [UInt8] {
        guard let key = state.certificates[name]?.publicKey else {
            throw PlanError(.bundleSignature, "the key of \(name) is not there yet")
        }
        return key.keyIdentifier
    }

    private static func minimum(
        _ minimum: PlannedBundle.MinimumCRL, _ state: AuthorityState
    ) throws(PlanError) -> MinimumCRLNumber {
        guard let digest = state.lists[minimum.issuer]?.last(where: { $0.planned.number == minimum.number })?.digest else {
            throw PlanError(.bundleSignature, "CRL \(minimum.number) of \(minimum.issuer) is not there yet")
        }
        return MinimumCRLNumber(
            issuerKeyIdentifier: try keyIdentifier(minimum.issuer, state), number: UInt64(clamping: minimum.number), sha256: digest)
    }
}
