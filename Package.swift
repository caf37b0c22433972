// swift-tools-version: 6.1
import PackageDescription

let crypto: [Target.Dependency] = [
    .product(name: "Crypto", package: "swift-crypto"),
    .product(name: "CryptoExtras", package: "swift-crypto"),
]
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "anchorite",
    products: [
        .executable(name: "anchorite", targets: ["anchorite"]),
        .library(name: "PKCS11", targets: ["PKCS11"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(name: "CP11Kit", pkgConfig: "p11-kit-1", providers: [.apt(["libp11-kit-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CYaml", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        // Leaves: none of them knows another, but for Groundwork beneath and PKIX under TrustBundle.
        .target(name: "Groundwork", dependencies: crypto),
        .target(name: "Papers", dependencies: ["CQREncode", "Groundwork"]),
        .target(name: "PKCS11", dependencies: ["CP11Kit"]),
        .target(name: "RehearsalToken", dependencies: ["PKCS11"]),
        .target(name: "PKIX", dependencies: [asn1] + crypto),
        .target(name: "SecondOpinion", dependencies: ["CLibCrypto"]),
        .target(name: "SSHSignature", dependencies: crypto),
        .target(name: "Ledger", dependencies: ["Groundwork"] + crypto),
        .target(name: "SecretSharing", dependencies: ["Groundwork"] + crypto),
        .target(name: "StrictYAML", dependencies: ["CYaml", "Groundwork"]),
        .target(name: "TrustBundle", dependencies: ["Groundwork", "PKIX"] + crypto),

        // The C that firmware is built with, here on OpenSSL, and its Swift face.
        .target(
            name: "DeviceVerifier", dependencies: ["CLibCrypto"],
            exclude: ["glue/mbedtls.c", "glue/psa.c", "glue/wolfcrypt.c"]),
        .target(name: "DeviceRule", dependencies: ["DeviceVerifier", "Groundwork", "TrustBundle"]),

        // What composes them, and the command.
        .target(
            name: "Authority",
            dependencies: [
                "Groundwork", "Ledger", "PKCS11", "PKIX", "SecondOpinion", "SecretSharing", "SSHSignature", "StrictYAML",
                "TrustBundle",
            ] + crypto
        ),
        .target(
            name: "Rehearsal",
            dependencies: [
                "Authority", "Groundwork", "PKCS11", "PKIX", "RehearsalToken", "SSHSignature", "StrictYAML",
            ] + crypto
        ),
        .target(
            name: "Publication",
            dependencies: ["Authority", "Groundwork", "Ledger", "Papers", "PKIX", "TrustBundle", subprocess]),
        .target(
            name: "Handover",
            dependencies: [
                "Authority", "Groundwork", "Ledger", "Papers", "PKIX", "Publication", "SecondOpinion", "SSHSignature",
                "TrustBundle",
            ]),
        .executableTarget(
            name: "anchorite",
            dependencies: [
                "Authority", "DeviceRule", "Groundwork", "Handover", "Ledger", "Papers", "PKCS11", "PKIX", "Publication",
                "Rehearsal", "RehearsalToken", "SecretSharing", "SSHSignature", "StrictYAML", "TrustBundle", subprocess,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // What `bench/run` needs beside the command; never installed.
        .executableTarget(
            name: "anchorite-bench",
            dependencies: ["Groundwork", "Ledger", "PKCS11", "PKIX", "SecondOpinion", "TrustBundle", asn1] + crypto),

        // Tests, a folder a module.
        .testTarget(name: "GroundworkTests", dependencies: ["Groundwork"] + crypto),
        .testTarget(name: "LedgerTests", dependencies: ["Groundwork", "Ledger"] + crypto),
        .testTarget(name: "PapersTests", dependencies: ["Groundwork", "Papers", subprocess]),
        .testTarget(name: "PKCS11Tests", dependencies: ["CP11Kit", "PKCS11", "RehearsalToken", subprocess]),
        .testTarget(
            name: "PKIXTests", dependencies: ["Groundwork", "PKIX", asn1, subprocess, x509] + crypto, exclude: ["Golden"]),
        .testTarget(name: "SecondOpinionTests", dependencies: ["SecondOpinion", subprocess]),
        .testTarget(name: "SSHSignatureTests", dependencies: ["SSHSignature"] + crypto),
        .testTarget(
            name: "TrustBundleTests",
            dependencies: ["DeviceRule", "DeviceVerifier", "Groundwork", "PKIX", "TrustBundle"] + crypto,
            exclude: ["Golden"]),
        .testTarget(name: "AnchoriteTests", dependencies: ["anchorite", "Authority", "Groundwork", "Handover", "Ledger", subprocess]),
        .testTarget(
            name: "SecretSharingTests", dependencies: ["Groundwork", "SecretSharing"] + crypto, exclude: ["Vectors"]),
        .testTarget(
            name: "AdversaryTests",
            dependencies: [
                "anchorite", "Authority", "Groundwork", "Ledger", "PKIX", "Rehearsal", "SecretSharing", "SSHSignature",
            ] + crypto
        ),
        .testTarget(name: "StrictYAMLTests", dependencies: ["Groundwork", "StrictYAML"]),
        .testTarget(
            name: "AuthorityTests",
            dependencies: [
                "Authority", "DeviceRule", "Groundwork", "Handover", "Ledger", "PKCS11", "PKIX", "Publication", "Rehearsal",
                "RehearsalToken", "SSHSignature", "StrictYAML", "TrustBundle", subprocess,
            ] + crypto,
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "InteropTests",
            dependencies: [
                "Authority", "Groundwork", "Handover", "PKIX", "Publication", "Rehearsal", "RehearsalToken", "SecretSharing",
                "SSHSignature", "TrustBundle", subprocess,
            ] + crypto,
            exclude: ["Support/Judges", "Support/verify_ledger.py"]
        ),
    ],
    swiftLanguageModes: [.v6]
)
