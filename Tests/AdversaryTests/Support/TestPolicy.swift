import SSHSignature

/// The policy of the attempts: production, with persons in two roles, and everything on one token.
enum TestPolicy {
    /// The operators' keys, the same in every run.
    static func key(_ id: String) throws -> SoftwareSSHKey {
        try SoftwareSSHKey(ed25519Seed: Array("\(id), an operator, padded to 32 bytes!".utf8.prefix(32)), comment: id)
    }

    static func line(_ id: String) -> String { (try? key(id))?.publicKey.authorizedKeysLine ?? "" }

    private static func person(_ id: String, _ name: String, _ roles: String) -> String {
        "  \(id):\n    name: \(name)\n    roles: [\(roles)]\n    keys:\n      - \(line(id))\n"
    }

    static let text = """
        anchorite: policy/1
        authority: adversary
        environment: production
        organization: Acme Devices
        operators:
        \(person("ana", "Ana", "officer"))\(person("bo", "Bo", "officer, witness"))\(person("cy", "Cy", "witness"))\
        \(person("dee", "Dee", "engineer"))\(person("fay", "Fay", "officer"))\(person("hao", "Hao", "shenzhen"))\
        \(person("jaan", "Jaan", "tallinn"))\
        tokens:
          vault:
            label: vault
            unlock: [prompt, file-descriptor]
            remembers-ledger: yes
        quorums:
          create-root: {officer: 2 of 3, witness: 1 of 2}
          issue-intermediate: {officer: 1 of 3, witness: 1 of 2}
          issue-end-entity: {officer: 1 of 3, witness: 1 of 2}
          revoke: {officer: 1 of 3, witness: 1 of 2}
          issue-crl: {officer: 1 of 3, witness: 1 of 2}
          publish-bundle: {officer: 1 of 3, witness: 1 of 2}
          destroy-key: {officer: 1 of 3, witness: 1 of 2}
          change-policy: {officer: 2 of 3, witness: 1 of 2}
        scope-quorums:
          factory:
            shenzhen-2:
              issue-intermediate: {officer: 1 of 3, shenzhen: 1 of 1}
            tallinn:
              issue-intermediate: {officer: 1 of 3, tallinn: 1 of 1}
        closing: {officer: 1 of 3, witness: 1 of 2}
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
              - CN: Acme Root {name}
            validity: 10y
            path-length: 1
            key-types: [ec-p256]
          factory:
            kind: intermediate
            subject:
              - O: "{organization}"
              - CN: Acme {factory} {year} CA {generation}
            scope: [factory, year]
            validity: 5y
            ends-after-year: 3y
            path-length: 0
            key-types: [ec-p256]
          product:
            kind: intermediate
            subject:
              - O: "{organization}"
              - CN: Acme {product} CA {generation}
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
              - CN: Acme Bundle Signer {name}
            validity: 5y
            key-types: [ec-p256]
          record-key:
            kind: record-key
            subject:
              - O: "{organization}"
              - CN: Acme Record {name}
            validity: 10y
            extended-key-usage: [1.3.6.1.5.5.7.3.36]
            key-types: [ec-p256]
        crl:
          root: {next-update: 90d, overlap: 14d, series: 3}
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
          maximum-crl-entries: 8
          maximum-clock-skew: 5m

        """
}

/// Operations as a ceremony file writes them.
enum Operations {
    static let root = "  - operation: create-root\n    name: G1\n    profile: root\n    token: vault\n"
    static let bundle = "  - operation: publish-bundle\n"
    static let crl = "  - operation: issue-crl\n    issuer: G1\n"
    static let series = crl + "    series: {count: 3, every: 30d}\n"
    static let last = crl + "    last: yes\n"
    static let destroyKey = "  - operation: destroy-key\n    issuer: G1\n"

    /// An intermediate for a product, from the request `{product}.csr` or with a key of the vault.
    static func product(_ name: String, isGenerated: Bool = false, csr: String? = nil) -> String {
        "  - operation: issue-intermediate\n    profile: product\n    issuer: G1\n    scope: {product: \(name)}\n"
            + (isGenerated ? "    generate: {token: vault}\n" : "    csr: \(csr ?? "\(name).csr")\n")
    }

    static func factory(_ name: String, _ year: Int, csr: String) -> String {
        "  - operation: issue-intermediate\n    profile: factory\n    issuer: G1\n"
            + "    scope: {factory: \(name), year: \(year)}\n    csr: \(csr)\n"
    }

    static func revoke(_ product: String) -> String {
        "  - operation: revoke\n    profile: product\n    scope: {product: \(product)}\n    reason: keyCompromise\n"
    }
}
