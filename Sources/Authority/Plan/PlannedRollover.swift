import Groundwork
import PKIX

/// A key that was pre-generated is looked at again, before anything is signed with it.
///
/// ETSI EN 319 411-1 GEN-6.5.1-13B: keys that are kept for later are marked so, and judged again before use.
public struct PlannedKeyJudgement: Hashable, Sendable {
    public var key: String
    public var token: String
    /// The root that committed to the key.
    public var predecessor: String
    /// What that root's certificate says in hashOfRootKey (RFC 8649): SHA-256 of the key's SubjectPublicKeyInfo.
    public var committed: Digest
}

/// The certificates of a change of roots in one file, the RootCaKeyUpdateContent of RFC 9810.
public struct PlannedRootUpdate: Hashable, Sendable {
    /// The names of the certificates.
    public var newWithNew: String
    public var newWithOld: String?
    public var oldWithNew: String?
    public var path: String
}

extension PlannedKeyJudgement {
    var members: [String: JSONValue] {
        [
            "key": .string(key), "token": .string(token), "predecessor": .string(predecessor),
            "committed": .string(committed.hex),
        ]
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            key: try reader.string("key"), token: try reader.string("token"),
            predecessor: try reader.string("predecessor"), committed: try reader.digest("committed"))
    }
}

extension PlannedRootUpdate {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = ["new-with-new": .string(newWithNew), "path": .string(path)]
        members["new-with-old"] = newWithOld.map(JSONValue.string)
        members["old-with-new"] = oldWithNew.map(JSONValue.string)
        return members
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            newWithNew: try reader.string("new-with-new"), newWithOld: try reader.optionalString("new-with-old"),
            oldWithNew: try reader.optionalString("old-with-new"), path: try reader.string("path"))
    }

    /// The file, once the certificates are there.
    ///
    /// - Throws: ``PlanError`` with control ARTIFACT-BYTES when one is not.
    func bytes(_ state: AuthorityState) throws(PlanError) -> [UInt8] {
        func certificate(_ name: String) throws(PlanError) -> [UInt8] {
            guard let der = state.certificates[name]?.der else {
                throw PlanError(.artifactBytes, "the certificate \(name) for \(path) is not there yet")
            }
            return der
        }
        return RootCAKeyUpdate(
            newWithNew: try certificate(newWithNew),
            newWithOld: try newWithOld.map { name throws(PlanError) in try certificate(name) },
            oldWithNew: try oldWithNew.map { name throws(PlanError) in try certificate(name) }
        ).derEncoded
    }
}
