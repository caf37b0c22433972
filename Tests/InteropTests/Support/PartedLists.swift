import Authority
import Foundation
import PKIX

extension RehearsedAuthority {
    /// Two intermediates whose CRLs have a key more in the policy, with a device each; a second ceremony revokes the device
    /// L2, which product lock has, and issues CRLs of both.
    static func revokingDevice(_ name: String, _ key: String) throws -> RehearsedAuthority {
        let scratch = try ScratchFolder()
        let policy = AlgorithmCase.policy(
            organization: name.capitalized, keys: "key-types: [ec-p256]\n    targets: [openssl]", targets: "targets: [openssl]"
        ).replacing("overlap: 7d}", with: "overlap: 7d, \(key)}\n  urls: [\"http://crl.test/{issuer}.crl\"]")
        let more = AlgorithmCase.ceremony("Revoke a device") + """
              - operation: revoke
                profile: device
                scope: {product: lock, device: L2}
                reason: keyCompromise
              - operation: issue-crl
                issuer: {product: lock}
              - operation: issue-crl
                issuer: {product: lamp}

            """
        return try RehearsedAuthority(
            name, policy: Array(policy.utf8),
            ceremonies: [
                scratch.write(Array(AlgorithmCase.first.utf8), "first.yaml"), scratch.write(Array(more.utf8), "more.yaml"),
            ])
    }

    /// CRLs in one file.
    func pem(_ lists: [PlannedCertificateList], _ scratch: ScratchFolder) throws -> String {
        let bytes = try lists.flatMap { Array(PEM.encode(PEM.certificateList, try directory.read($0.path)).utf8) }
        return try scratch.write(bytes, "lists-\(UUID().uuidString).pem")
    }
}
