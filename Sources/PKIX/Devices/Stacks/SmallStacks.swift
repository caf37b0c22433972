/// TLS stacks for microcontrollers.
extension DeviceStack {
    static let mbedTLS = [
        DeviceStack("mbedtls", "2.28", "mbedTLS", parsing(.tried) + mbedTLSVerification(.tried)),
        DeviceStack("mbedtls", "3.6", "mbedTLS", parsing(.reported) + mbedTLSVerification(.reported)),
        DeviceStack("mbedtls", "4.1", "mbedTLS", parsing(.read) + mbedTLSVerification(.read)),
    ]

    /// What mbedTLS makes of certificates and CRLs; ESP-IDF parses with it too.
    private static func parsing(_ evidence: DeviceEvidence) -> [DeviceFact] {
        [
            DeviceFact(
                .criticalNameConstraints, .rejects, evidence,
                "-0x2562 in 2.28.3; the extension is in no table of 4.1.0's x509_crt.c"),
            DeviceFact(
                .criticalPolicies, .rejects, evidence == .read ? .reported : evidence,
                "MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE for a private policy"),
            DeviceFact(.idleNameConstraints, .ignores, evidence, "non-critical ones parse and are not looked at"),
            DeviceFact(
                .ed25519Key, .rejects, evidence == .tried ? .tried : .reported, "-0x262e in 2.28.3: unknown key algorithm"),
            DeviceFact(.ed25519Signature, .rejects, evidence == .tried ? .tried : .reported, "unknown signature algorithm"),
            DeviceFact(.listEd25519Signature, .rejects, .reported, "unknown signature algorithm"),
            DeviceFact(
                .listCriticalExtension, .rejects, evidence,
                "every critical extension, whatever its identifier: Mbed-TLS#6175, #2605"),
            DeviceFact(.listWithoutNextUpdate, .rejects, .read, "the field stays zero, which lies in the past"),
            DeviceFact(.longPath, .rejects, .read, "MBEDTLS_X509_MAX_INTERMEDIATE_CA", limit: 8),
            DeviceFact(.idleAuthorityPurposes, .ignores, .reported, "the application asks for a leaf's usage only"),
        ]
    }

    private static func mbedTLSVerification(_ evidence: DeviceEvidence) -> [DeviceFact] {
        let outcome = "good chains are refused once CRLs of both roots are loaded, since"
        let source = "x509_crt_verifycrl matches CRLs by name and stops at a bad signature (flags 0x10)"
        return [
            DeviceFact(
                .rootSubjectReused, .misjudges, evidence, source,
                outcome: "\(outcome) {object} has the subject of an earlier root"),
            DeviceFact(
                .bundleSubjectTwice, .misjudges, evidence, source, outcome: "\(outcome) {found} have one subject"),
            bareKey,
            DeviceFact(told: "a chain is accepted although its root has no CRL", .misjudges, evidence, "2.28.3"),
            DeviceFact(told: "CRLs with a thisUpdate in the future are refused", .rejects, .read, "BADCRL_FUTURE"),
            DeviceFact(
                told: "non-critical certificatePolicies are not looked at: the application compares them", .ignores,
                evidence, "x509_crt.c"),
            DeviceFact(
                told: "a serial number that is not minimal DER matches no CRL entry", .requires, .read,
                "compares the octets of the INTEGER"),
            DeviceFact(
                told: "CMS with id-ct-trustAnchorList cannot be verified; bundles come as COSE", .rejects, .read,
                "library/pkcs7.c: version 1, no signed attributes"),
        ]
    }

    /// Anchors are loaded as certificates.
    static let bareKey = DeviceFact(.bundleBareKey, .requires, .read, "anchors are given as certificates")

    static let wolfSSL = [
        DeviceStack(
            "wolfssl", "5.5", "wolfSSL",
            wolfSSLCommon(.tried) + [
                DeviceFact(.listScopeIgnored, .ignores, .tried, "5.5.4"),
                DeviceFact(.listSize, .rejects, .tried, "5.5.4, CertManager", limit: 100_000),
                DeviceFact(.listNumber, .misjudges, .reported, "#8557"),
                DeviceFact(told: "CRLs from the future are accepted", .misjudges, .tried, "5.5.4, CertManager"),
                DeviceFact(
                    told: "CRLs with unknown critical extensions are accepted", .misjudges, .tried, "5.5.4, CertManager"),
                DeviceFact(
                    told: "X509_verify_cert of the OpenSSL-style interface accepts forged intermediates and ignores path "
                        + "lengths: use the CertManager", .misjudges, .tried, "5.5.4"),
            ]),
        DeviceStack(
            "wolfssl", "5.7", "wolfSSL",
            wolfSSLCommon(.reported) + [
                DeviceFact(.listNumber, .misjudges, .reported, "#8557"),
                DeviceFact(.listExtensionOrder, .rejects, .reported, "5.7.6's command: #8574"),
                DeviceFact(.listAuthorityCertificate, .rejects, .reported, "5.7.6: #8605"),
            ]),
    ]

