import Authority
import Groundwork
import PKIX
import TrustBundle

/// Files that a command is given by name: an error names the file, what it seems to be, and what is wanted.
enum NamedInput {
    /// The certificates in a file, PEM or DER.
    ///
    /// - Throws: `FileError`; ``Failure`` with exit code 65 when there is none.
    static func certificates(_ path: String) throws -> [Certificate] {
        try read(path, .certificate) { bytes in
            guard PEM.looksLikePEM(bytes) else { return [try Certificate(derEncoded: bytes)] }
            let blocks = try PEM.decodeAll(bytes).filter { $0.label == PEM.certificate }
            guard !blocks.isEmpty else {
                throw Failure(Exit.badInput, "\(path) holds no certificate", advice: wanted(.certificate))
            }
            return try blocks.map { try Certificate(derEncoded: $0.derBytes) }
        }
    }

    /// - Throws: `FileError`; ``Failure`` with exit code 65 for what is no CRL.
    static func certificateList(_ path: String) throws -> CertificateList {
        try read(path, .certificateList) { bytes in
            try CertificateList(derEncoded: try PKIXSheets.der(bytes, labels: [PEM.certificateList]))
        }
    }

    /// - Throws: `FileError`; ``Failure`` with exit code 65 for what is no bundle.
    static func bundle(_ path: String) throws -> SignedBundle {
        try read(path, .bundle) { try SignedBundle(encoded: $0) }
    }

    /// What a device has: a bundle, or the payload of one as devices store it.
    ///
    /// - Throws: `FileError`; ``Failure`` with exit code 65 for what is neither.
    static func payload(_ path: String) throws -> BundlePayload {
        try read(path, .bundle) { bytes in
            if let payload = try? BundlePayload(encoded: bytes) { return payload }
            return try SignedBundle(encoded: bytes).payload
        }
    }

    /// Requires that a file is not plainly something else. Damaged, it may be nothing at all; then its reader says more.
    ///
    /// - Throws: ``Failure`` with exit code 65.
    static func require(_ wanted: FileKind, _ bytes: [UInt8], _ path: String) throws {
        guard !bytes.isEmpty else { throw Failure(Exit.badInput, "\(path) is empty", advice: self.wanted(wanted)) }
        guard let kind = try? FileKind(bytes, path: path), kind != wanted else { return }
        throw Failure(Exit.badInput, "\(path) is \(kind.named), not \(wanted.named)", advice: self.wanted(wanted))
    }

    private static func read<Content>(
        _ path: String, _ kind: FileKind, _ decode: ([UInt8]) throws -> Content
    ) throws -> Content {
        let bytes = try DurableFile.read(path)
        try require(kind, bytes, path)
        do {
            return try decode(bytes)
        } catch let error as Failure {
            throw error
        } catch {
            throw unreadable(path, kind, error)
        }
    }

    /// A file that should be of a kind and cannot be read as one.
    static func unreadable(_ path: String, _ kind: FileKind, _ error: any Error) -> Failure {
        let reason =
            switch error {
            case let error as PKIXError: error.reason
            case let error as BundleError: error.reason
            default: "\(error)"
            }
        return Failure(
            Exit.badInput, "\(path) cannot be read as \(kind.named): \(reason)",
            advice: "Fetch it again if it is cut off or damaged. \(wanted(kind))")
    }

    private static func wanted(_ kind: FileKind) -> String {
        switch kind {
        case .bundle: "Give a bundle.cose"
        case .certificate, .certificateList, .request: "Give \(kind.named), PEM or DER"
        default: "Give \(kind.named)"
        }
    }
}
