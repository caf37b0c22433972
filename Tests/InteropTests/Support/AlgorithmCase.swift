import Authority
import Foundation
import Groundwork
import Synchronization
import Testing

/// A root of another algorithm than the ready policy's, with what it issued: two intermediates, of which one is
/// revoked, with a device under each.
enum AlgorithmCase: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case pkcs1 = "rsa-pkcs1"
    case pss = "rsa-pss"
    case ed25519

    var testDescription: String { rawValue }

    /// What OpenSSL calls the root's signatures.
    var opensslName: String {
        switch self {
        case .pkcs1: "sha256WithRSAEncryption"
        case .pss: "rsassaPss"
        case .ed25519: "ED25519"
        }
    }

    var oid: String {
        switch self {
        case .pkcs1: "1.2.840.113549.1.1.11"
        case .pss: "1.2.840.113549.1.1.10"
        case .ed25519: "1.3.101.112"
        }
    }

    /// The lines of a profile that set the algorithm, and who understands it.
    private var keys: String {
        switch self {
        case .pkcs1: "key-types: [rsa-3072]\n    \(targets)"
        case .pss: "key-types: [rsa-3072]\n    rsa-signature: rsa-pss\n    \(targets)"
        case .ed25519: "key-types: [ed25519]\n    \(targets)"
        }
    }

    /// For what the root and its intermediates sign, too: a target must understand the issuer's signature.
    private var targets: String {
        switch self {
        case .pkcs1: "targets: [openssl, wolfssl, mbedtls, bearssl]"
        case .pss: "targets: [openssl, mbedtls]"
        case .ed25519: "targets: [openssl, wolfssl]"
        }
    }

    private static let authorities: [(algorithm: AlgorithmCase, made: OnceMade)] = allCases.map { ($0, OnceMade($0)) }

    /// Made at the first call in the process.
    func authority() throws -> RehearsedAuthority {
        try #require(Self.authorities.first { $0.algorithm == self }).made.get()
    }

    private final class OnceMade: Sendable {
        private let algorithm: AlgorithmCase
        private let result = Mutex<Result<RehearsedAuthority, any Error>?>(nil)

        init(_ algorithm: AlgorithmCase) { self.algorithm = algorithm }

        func get() throws -> RehearsedAuthority {
            try result.withLock { result in
                let made = result ?? Result { try algorithm.rehearse() }
                result = made
                return try made.get()
            }
        }
    }

    private func rehearse() throws -> RehearsedAuthority {
        let scratch = try ScratchFolder()
        let ceremonies = try [("first", Self.first), ("second", Self.second)].map { name, text in
            try scratch.write(Array(text.utf8), "\(name).yaml")
        }
        return try RehearsedAuthority(
            rawValue, policy: Array(Self.policy(organization: "Algorithms", keys: keys, targets: targets).utf8),
            ceremonies: ceremonies)
    }

    /// The head of a ceremony file, to its operations.
    static func ceremony(_ title: String) -> String {
        """
        anchorite: ceremony/1
        title: \(title)
        authority: algorithms
        environment: development
        policy: policy.yaml
        requester: ann
        operations:

        """
    }

    /// A root, two intermediates with a device under each, and a bundle.
    static let first = ceremony("A root of another algorithm") + """
          - operation: create-root
            name: G1
            profile: root
            token: desk
          - operation: issue-intermediate
            profile: product
            issuer: G1
            scope: {product: lamp}
            generate: {token: desk}
          - operation: issue-intermediate
            profile: product
            issuer: G1
            scope: {product: lock}
            generate: {token: desk}
          - operation: issue-end-entity
            profile: device
            issuer: {product: lamp}
            scope: {product: lamp, device: L1}
            csr: lamp.csr
          - operation: issue-end-entity
            profile: device
            issuer: {product: lock}
            scope: {product: lock, device: L2}
            csr: lock.csr
          - operation: publish-bundle

        """

    /// One of the intermediates is revoked.
    static let second = ceremony("Revoke one of two") + """
          - operation: revoke
            profile: product
            scope: {product: lock}
            reason: superseded
          - operation: issue-crl
            issuer: G1

        """

    /// - Parameters:
    ///   - keys: the lines of the CAs' profiles that say their keys.
    ///   - targets: a line for the profiles of what they sign; without one, the targets are the usual ones.
    ///   - bundle: lines for the rules of bundles.
    static func policy(organization: String, keys: String, targets: String? = nil, bundle: String = "") -> String {
        let signed = ["key-types: [ec-p256]", targets].compactMap { $0 }.joined(separator: "\n    ")
        return """
        anchorite: policy/1
        authority: algorithms
        environment: development
        operators:
          ann:
            name: Ann
            roles: [owner]
            keys:
              - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEuRsGSm+i6kFqa3egQfOgaf2D1P+2Nwd3Kcg8Q39xng ann@desk
        tokens:
          desk:
            label: desk
            unlock: [file-descriptor]
        quorums:
          create-root: {owner: 1 of 1}
          issue-intermediate: {owner: 1 of 1}
          issue-end-entity: {owner: 1 of 1}
          revoke: {owner: 1 of 1}
          issue-crl: {owner: 1 of 1}
          publish-bundle: {owner: 1 of 1}
        approvals:
          window: 1d
          requester-may-approve: yes
        scopes:
          product:
            kind: identifier
          device:
            kind: text
        profiles:
          root:
            kind: root
            subject:
              - CN: \(organization) {environment} Root {name}
            validity: 5y
            \(keys)
          product:
            kind: intermediate
            subject:
              - CN: \(organization) {environment} {product} CA {generation}
            scope: [product]
            validity: 2y
            \(keys)
          device:
            kind: end-entity
            subject:
              - OU: "{product}"
              - CN: "{device}"
            scope: [product, device]
            validity: 1y
            \(signed)
          bundle-signer:
            kind: bundle-signer
            subject:
              - CN: \(organization) {environment} Bundle Signer {name}
            validity: 2y
            \(signed)
          record-key:
            kind: record-key
            subject:
              - CN: \(organization) {environment} Record {name}
            validity: 5y
            extended-key-usage: [1.3.6.1.5.5.7.3.36]
            \(signed)
        crl:
          root: {next-update: 90d, overlap: 14d}
          intermediate: {next-update: 30d, overlap: 7d}
        bundle:
          store-id: algorithms/trust
          signer-profile: bundle-signer
        \(bundle)
        ledger:
          record-profile: record-key
        limits:
          maximum-operations: 100
          maximum-approvals: 8
          maximum-request-bytes: 16384
          maximum-plan-bytes: 8388608
          maximum-crl-entries: 10000
          maximum-clock-skew: 5m

        """
    }
}
