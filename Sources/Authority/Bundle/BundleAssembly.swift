import Groundwork
import PKIX
import TrustBundle

/// A planned bundle put together from the certificates that the ledger holds.
struct BundleAssembly {
    private let planned: PlannedBundle
    let unsigned: UnsignedBundle
    /// The CMS form, where the policy wants it.
    let anchorList: UnsignedAnchorList?
    let contents: BundleContents
    let rendered: [RenderedFile]

    var payloadDigest: Digest { unsigned.payloadDigest }

    /// - Throws: ``PlanError`` with control BUNDLE-SIGNATURE when a certificate is not there yet.
    init(_ planned: PlannedBundle, state: AuthorityState) throws(PlanError) {
        self.planned = planned
        do {
            let anchors = try planned.anchors.map { try Self.named($0, state) }
            let intermediates = try planned.intermediates.map { try Self.named($0, state) }
            let nextRoot = try planned.nextRoot.map { Digest(of: try Self.key($0, state).derBytes) }
            var payload = BundlePayload(
                storeID: planned.storeID, environment: state.environment.rawValue,
                sequence: UInt64(clamping: planned.sequence), issued: planned.issued, expires: planned.expires,
                anchors: try zip(planned.anchors, anchors).map { try Self.anchor($0, $1, planned.anchorForm, state) },
                intermediates: intermediates.map(\.derBytes),
                minimumCRLNumbers: try planned.minimumCRLs.map { try Self.minimum($0, state) },
                nextRootHash: nextRoot, previousPayload: planned.previous,
                denyList: try planned.denied.map {
                    DeniedCertificate(issuerKeyIdentifier: try Self.keyIdentifier($0.issuer, state), serial: $0.serial)
                },
                threshold: planned.threshold)
            contents = try BundleContents(payload, anchors: anchors, intermediates: intermediates)
            rendered = try Renderings.render(
                contents, with: try planned.renderings.map(Self.rendering))
            payload.renderings = rendered.map(\.reference)
            let signers = try planned.signers.map { try Certificate(derEncoded: try Self.der($0.certificate, state)) }
            unsigned = try UnsignedBundle(
                payload: payload, signers: signers, algorithm: planned.algorithm.algorithm)
            anchorList = try planned.forms.contains(.cms)
                ? UnsignedAnchorList(anchors: anchors.map(\.derBytes), issued: planned.issued, signers: signers) : nil
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.bundleSignature, "bundle \(planned.sequence) cannot be put together: \(sentence(error))")
        }
    }

    /// The bytes that a bundle signer signs.
    ///
    /// - Throws: ``PlanError`` with control BUNDLE-SIGNATURE for a signature that is not one of the bundle's.
    func toBeSigned(_ signature: PlannedBundleSignature) throws(PlanError) -> [UInt8] {
        guard let place = planned.signers.firstIndex(of: signature.signer), planned.forms.contains(signature.form) else {
            throw PlanError(
                .bundleSignature, "\(signature.signer.certificate) does not sign bundle \(planned.sequence) in this form")
        }
        switch signature.form {
        case .cose: return unsigned.toBeSigned[place]
        case .cms: return anchorList?.toBeSigned ?? []
        }
    }

    /// The bundle in its forms and its renderings, with paths relative to the authority.
    ///
    /// - Throws: ``PlanError`` with control BUNDLE-SIGNATURE when a signature is missing, or not the signer's.
    func files(
        signatures: [(step: PlannedBundleSignature, signature: [UInt8])]
    ) throws(PlanError) -> [(file: Event.ArtifactFile, bytes: [UInt8])] {
        do {
            var files: [RenderedFile] = []
            for form in planned.forms {
                let signatures = try planned.signers.map { signer in
                    guard let found = signatures.first(where: { $0.step.form == form && $0.step.signer == signer }) else {
                        throw PlanError(.bundleSignature, "bundle \(planned.sequence) is not signed by \(signer.certificate)")
                    }
                    return found.signature
                }
                switch form {
                case .cose:
                    files.append(
                        RenderedFile(path: form.fileName, bytes: try unsigned.assemble(signatures: signatures).encoded))
                case .cms:
                    guard let anchorList else { continue }
                    files.append(
                        RenderedFile(path: form.fileName, bytes: try anchorList.assemble(signatures: signatures).encoded))
                }
            }
            return (files + rendered).map {
                (Event.ArtifactFile(path: "\(planned.path)/\($0.path)", digest: Digest(of: $0.bytes)), $0.bytes)
            }
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.bundleSignature, "bundle \(planned.sequence): \(sentence(error))")
        }
    }

    /// The paths of ``files(signatures:)``.
    var paths: [String] {
        (planned.forms.map(\.fileName) + rendered.map(\.path)).map { "\(planned.path)/\($0)" }
    }

    private static func rendering(_ name: String) throws(PlanError) -> any Rendering {
        guard let rendering = Renderings.named(name) else {
            throw PlanError(.plan, "there is no rendering \"\(name.prefix(40))\"")
        }
        return rendering
    }

    private static func anchor(
        _ name: String, _ certificate: NamedCertificate, _ form: BundleRules.AnchorForm, _ state: AuthorityState
    ) throws(PlanError) -> BundleAnchor {
        switch form {
        case .certificate: BundleAnchor(bytes: certificate.derBytes, title: name)
        case .spki:
            BundleAnchor(
                format: .subjectPublicKeyInfo, bytes: try certificateKey(name, state).derBytes, title: name)
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

    private static func key(_ name: String, _ state: AuthorityState) throws(PlanError) -> SubjectPublicKeyInfo {
        guard let key = state.keys[name]?.publicKey else {
            throw PlanError(.bundleSignature, "the key \(name) for the bundle is not there yet")
        }
        return key
    }

    private static func certificateKey(
        _ name: String, _ state: AuthorityState
    ) throws(PlanError) -> SubjectPublicKeyInfo {
        guard let key = state.certificates[name]?.publicKey else {
            throw PlanError(.bundleSignature, "the key of \(name) is not there yet")
        }
        return key
    }

    private static func keyIdentifier(_ name: String, _ state: AuthorityState) throws(PlanError) -> [UInt8] {
        try certificateKey(name, state).keyIdentifier
    }

    private static func minimum(
        _ minimum: PlannedBundle.MinimumCRL, _ state: AuthorityState
    ) throws(PlanError) -> MinimumCRLNumber {
        let lists = (state.lists[minimum.issuer] ?? []).filter { $0.planned.number == minimum.number }
        let digests = lists.compactMap(\.digest)
        // Of shards, the digest of their digests, one after the other.
        guard let last = digests.last, digests.count == lists.count else {
            throw PlanError(.bundleSignature, "CRL \(minimum.number) of \(minimum.issuer) is not there yet")
        }
        return MinimumCRLNumber(
            issuerKeyIdentifier: try keyIdentifier(minimum.issuer, state), number: UInt64(clamping: minimum.number),
            sha256: lists.count == 1 ? last : Digest(of: digests.flatMap(\.bytes)))
    }
}

extension PlannedBundle {
    /// The paths of the forms and the usual renderings: what is known before the certificates are made.
    var usualPaths: [String] {
        let folders = [("anchors", anchors), ("intermediates", intermediates)]
        let files = folders.flatMap { folder, names in
            names.flatMap { name in ["der", "pem"].map { "\(folder)/\(NamedCertificate.fileName(for: name)).\($0)" } }
        }
        return (forms.map(\.fileName) + files).map { "\(path)/\($0)" }
    }
}

extension BundleForm {
    /// In the bundle's folder.
    var fileName: String {
        switch self {
        case .cose: "bundle.cose"
        case .cms: "bundle.p7s"
        }
    }
}
