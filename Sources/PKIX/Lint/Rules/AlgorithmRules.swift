/// The signature algorithm, the certified key, and whether they fit.
enum AlgorithmRules {
    static let all = [agree, known, parameters, fitsKey, keyKind]

    static let agree = LintRule.certificate(
        "RFC5280-SIGNATURE-ALGORITHMS-EQUAL", .error, "RFC 5280 4.1.1.2",
        "The signature algorithm is the same inside and outside of what is signed."
    ) { disagreement($0.certificate.innerAlgorithm, $0.certificate.outerAlgorithm) }

    static let known = LintRule.certificate(
        "PKIX-SIGNATURE-ALGORITHM-KNOWN", .error, "RFC 5758 3.2, RFC 4055 3 and 5, RFC 8410 3; CA/B BR 7.1.3.2",
        "The signature algorithm is ECDSA or RSA with SHA-256 or SHA-384, or Ed25519."
    ) { unknown($0.certificate.innerAlgorithm) }

    static let parameters = LintRule.certificate(
        "PKIX-SIGNATURE-PARAMETERS-EXACT", .error, "RFC 5758 3.2, RFC 4055 3.1 and 5, RFC 8410 3; CA/B BR 7.1.3.2",
        "The signature algorithm's parameters are, byte for byte, those of its specification."
    ) { inexact($0.certificate.innerAlgorithm) }

    static let fitsKey = LintRule.certificate(
        "BR-SIGNATURE-FITS-KEY", .error, "CA/B BR 7.1.3.2.2",
        "The signature algorithm belongs to the signing key: P-256 signs with SHA-256, P-384 with SHA-384."
    ) { unfit($0.certificate.innerAlgorithm, $0.signingKey) }

    static let keyKind = LintRule.certificate(
        "BR-KEY-KIND", .error, "CA/B BR 6.1.5, 7.1.3.1; RFC 5480 2",
        "The certified key is P-256, P-384, RSA of 3072 or 4096 bits, or Ed25519, in the one form of its specification."
    ) { input in
        do throws(PKIXError) {
            _ = try SubjectPublicKeyInfo(derEncoded: input.certificate.subjectPublicKeyInfo)
            return []
        } catch {
            return [error.reason]
        }
    }

    // Shared with CRLs.

    static func disagreement(_ inner: AlgorithmIdentifier, _ outer: AlgorithmIdentifier) -> [String] {
        inner == outer ? [] : ["The signature algorithm is \(inner) in the signed part and \(outer) outside of it."]
    }

    static func unknown(_ algorithm: AlgorithmIdentifier) -> [String] {
        knownIdentifiers.contains(algorithm.algorithm) ? [] : ["The signature algorithm \(algorithm) is not allowed."]
    }

    static func inexact(_ algorithm: AlgorithmIdentifier) -> [String] {
        guard knownIdentifiers.contains(algorithm.algorithm), algorithm.signatureAlgorithm == nil else { return [] }
        return ["The signature algorithm \(algorithm) has parameters other than those of its specification."]
    }

    static func unfit(_ algorithm: AlgorithmIdentifier, _ key: SubjectPublicKeyInfo?) -> [String] {
        guard let known = algorithm.signatureAlgorithm, let key, !known.isIssued(with: key.kind) else { return [] }
        return ["The signature algorithm \(known) does not belong to the signing key, which is \(key.kind)."]
    }

    private static let knownIdentifiers = Set(SignatureAlgorithm.allCases.map(\.algorithmIdentifier.algorithm))
}
