/// `CertificateSerialNumber ::= INTEGER`, kept as the INTEGER's content octets.
///
/// RFC 5280 4.1.2.2: positive and at most 20 octets. mbedTLS compares the octets including their number, so a serial
/// that is not minimal would never be found revoked.
public enum SerialNumber {
    /// Throws `invalidValue` unless `bytes` are a positive, minimal INTEGER of at most 20 octets.
    public static func check(_ bytes: [UInt8]) throws(PKIXError) {
        guard isValid(bytes) else {
            throw PKIXError(
                .invalidValue, "The serial number is not a positive, minimal INTEGER of at most 20 octets.")
        }
    }

    static func isValid(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        guard let first = bytes.first, bytes.count <= 20, first < 0x80 else { return false }
        return first > 0 || bytes.dropFirst().first.map { $0 >= 0x80 } == true
    }

    /// A serial from 8 to 20 random bytes: the first two bits become 01, so that it is positive, minimal and always of
    /// the same length. Two bits of the randomness are lost.
    public static func make(fromRandom bytes: [UInt8]) throws(PKIXError) -> [UInt8] {
        guard (8...20).contains(bytes.count), let first = bytes.first else {
            throw PKIXError(.invalidValue, "A serial number needs 8 to 20 random bytes, not \(bytes.count).")
        }
        return [first & 0x3F | 0x40] + bytes.dropFirst()
    }
}
