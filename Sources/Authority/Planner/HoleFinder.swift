import PKIX

/// Leaves keys open in a certificate or CRL that is being built, and finds where they ended up.
struct HoleFinder {
    private var subjectKey: String?
    private var issuerKey: String?
    private var successorKey: String?

    mutating func subjectKeyIdentifier(_ subject: CertificateSubject) -> SubjectKeyIdentifier {
        switch subject {
        case .generated(let key, _):
            subjectKey = key
            return .placeholder
        case .request(_, let publicKey), .existing(_, let publicKey):
            return SubjectKeyIdentifier(publicKey.keyIdentifier)
        }
    }

    mutating func subjectPublicKeyInfo(_ subject: CertificateSubject) -> [UInt8] {
        switch subject {
        case .generated(let key, let kind):
            subjectKey = key
            return SubjectPublicKeyInfo.placeholder(kind)
        case .request(_, let publicKey), .existing(_, let publicKey):
            return publicKey.derBytes
        }
    }

    mutating func authorityKeyIdentifier(
        _ issuer: AuthorityState.CertificateRecord, _ state: AuthorityState
    ) throws(PlanError) -> AuthorityKeyIdentifier {
        guard let name = issuer.planned.subjectKey, let key = state.keys[name] else {
            throw PlanError(.keyIdentity, "the key of \(issuer.planned.name) is not on a token of this authority")
        }
        if let publicKey = key.publicKey { return AuthorityKeyIdentifier(publicKey.keyIdentifier) }
        issuerKey = name
        return .placeholder
    }

    /// A root's commitment to the key of the next one, which the same plan generates.
    mutating func hashOfRootKey(_ successor: String) -> HashOfRootKey {
        successorKey = successor
        return .placeholder
    }

    func find(in tbs: EncodedTBSCertificate) throws(PlanError) -> [ObjectTemplate.Hole] {
        var holes: [ObjectTemplate.Hole] = []
        if let subjectKey {
            holes.append(ObjectTemplate.Hole(tbs.subjectPublicKeyInfo, subjectKey, .subjectPublicKeyInfo))
            holes.append(try hole(tbs.subjectKeyIdentifier, subjectKey))
        }
        if let issuerKey { holes.append(try hole(tbs.authorityKeyIdentifier, issuerKey)) }
        if let successorKey {
            guard let range = tbs.successorHash else {
                throw PlanError(.rootSuccessor, "the hash of the next root's key, which must be left open, is missing")
            }
            holes.append(ObjectTemplate.Hole(range, successorKey, .keyDigest))
        }
        return holes.sorted { $0.offset < $1.offset }
    }

    func hole(_ range: Range<Int>?, _ key: String) throws(PlanError) -> ObjectTemplate.Hole {
        guard let range else { throw PlanError(.profile, "a key identifier that must be left open is missing") }
        return ObjectTemplate.Hole(range, key, .keyIdentifier)
    }

    /// The open place of a CRL, if its issuer's key does not exist yet.
    func find(authorityKeyIdentifier range: Range<Int>?) throws(PlanError) -> [ObjectTemplate.Hole] {
        guard let issuerKey else { return [] }
        return [try hole(range, issuerKey)]
    }
}

extension ObjectTemplate.Hole {
    init(_ range: Range<Int>, _ key: String, _ content: ObjectTemplate.Content) {
        self.init(offset: range.lowerBound, length: range.count, key: key, content: content)
    }
}
