import Authority
import Groundwork
import SSHSignature

extension Rehearsal {
    /// Has the fewest operators whom the policy's closing asks for sign a ceremony's checkpoint.
    ///
    /// - Returns: the operators' ids; nobody where the policy asks for nobody.
    @discardableResult
    public func witness(ceremony number: Int64) throws -> [String] {
        let policy = try policyInForce()
        guard let closing = policy.closing else { return [] }
        var chosen = policy.operators
        for person in policy.operators.reversed() {
            let without = chosen.filter { $0.id != person.id }
            let approvers = without.map { Approver(operator: $0.id, name: $0.name, roles: $0.roles, key: "") }
            if Quorum(closing, approvers: approvers).isReached { chosen = without }
        }
        let checkpoint = try directory.read(AuthorityPaths.checkpoint(number))
        for person in chosen {
            let key = try key(of: person.id)
            let path = AuthorityPaths.witness(number, person.id)
            try directory.makeFolder(for: path)
            let signature = try key.signature(over: checkpoint, namespace: WitnessSignature.namespace)
            try DurableFile.create(directory.absolute(path), signature.encodeArmored())
        }
        return chosen.map(\.id)
    }
}
