import CLibCrypto

extension SecondOpinion {
    /// One extension as it stands in a certificate, a CRL or a request.
    public struct ExtensionFact: Hashable, Sendable {
        /// Dotted decimal.
        public let oid: String
        public let isCritical: Bool
        /// The contents of extnValue.
        public let value: [UInt8]

        public init(oid: String, isCritical: Bool, value: [UInt8]) {
            self.oid = oid
            self.isCritical = isCritical
            self.value = value
        }
    }
}

/// The extensions of one object, read by libcrypto.
struct ExtensionReader {
    /// STACK_OF(X509_EXTENSION), nil when the object has none.
    let stack: OpaquePointer?
    let place: String

    var all: [SecondOpinion.ExtensionFact] {
        guard let stack else { return [] }
        return (0..<max(0, clc_extensions_count(stack))).map { index in
            let entry = clc_extensions_at(stack, index)
            return SecondOpinion.ExtensionFact(
                oid: Reading.objectIdentifier(X509_EXTENSION_get_object(entry)),
                isCritical: X509_EXTENSION_get_critical(entry) == 1,
                value: Reading.bytes(X509_EXTENSION_get_data(entry)) ?? [])
        }
    }

    /// The decoded value of an extension: nil when absent, an error when it stands there twice or does not parse.
    private func decoded(_ identifier: CInt, _ name: String) throws(Disagreement) -> UnsafeMutableRawPointer? {
        guard let stack else { return nil }
        var critical: CInt = 0
        ErrorQueue.clear()
        if let value = X509V3_get_d2i(stack, identifier, &critical, nil) { return value }
        switch critical {
        case -1: return nil
        case -2: throw Disagreement(.content, what: "The extension \(name) stands there twice", where: place)
        default: throw .queued(.encoding, "The extension \(name) does not parse", where: place)
        }
    }

    func basicConstraints() throws(Disagreement) -> (isCA: Bool, pathLength: Int?)? {
        guard let raw = try decoded(NID_basic_constraints, "basicConstraints") else { return nil }
        let value = raw.assumingMemoryBound(to: BASIC_CONSTRAINTS.self)
        defer { BASIC_CONSTRAINTS_free(value) }
        guard let encoded = value.pointee.pathlen else { return (value.pointee.ca != 0, nil) }
        var length: Int64 = -1
        guard ASN1_INTEGER_get_int64(&length, encoded) == 1, length >= 0, length <= Int64(Int32.max) else {
            ErrorQueue.clear()
            throw Disagreement(.content, what: "The path length is negative or immense", where: place)
        }
        return (value.pointee.ca != 0, Int(length))
    }

    /// Bit n of RFC 5280's KeyUsage is `1 << n`.
    func keyUsage() throws(Disagreement) -> UInt16? {
        guard let raw = try decoded(NID_key_usage, "keyUsage") else { return nil }
        let value = raw.assumingMemoryBound(to: ASN1_BIT_STRING.self)
        defer { ASN1_BIT_STRING_free(value) }
        return (0..<9).reduce(into: UInt16(0)) { bits, index in
            if ASN1_BIT_STRING_get_bit(value, CInt(index)) == 1 { bits |= 1 << UInt16(index) }
        }
    }

    func subjectKeyIdentifier() throws(Disagreement) -> [UInt8]? {
        guard let raw = try decoded(NID_subject_key_identifier, "subjectKeyIdentifier") else { return nil }
        let value = raw.assumingMemoryBound(to: ASN1_OCTET_STRING.self)
        defer { ASN1_OCTET_STRING_free(value) }
        return Reading.bytes(value)
    }

    func authorityKeyIdentifier() throws(Disagreement) -> [UInt8]? {
        guard let raw = try decoded(NID_authority_key_identifier, "authorityKeyIdentifier") else { return nil }
        let value = raw.assumingMemoryBound(to: AUTHORITY_KEYID.self)
        defer { AUTHORITY_KEYID_free(value) }
        return Reading.bytes(clc_aki_key_identifier(value))
    }

    /// The CRLNumber's INTEGER contents.
    func certificateListNumber() throws(Disagreement) -> [UInt8]? {
        guard let raw = try decoded(NID_crl_number, "cRLNumber") else { return nil }
        let value = raw.assumingMemoryBound(to: ASN1_INTEGER.self)
        defer { ASN1_INTEGER_free(value) }
        return Reading.integer(value)
    }

    func reason() throws(Disagreement) -> Int? {
        guard let raw = try decoded(NID_crl_reason, "reasonCode") else { return nil }
        let value = raw.assumingMemoryBound(to: ASN1_ENUMERATED.self)
        defer { ASN1_ENUMERATED_free(value) }
        return Int(ASN1_ENUMERATED_get(value))
    }

    func invalidityDate() throws(Disagreement) -> Int64? {
        guard let raw = try decoded(NID_invalidity_date, "invalidityDate") else { return nil }
        let value = raw.assumingMemoryBound(to: ASN1_GENERALIZEDTIME.self)
        defer { ASN1_GENERALIZEDTIME_free(value) }
        return try Reading.generalizedTime(value, what: "\(place), invalidityDate")
    }
}
