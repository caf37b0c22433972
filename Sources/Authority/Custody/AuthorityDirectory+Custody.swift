import Groundwork

extension AuthorityDirectory {
    /// The custody files of tokens that were initialized since the last opening.
    ///
    /// - Throws: ``PlanError`` with control CUSTODY when one is not good.
    func newCustodies(
        under policy: Policy, beside known: [String: CustodyInForce]
    ) throws -> [(record: CustodyRecord, file: Event.ArtifactFile, bytes: [UInt8])] {
        try policy.tokens.keys.sorted().compactMap { token in
            let path = AuthorityPaths.custody(token, 1)
            guard known[token] == nil, let groups = policy.custodyGroups(of: token), contains(path) else { return nil }
            let bytes = try read(path)
            let record = try CustodyRecord(canonical: bytes, path: path)
            guard record.token == token else { throw PlanError(.custody, "\(path) is of the token \(record.token)") }
            guard record.groups == groups else {
                throw PlanError(
                    .custody, "\(path) gives shares to others than the policy",
                    advice: "Run with the policy that the token was initialized under, or initialize it again")
            }
            return (record, Event.ArtifactFile(path: path, digest: Digest(of: bytes)), bytes)
        }
    }

    /// Who holds which shares, by token: those of the record, and of tokens that it does not know yet.
    public func custodies(
        under policy: Policy, beside known: [String: CustodyInForce]
    ) throws -> [String: CustodyRecord] {
        let new = try newCustodies(under: policy, beside: known)
        return known.mapValues(\.record).merging(new.map { ($0.record.token, $0.record) }) { known, _ in known }
    }
}
