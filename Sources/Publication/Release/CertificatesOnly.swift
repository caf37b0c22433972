/// A CMS message that holds certificates and nothing else (RFC 5652 section 5.1 with no signer, RFC 8551 section 3.2.2):
/// what an address that ends in `.p7c` gives, by RFC 5280 section 4.2.2.1.
enum CertificatesOnly {
    /// 1.2.840.113549.1.7.1
    private static let data: [UInt8] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]
    /// 1.2.840.113549.1.7.2
    private static let signedData: [UInt8] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]

    static func message(_ certificates: [[UInt8]]) -> [UInt8] {
        // version 1, no digest algorithms, no content, no signers.
        let body = [0x02, 0x01, 0x01] + element(0x31, []) + element(0x30, data)
            + element(0xa0, certificates.flatMap(\.self)) + element(0x31, [])
        return element(0x30, signedData + element(0xa0, element(0x30, body)))
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: content.count >> (56 - 8 * $0)) }.drop { $0 == 0 }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }
}
