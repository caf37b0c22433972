import Groundwork

/// The anchors as UEFI signature lists, for `db` and its kin (UEFI specification 32.4.1). Unsigned: the authenticated
/// variable that carries them is signed by whoever holds the platform's key.
///
///     EFI_SIGNATURE_LIST: GUID type, u32 size of the list, u32 size of its header (0), u32 size of a signature,
///     then GUID owner and the certificate's DER. Little-endian; a list for each certificate, since sizes differ.
public struct UEFISignatureLists: Rendering {
    public init() {}

    /// EFI_CERT_X509_GUID, a5c059a1-94e4-4aa7-87b5-ab155c2bf072; the first three groups are little-endian.
    private static let certificateType: [UInt8] = [
        0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72,
    ]

    public func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
        var bytes: [UInt8] = []
        for anchor in contents.anchors {
            let signature = Self.owner(contents.storeID) + anchor.derBytes
            guard let size = UInt32(exactly: signature.count + 28) else {
                throw BundleError(.renderings, "The certificate \(anchor.fileName) is too large for UEFI.")
            }
            bytes += Self.certificateType + Self.word(size) + Self.word(0) + Self.word(size - 28) + signature
        }
        return [RenderedFile(path: "uefi/anchors.esl", bytes: bytes)]
    }

    /// Who put a signature there: a UUID of version 8 (RFC 9562 section 5.8) made of the SHA-256 of the store id, so
    /// that all bundles of a store have the same.
    static func owner(_ storeID: String) -> [UInt8] {
        var uuid = Array(Digest(of: Array(storeID.utf8)).bytes.prefix(16))
        uuid[6] = uuid[6] & 0x0f | 0x80
        uuid[8] = uuid[8] & 0x3f | 0x80
        return uuid[0..<4].reversed() + uuid[4..<6].reversed() + uuid[6..<8].reversed() + uuid[8...]
    }

    private static func word(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
