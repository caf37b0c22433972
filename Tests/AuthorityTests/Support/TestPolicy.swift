import Authority
import SSHSignature

/// A policy that is small and uses everything: two roles, a person with both, factories, years, products and devices.
enum TestPolicy {
    static let operators = ["ana", "bo", "cy", "dee"]

    /// The operators' keys, the same in every run.
    static func key(_ id: String) throws -> SoftwareSSHKey {
        let seed = Array("\(id) of the test policy, padded to 32 bytes".utf8.prefix(32))
        return try SoftwareSSHKey(ed25519Seed: seed, comment: "\(id)@test")
    }

    private static func line(_ id: String) -> String {
        (try? key(id))?.publicKey.authorizedKeysLine ?? ""
    }

    static let text = """
        anchorite: policy/1
        authority: test
        environment: development
        organization: Test Devices
        operators:
          ana:
            name: Ana
            roles: [officer]
            keys:
              - \(line("ana"))
          bo:
            name: Bo
            roles: [officer, witness]
            keys:
              - \(line("bo"))
          cy:
            name: Cy
            roles: [witness]
            keys:
              - \(line("cy"))
          dee:
            name: Dee
            roles: [engineer]
            keys:
              - \(line("dee"))
        tokens:
          vault:
            label: test-vault
            unlock: [file-descriptor]
            remembers-ledger: yes
        quorums:
          create-root: {officer: 1 of 2, witness: 1 of 2}
          issue-intermediate: {officer: 1 of 2, witness: 1 of 2}
          issue-end-entity: {officer: 1 of 2}
          revoke: {officer: 1 of 2}
          issue-crl: {officer: 1 of 2}
          publish-bundle: {officer: 1 of 2}
        approvals:
          window: 14d
          requester-may-approve: no
        scopes:
          factory:
            kind: identifier
            values: {shenzhen-2: 1, tallinn: 2, penang: 3}
          year:
            kind: year
          product:
            kind: identifier
          device:
            kind: text
        profiles:
          root:
            kind: root
            subject:
              - O: "{organization}"
              - CN: Test {environment} Root {name}
            validity: 10y
            path-length: 1
            key-types: [ec-p256]
          factory:
            kind: intermediate
            subject:
              - O: "{organization}"
              - CN: Test {environment} {factory} {year} CA {generation}
            scope: [factory, year]
            validity: 5y
            ends-after-year: 3y
            path-length: 0
            key-types: [ec-p256, ec-p384]
          product:
            kind: intermediate
            subject:
              - O: "{organization}"
              - CN: Test {environment} {product} CA {generation}
            scope: [product]
            validity: 2y
            path-length: 0
            key-types: [ec-p256]
          device:
            kind: end-entity
            subject:
              - O: "{organization}"
              - CN: "{device}"
            scope: [device]
            validity: 1y
            key-usage: [digitalSignature]
            key-types: [ec-p256]
          bundle-signer:
            kind: bundle-signer
            subject:
              - O: "{organization}"
              - CN: Test {environment} Bundle Signer {name}
            validity: 5y
            key-types: [ec-p256]
          record-key:
            kind: record-key
            subject:
              - O: "{organization}"
              - CN: Test {environment} Record {name}
            validity: 10y
            extended-key-usage: [1.3.6.1.5.5.7.3.36]
            key-types: [ec-p256]
        crl:
          root: {next-update: 90d, overlap: 14d}
          intermediate: {next-update: 30d, overlap: 7d}
        bundle:
          store-id: test/trust
          signer-profile: bundle-signer
          include-intermediates: yes
        ledger:
          record-profile: record-key
        limits:
          maximum-operations: 10
          maximum-approvals: 5
          maximum-request-bytes: 2048
          maximum-plan-bytes: 1048576
          maximum-crl-entries: 2
          maximum-clock-skew: 5m

        """
}

/// Operations as a ceremony file writes them.
enum Operations {
    static let root = """
          - operation: create-root
            name: G1
            profile: root
            token: vault

        """
    static let bundle = "  - operation: publish-bundle\n"
    static let crl = "  - operation: issue-crl\n    issuer: G1\n"

    /// An intermediate for a product, from the request `{product}.csr` or with a key of the vault.
    static func product(_ name: String, isGenerated: Bool = false) -> String {
        """
          - operation: issue-intermediate
            profile: product
            issuer: G1
            scope: {product: \(name)}
            \(isGenerated ? "generate: {token: vault}" : "csr: \(name).csr")

        """
    }

    static func factory(_ name: String, _ year: Int, csr: String) -> String {
        """
          - operation: issue-intermediate
            profile: factory
            issuer: G1
            scope: {factory: \(name), year: \(year)}
            csr: \(csr)

        """
    }

    static func revoke(_ product: String) -> String {
        """
          - operation: revoke
            profile: product
            scope: {product: \(product)}
            reason: keyCompromise

        """
    }
}
