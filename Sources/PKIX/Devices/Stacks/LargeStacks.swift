/// Stacks on gateways, servers and build machines.
extension DeviceStack {
    static let openSSL = [
        DeviceStack(
            "openssl", "3.0", "OpenSSL",
            [
                bareKey,
                DeviceFact(
                    told: "all of 23 chains with one defect each are judged as RFC 5280 does, with -x509_strict and "
                        + "-crl_check_all", .requires, .tried, "3.0.22"),
                DeviceFact(
                    told: "a CRL with an issuingDistributionPoint is refused unless the certificate names the same point",
                    .requires, .tried, "error 44, different CRL scope"),
                DeviceFact(
                    told: "CMS is refused when the root signs it itself, since its keyUsage lacks digitalSignature",
                    .requires, .tried, "unsuitable certificate purpose"),
            ]),
        DeviceStack("openssl", "3.5", "OpenSSL", [bareKey]),
    ]

    static let gnuTLS = [
        DeviceStack(
            "gnutls", "3.7", "GnuTLS",
            [
                DeviceFact(.idleDirectoryConstraints, .ignores, .tried, "3.7.9, certtool --verify"),
                bareKey,
                DeviceFact(.listScopeIgnored, .ignores, .tried, "3.7.9, certtool --load-crl"),
                DeviceFact(
                    told: "CRLs that are expired, from the future, wrongly scoped, badly signed or missing are accepted: "
                        + "only a listed serial number refuses", .misjudges, .tried, "3.7.9, certtool --load-crl"),
            ])
    ]

    static let java = [
        DeviceStack(
            "java", "17", "Java",
            [
                bareKey,
                DeviceFact(told: "a CRL is accepted although its CA lacks cRLSign", .misjudges, .tried, "PKIX of 17"),
            ])
    ]

    static let go = [
        DeviceStack(
            "go", "1.2x", "Go",
            [
                DeviceFact(.criticalDirectoryConstraints, .rejects, .tried, "1.27: unhandled critical extension"),
                bareKey,
                DeviceFact(told: "x509.Verify reads no CRLs; the application compares them", .ignores, .reported, "crypto/x509"),
            ])
    ]

    static let swiftCertificates = [
        DeviceStack(
            "swift-certificates", "1.19", "swift-certificates",
            [
                DeviceFact(.directoryConstraints, .rejects, .read, "1.19.3, #305"),
                bareKey,
                DeviceFact(told: "there are no CRLs", .ignores, .read, "1.19.3"),
            ])
    ]

    static let pyca = [
        DeviceStack(
            "pyca", "50", "pyca/cryptography",
            [
                DeviceFact(.criticalDirectoryConstraints, .rejects, .tried, "#15014"),
                bareKey,
                DeviceFact(told: "x509.verification reads no CRLs", .ignores, .reported, "50"),
            ])
    ]

    static let matter = [
        DeviceStack(
            "matter", "1", "Matter",
            [
                bareKey,
                DeviceFact(
                    told: "The address of a CRL comes from the Distributed Compliance Ledger, not from the certificate's CDP", .ignores,
                    .read, "docs of the DCL; generate_revocation_set.py"),
            ])
    ]
}