    private static func wolfSSLCommon(_ evidence: DeviceEvidence) -> [DeviceFact] {
        let source = "CRLs are found by the issuer's name; versions after 5.5.4 were not tried"
        return [
            DeviceFact(
                .rootSubjectReused, .misjudges, evidence, source,
                outcome: "a CRL of one root counts as the other's, so that what was revoked is accepted, since {object} has "
                    + "the subject of an earlier root"),
            DeviceFact(
                .bundleSubjectTwice, .misjudges, evidence, source,
                outcome: "a CRL of one root counts as the other's, so that what was revoked is accepted, since {found} have "
                    + "one subject"),
            DeviceFact(.bundleListMissing, .requires, evidence, "-362, with CRL checking of the whole chain"),
            DeviceFact(.listPSSSignature, .rejects, evidence, "-362 in 5.5.4"),
            DeviceFact(.idleAuthorityPurposes, .ignores, .reported, "only a leaf's"),
            bareKey,
            DeviceFact(
                told: "iPAddress and URI constraints are enforced since January 2026 only", .ignores, .reported, "#9705"),
        ]
    }

    static let bearSSL = [
        DeviceStack(
            "bearssl", "0.6", "BearSSL",
            [
                DeviceFact(.criticalNameConstraints, .rejects, .tried, "error 57"),
                DeviceFact(.idleNameConstraints, .ignores, .tried, "0.6"),
                DeviceFact(.ed25519Key, .rejects, .tried, "error 49"),
                DeviceFact(.ed25519Signature, .rejects, .tried, "error 49"),
                DeviceFact(.pssSignature, .rejects, .tried, "error 49"),
                DeviceFact(.bundleListsUnread, .ignores, .tried, "there is no code for CRLs"),
                DeviceFact(.bundleAnchorFieldsIgnored, .ignores, .read, "br_x509_trust_anchor: name, key and a flag"),
                DeviceFact(
                    .bundleBareKey, .requires, .read, "br_x509_trust_anchor has a name",
                    outcome: "{found} cannot be loaded, since it is a key without a name"),
            ])
    ]

    static let espIDF = [
        DeviceStack("esp-idf", "5.3", "ESP-IDF", parsing(.reported) + espBundle("the layout with sizes")),
        DeviceStack("esp-idf", "5.4", "ESP-IDF", parsing(.reported) + espBundle("the layout with offsets")),
    ]

    private static func espBundle(_ layout: String) -> [DeviceFact] {
        [
            DeviceFact(
                .rootSubjectReused, .misjudges, .read, "esp_crt_bundle.c: binary search by subject",
                outcome: "one of two roots is never found, since {object} has the subject of an earlier root"),
            DeviceFact(
                .bundleSubjectTwice, .misjudges, .read, "esp_crt_bundle.c: binary search by subject",
                outcome: "one of two roots is never found, since {found} have one subject"),
            DeviceFact(.idleAnchorPathLength, .ignores, .read, "the bundle holds name and key only"),
            DeviceFact(.bundleAnchorFieldsIgnored, .ignores, .read, "the bundle holds name and key only"),
            DeviceFact(.bundleListsUnread, .ignores, .read, "esp_crt_bundle.c looks at none"),
            DeviceFact(
                .bundleBareKey, .requires, .read, "anchors are found by subject",
                outcome: "{found} cannot be loaded, since it is a key without a name"),
            DeviceFact(
                .bundleAnchorCount, .rejects, .read, "CONFIG_MBEDTLS_CERTIFICATE_BUNDLE_MAX_CERTS, unless it is raised",
                limit: 200),
            DeviceFact(told: "x509_crt_bundle must be in \(layout)", .requires, .read, "changed with 5.4"),
        ]
    }

    static let mcuboot = [
        DeviceStack(
            "mcuboot", "2", "MCUboot",
            [
                DeviceFact(.rsa4096Key, .rejects, .reported, "imgtool: RSA of 2048 and 3072 bits, P-256, P-384, Ed25519"),
                DeviceFact(
                    .bundleAnchorFieldsIgnored, .ignores, .read, "boot/zephyr/keys.c is a table of public keys",
                    outcome: "only the key of {found} counts: name, validity and constraints are ignored"),
                DeviceFact(.bundleListsUnread, .ignores, .read, "images are signed by keys, not by certificates"),
                DeviceFact(.bundleIntermediatesUnused, .ignores, .read, "images are signed by keys, not by certificates"),
            ])
    ]
}
