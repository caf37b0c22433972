import Authority
import Groundwork
import Testing

/// A quorum for a scope value decides what concerns that value, and nothing else.
@Suite struct ScopeQuorumTests {
    /// Penang's certificates need dee, the engineer, beside an officer.
    static let policy = TestPolicy.text.replacing(
        "approvals:\n  window: 14d\n  requester-may-approve: no",
        with: """
            scope-quorums:
              factory:
                penang:
                  issue-intermediate: {officer: 1 of 2, engineer: 1 of 1}
                  issue-end-entity: {officer: 2 of 2}
                  revoke: {witness: 2 of 2}
                  issue-crl: {engineer: 1 of 1}
            approvals:
              window: 14d
              requester-may-approve: yes
            """)

    private static func intermediate(_ factory: String) -> String {
        Operations.factory(factory, 2027, csr: "").replacing("csr: ", with: "generate: {token: vault}")
    }

    private static let founded = Result { () throws -> PaperAuthority in
        var authority = try PaperAuthority(policy)
        try authority.hold(
            Operations.root + intermediate("penang") + intermediate("tallinn") + Operations.product("p1"))
        return authority
    }

    private func roles(_ operations: String, _ authority: PaperAuthority) throws -> [[String]] {
        try authority.plan(operations).operations.map { $0.quorum.seats.map(\.description) }
    }

    @Test func `what is issued for a scope value is under its quorum, and for another value is not`() throws {
        let authority = try PaperAuthority(Self.policy)
        let found = try roles(
            Operations.root + Self.intermediate("penang") + Self.intermediate("tallinn"), authority)
        #expect(found[1] == ["officer: 1 of 2", "engineer: 1 of 1"])
        #expect(found[2] == ["officer: 1 of 2", "witness: 1 of 2"])
    }

    @Test func `what is issued under an issuer of the scope is of the scope`() throws {
        let authority = try Self.founded.get()
        let penang = Operations.device("a", csr: "d1.csr", issuer: "{factory: penang, year: 2027}")
        let tallinn = Operations.device("b", csr: "d2.csr", issuer: "{factory: tallinn, year: 2027}")
        #expect(try roles(penang + tallinn, authority) == [["officer: 2 of 2"], ["officer: 1 of 2"]])
    }

    @Test func `a revocation is under the quorum of what is revoked, however that is named`() throws {
        let authority = try Self.founded.get()
        let record = try authority.record("factory-penang-2027")
        let names = [
            "    profile: factory\n    scope: {factory: penang, year: 2027}\n",
            "    issuer: G1\n    serial: \"\(Hex.encode(record.fields.serial))\"\n",
            "    certificate-sha256: \(try #require(record.fingerprint).hex)\n",
        ]
        for name in names {
            let revoke = "  - operation: revoke\n\(name)    reason: keyCompromise\n"
            #expect(try roles(revoke + Operations.crl, authority) == [["witness: 2 of 2"], ["officer: 1 of 2"]])
        }
        let other = "  - operation: revoke\n    scope: {factory: tallinn, year: 2027}\n    reason: keyCompromise\n"
        #expect(try roles(other + Operations.crl, authority).first == ["officer: 1 of 2"])
    }

    @Test func `the CRL of an issuer of the scope is under its quorum`() throws {
        let authority = try Self.founded.get()
        func crl(_ factory: String) -> String {
            "  - operation: issue-crl\n    issuer: {factory: \(factory), year: 2027}\n"
        }
        #expect(try roles(crl("penang") + crl("tallinn") + Operations.crl, authority)
            == [["engineer: 1 of 1"], ["officer: 1 of 2"], ["officer: 1 of 2"]])
    }

    @Test func `a revocation named by serial number is under its profile's quorum too`() throws {
        var authority = try PaperAuthority(
            TestPolicy.text(
                "    scope: [product]\n    validity: 2y\n",
                "    scope: [product]\n    validity: 2y\n    quorum: {officer: 2 of 2}\n"))
        try authority.hold(Operations.root + Operations.product("p1"))
        let record = try authority.record("product-p1")
        let revoke = "  - operation: revoke\n    issuer: G1\n    serial: \"\(Hex.encode(record.fields.serial))\"\n"
            + "    reason: keyCompromise\n"
        #expect(try roles(revoke + Operations.crl, authority).first == ["officer: 2 of 2"])
    }
}
