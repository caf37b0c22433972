import CLibCrypto
import Glibc

/// OpenSSL's `d2i_…` functions, each made to take a whole array and leave no byte over.
enum Parsing {
    typealias Decoder = (UnsafeMutablePointer<UnsafePointer<UInt8>?>, CLong) -> OpaquePointer?

    /// Decodes one object that fills `der` exactly. The caller frees the result.
    static func object(
        _ der: [UInt8], what: String, decode: Decoder, free: (OpaquePointer) -> Void
    ) throws(Disagreement) -> OpaquePointer {
        ErrorQueue.clear()
        var consumed = 0
        let object: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = base
            let object = decode(&cursor, CLong(buffer.count))
            if let cursor { consumed = cursor - base }
            return object
        }
        guard let object else {
            throw .queued(.encoding, "The \(what) does not parse", where: "\(what), \(der.count) bytes")
        }
        guard consumed == der.count else {
            free(object)
            throw Disagreement(
                .encoding, what: "\(der.count - consumed) bytes follow the \(what)", where: "\(what), byte \(consumed)")
        }
        return object
    }

    static func certificate(_ der: [UInt8], what: String = "certificate") throws(Disagreement) -> OpaquePointer {
        try object(der, what: what, decode: { d2i_X509(nil, $0, $1) }, free: { X509_free($0) })
    }

    static func certificateList(_ der: [UInt8], what: String = "CRL") throws(Disagreement) -> OpaquePointer {
        try object(der, what: what, decode: { d2i_X509_CRL(nil, $0, $1) }, free: { X509_CRL_free($0) })
    }

    static func request(_ der: [UInt8]) throws(Disagreement) -> OpaquePointer {
        try object(
            der, what: "certification request", decode: { d2i_X509_REQ(nil, $0, $1) }, free: { X509_REQ_free($0) })
    }

    static func publicKey(_ der: [UInt8], what: String = "public key") throws(Disagreement) -> OpaquePointer {
        try object(der, what: what, decode: { d2i_PUBKEY(nil, $0, $1) }, free: { EVP_PKEY_free($0) })
    }
}

/// Reading OpenSSL's objects into Swift values.
enum Reading {
    static func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8]? {
        guard let string else { return nil }
        let count = Int(ASN1_STRING_length(string))
        guard count > 0, let data = ASN1_STRING_get0_data(string) else { return [] }
        return [UInt8](UnsafeBufferPointer(start: data, count: count))
    }

    /// The contents of a DER INTEGER in two's complement, as in the encoding.
    static func integer(_ integer: UnsafePointer<ASN1_INTEGER>?) -> [UInt8]? {
        guard let integer, let encoded = encoding({ i2d_ASN1_INTEGER(integer, $0) }) else { return nil }
        // Integers in certificates stay far below 128 bytes in a well-formed object; a longer one has a long length.
        guard encoded.count >= 2 else { return nil }
        let header = encoded[1] < 0x80 ? 2 : 2 + Int(encoded[1] & 0x7f)
        return encoded.count > header ? Array(encoded[header...]) : []
    }

    /// What an `i2d_…` function writes.
    static func encoding(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt) -> [UInt8]? {
        let count = Int(encode(nil))
        guard count > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var cursor: UnsafeMutablePointer<UInt8>? = buffer.baseAddress
            initialized = encode(&cursor) == count ? count : 0
        }
    }

    /// Whether an `i2d_…` function writes exactly these bytes. Small objects are written to the stack.
    static func isEncoding(
        of expected: UnsafeBufferPointer<UInt8>, _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt
    ) -> Bool {
        guard Int(encode(nil)) == expected.count, let base = expected.baseAddress else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: expected.count) { buffer in
            var cursor: UnsafeMutablePointer<UInt8>? = buffer.baseAddress
            guard Int(encode(&cursor)) == expected.count, let written = buffer.baseAddress else { return false }
            return memcmp(written, base, expected.count) == 0
        }
    }

    static func name(_ name: OpaquePointer?) -> [UInt8] {
        guard let name else { return [] }
        return encoding { i2d_X509_NAME(name, $0) } ?? []
    }

    /// A name for people, as RFC 2253 writes it.
    static func readable(_ name: OpaquePointer?) -> String {
        guard let name, let memory = BIO_new(BIO_s_mem()) else { return "?" }
        defer { BIO_free(memory) }
        guard clc_print_name(memory, name) >= 0 else { return "?" }
        var data: UnsafeMutablePointer<CChar>?
        let count = Int(BIO_ctrl(memory, BIO_CTRL_INFO, 0, &data))
        guard count > 0, let data else { return "" }
        return data.withMemoryRebound(to: UInt8.self, capacity: count) {
            String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }

    static func objectIdentifier(_ object: OpaquePointer?) -> String {
        guard let object else { return "" }
        var text = [CChar](repeating: 0, count: 256)
        let count = Int(OBJ_obj2txt(&text, CInt(text.count), object, 1))
        guard count > 0, count < text.count else { return "" }
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Seconds since 1970-01-01T00:00:00Z. The time must stand in the one form that RFC 5280 4.1.2.5 allows for it.
    static func time(
        _ time: UnsafePointer<ASN1_TIME>?, what: String
    ) throws(Disagreement) -> Int64 {
        var parts = tm()
        ErrorQueue.clear()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else {
            throw .queued(.content, "The time does not parse", where: what)
        }
        // libcrypto reads offsets, absent seconds and fractions too; these lengths leave no room for them.
        let isUTCTime = ASN1_STRING_type(time) == V_ASN1_UTCTIME
        let length = Int(ASN1_STRING_length(time))
        guard length == (isUTCTime ? 13 : 15), isUTCTime == (parts.tm_year < 150),
            ASN1_STRING_get0_data(time)?[length - 1] == UInt8(ascii: "Z")
        else {
            throw Disagreement(
                .content,
                what:
                    "The time is not in the form that RFC 5280 4.1.2.5 demands (UTCTime until 2049, to the second, Z)",
                where: what)
        }
        return Int64(timegm(&parts))
    }

    static func generalizedTime(_ time: UnsafePointer<ASN1_TIME>?, what: String) throws(Disagreement) -> Int64 {
        var parts = tm()
        guard let time, ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME, ASN1_TIME_to_tm(time, &parts) == 1 else {
            throw .queued(.content, "The time is not a GeneralizedTime", where: what)
        }
        return Int64(timegm(&parts))
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: CUnsignedInt = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha256(), nil) == 1, count == 32 else { return [] }
        return digest
    }
}
