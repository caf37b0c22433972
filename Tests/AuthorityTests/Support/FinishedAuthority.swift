import Authority
import Groundwork
import PKIX
import Rehearsal
import SSHSignature
import Testing

/// Authorities whose ceremonies were held once in this process; a test takes a copy and spoils it.
struct FinishedAuthority: Sendable {
    let folder: TemporaryFolder
    let path: String
    let root: Digest
    let policy: Policy
    let state: AuthorityState
    let head: Plan.LedgerHead
    let operators: [String: SoftwareSSHKey]
    /// The CSRs of the ceremonies.
    let inputs: [String: [UInt8]]

    init(_ policy: String, _ ceremonies: [String]) throws {
        try self.init(policy) { workshop in for operations in ceremonies { try workshop.hold(operations) } }
    }

    private init(_ policy: String, hold: (Workshop) throws -> Void) throws {
        let workshop = try Workshop(policy)
        for name in ["p1", "p2"] { workshop.inputs["\(name).csr"] = try TestRequest.make() }
        try hold(workshop)
        let reading = try AuthorityReading.state(of: workshop.directory)
        let state = try #require(reading.state)
        folder = workshop.folder
        path = workshop.directory.path
        root = try #require(state.roots.first?.fingerprint)
        self.policy = workshop.policy
        self.state = state
        head = reading.head
        operators = workshop.rehearsal.operators
        inputs = workshop.inputs
    }

    /// One ceremony by one person: a root, an intermediate from a CSR, the CRL and a bundle.
    static let small = Result { try FinishedAuthority(
        try ReadyFiles.text("Policies/minimal.yaml").withoutComments,
        ["""
          - operation: create-root
            name: G1
            profile: root
            token: desk
          - operation: issue-intermediate
            profile: product
            issuer: G1
            scope: {product: p1}
            csr: p1.csr
          - operation: publish-bundle

        """])
    }

    /// Two ceremonies under the test policy; in the second, p2 is revoked.
    static let full = Result { try FinishedAuthority(
        TestPolicy.text,
        [
            Operations.root + Operations.product("p1") + Operations.product("p2") + Operations.product("p3", isGenerated: true)
                + Operations.bundle,
            Operations.revoke("p2") + Operations.crl + Operations.bundle,
        ])
    }

    /// Two ceremonies with everything that people in a room do: participants, rejections of this plan and of one that
    /// never ran, signatures over the first checkpoint, a suspension, deviations.
    static let attended = Result { try FinishedAuthority(RoomPolicy.text) { try RoomPolicy.hold($0) } }

    /// A root, and a policy that takes the place of the first: ana has another key, and eve is new.
    static let changed = Result { try FinishedAuthority(PolicyChanges.old) { workshop in
        try workshop.bringNewPolicy(PolicyChanges.new)
        for operations in [Operations.root, Operations.changePolicy] { try workshop.hold(operations) }
    } }

    /// Plans more operations, a minute after the last ones, without a token.
    func plan(
        _ operations: String, _ more: String = "", at time: Timestamp? = nil, inputs: [String: [UInt8]] = [:],
        ceremony: CeremonyFile? = nil
    ) throws -> Plan {
        let last = try #require(state.lists["G1"]?.last?.planned.thisUpdate)
        let inputs = self.inputs.merging(inputs) { $1 }
        return try Planner.plan(
            try ceremony ?? Workshop.ceremony(operations, policy, more), policy: policy, state: state,
            circumstances: Planner.Circumstances(
                head: head, created: try time ?? #require(last.adding(seconds: 60)), nonce: Array(repeating: 7, count: 32))
        ) { path throws(PlanError) in
            guard let bytes = inputs[path] else { throw PlanError(.ceremonyForm, "there is no file \(path)") }
            return bytes
        }
    }

    /// A copy of the directory to spoil.
    func copy() throws -> Copy { try Copy(self) }

    final class Copy: Sendable {
        let folder: TemporaryFolder
        let directory: AuthorityDirectory
        let root: Digest

        init(_ original: FinishedAuthority) throws {
            folder = try .inMemory
            directory = AuthorityDirectory("\(folder.path)/authority")
            root = original.root
            try Files.copy(original.path, to: directory.path)
        }

        func path(_ relative: String) -> String { directory.absolute(relative) }
        func read(_ relative: String) throws -> [UInt8] { try Files.read(path(relative)) }
        func write(_ bytes: [UInt8], _ relative: String) throws { try Files.write(bytes, to: path(relative)) }
        func verify() throws -> Verifier.Report { try Verifier.verify(directory, root: root) }
    }
}

extension String {
    /// A YAML file without its comment lines and empty lines.
    var withoutComments: String {
        split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }.map { $0 + "\n" }.joined()
    }
}
