/// RFC 5280 4.1.2.2 and BR 7.1.
enum SerialRules {
    static let all = [positive, length, minimal, entropy]

    static let positive = LintRule.certificate(
        "RFC5280-SERIAL-POSITIVE", .error, "RFC 5280 4.1.2.2", "The serial number is positive."
    ) { input in
        isPositive(input.certificate.serialNumber)
            ? [] : ["The serial number \(lintHex(input.certificate.serialNumber)) is not positive."]
    }

    static let length = LintRule.certificate(
        "RFC5280-SERIAL-LENGTH", .error, "RFC 5280 4.1.2.2", "The serial number has at most 20 octets."
    ) { input in
        let count = input.certificate.serialNumber.count
        return count <= 20 ? [] : ["The serial number has \(count) octets, of which 20 are allowed."]
    }

    static let minimal = LintRule.certificate(
        "X690-SERIAL-MINIMAL", .error, "X.690 8.3.2; mbedTLS compares serial numbers octet by octet",
        "The serial number is encoded in as few octets as it needs."
    ) { input in
        isMinimal(input.certificate.serialNumber)
            ? [] : ["The serial number \(lintHex(input.certificate.serialNumber)) has octets that it does not need."]
    }

    static let entropy = LintRule.certificate(
        "BR-SERIAL-ENTROPY", .error, "CA/B BR 7.1", "The serial number is long enough for 64 random bits."
    ) { input in
        // A positive INTEGER of 8 octets holds 63 bits.
        let count = input.certificate.serialNumber.count
        return count >= 9
            ? [] : ["The serial number has \(count) octets, and 64 random bits do not fit into fewer than 9."]
    }

    static func isPositive(_ content: some Collection<UInt8>) -> Bool {
        guard let first = content.first else { return false }
        return first < 0x80 && content.contains { $0 != 0 }
    }

    static func isMinimal(_ content: some Collection<UInt8>) -> Bool {
        guard let first = content.first else { return false }
        guard let second = content.dropFirst().first else { return true }
        return !(first == 0x00 && second < 0x80) && !(first == 0xFF && second >= 0x80)
    }
}
