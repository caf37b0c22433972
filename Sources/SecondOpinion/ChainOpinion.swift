import CLibCrypto
import Glibc

extension SecondOpinion {
    /// Validates a path as RFC 5280 section 6 does, from a leaf to one of the anchors.
    ///
    /// - Parameters:
    ///   - leaf: DER certificate.
    ///   - intermediates: DER certificates that may stand in between, in any order.
    ///   - anchors: DER self-signed certificates.
    ///   - crls: DER certificate lists. OpenSSL keeps objects for every entry of these.
    ///   - unixSeconds: The time of the judgement.
    ///   - checkAllCRLs: Every certificate but the anchor needs a current CRL of its issuer. If false, CRLs judge the
    ///     leaf only, and not at all when there is none.
    ///   - strict: `X509_V_FLAG_X509_STRICT`, and the anchor's own signature is verified too.
    /// - Returns: The DER subjects of the path, leaf first.
    @discardableResult
    public static func chain(
        leaf: [UInt8], intermediates: [[UInt8]] = [], anchors: [[UInt8]], crls: [[UInt8]] = [],
        at unixSeconds: Int64, checkAllCRLs: Bool = true, strict: Bool = true
    ) throws(Disagreement) -> [[UInt8]] {
        let leaf = try Parsing.certificate(leaf, what: "leaf certificate")
        defer { X509_free(leaf) }
        guard let store = X509_STORE_new() else { throw .outOfMemory("chain") }
        defer { X509_STORE_free(store) }
        guard let untrusted = clc_certificates_new() else { throw .outOfMemory("chain") }
        defer { clc_certificates_free(untrusted) }
        for der in anchors {
            let anchor = try Parsing.certificate(der, what: "anchor")
            defer { X509_free(anchor) }
            guard X509_STORE_add_cert(store, anchor) == 1 else { throw .outOfMemory("chain, anchor") }
        }
        for der in intermediates {
            let intermediate = try Parsing.certificate(der, what: "intermediate certificate")
            guard clc_certificates_push(untrusted, intermediate) > 0 else {
                X509_free(intermediate)
                throw .outOfMemory("chain, intermediate")
            }
        }
        for der in crls {
            let list = try Parsing.certificateList(der)
            defer { X509_CRL_free(list) }
            guard X509_STORE_add_crl(store, list) == 1 else { throw .outOfMemory("chain, CRL") }
        }
        var flags = 0
        if checkAllCRLs {
            flags |= Int(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)
        } else if !crls.isEmpty {
            flags |= Int(X509_V_FLAG_CRL_CHECK)
        }
        if strict { flags |= Int(X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE) }
        return try validate(leaf, store: store, untrusted: untrusted, at: unixSeconds, flags: UInt(flags))
    }

    private static func validate(
        _ leaf: OpaquePointer, store: OpaquePointer, untrusted: OpaquePointer, at unixSeconds: Int64, flags: UInt
    ) throws(Disagreement) -> [[UInt8]] {
        ErrorQueue.clear()
        guard let context = X509_STORE_CTX_new() else { throw .outOfMemory("chain") }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, leaf, untrusted) == 1,
            let parameters = X509_STORE_CTX_get0_param(context)
        else { throw .outOfMemory("chain") }
        X509_VERIFY_PARAM_set_time(parameters, time_t(unixSeconds))
        X509_VERIFY_PARAM_set_flags(parameters, flags)
        guard X509_verify_cert(context) == 1 else {
            let code = Int(X509_STORE_CTX_get_error(context))
            let depth = Int(X509_STORE_CTX_get_error_depth(context))
            let culprit = X509_STORE_CTX_get_current_cert(context).map {
                ", " + Reading.readable(X509_get_subject_name($0))
            }
            ErrorQueue.clear()
            throw Disagreement(
                .chain(code: code, depth: depth), what: "The chain does not validate",
                where: "chain, depth \(depth)\(culprit ?? "")",
                openssl: "\(String(cString: X509_verify_cert_error_string(CLong(code)))) (error \(code))")
        }
        guard let path = X509_STORE_CTX_get0_chain(context) else { throw .outOfMemory("chain") }
        return (0..<max(0, clc_certificates_count(path))).map {
            Reading.name(X509_get_subject_name(clc_certificates_at(path, $0)))
        }
    }
}
