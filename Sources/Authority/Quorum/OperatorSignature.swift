import Groundwork
import SSHSignature

extension Policy {
    /// The operator whom the policy gives a key, and the key's own line.
    public func owner(of key: SSHPublicKey) -> (person: Operator, key: OperatorKey)? {
        for person in operators {
            for candidate in person.keys {
                guard let known = try? SSHPublicKey(authorizedKeysLine: candidate.authorizedKeysLine) else { continue }
                if known == key { return (person, candidate) }
            }
        }
        return nil
    }
}

/// A detached SSHSIG of an operator over something else than a plan.
struct OperatorSignature {
    /// Where it was read, for messages.
    var path: String
    var signature: SSHSIG
    /// The control that speaks for it.
    var control: Control

    init(path: String, armored: [UInt8], control: Control) throws(PlanError) {
        self.path = path
        self.control = control
        do {
            signature = try SSHSIG(armored: armored)
        } catch {
            throw PlanError(
                control, "\(path) holds no SSH signature: \(sentence(error))",
                advice: "Take the file out of the folder, or ask for it again")
        }
    }

    /// Who signed these bytes under this namespace, by the policy.
    func signer(
        of message: [UInt8], namespace: String, what: String, under policy: Policy, at time: Timestamp
    ) throws(PlanError) -> Approver {
        guard let (person, key) = policy.owner(of: signature.publicKey) else {
            throw PlanError(
                control, "\(path) is made with the key \(signature.publicKey.fingerprint), which is no operator's",
                advice: "Take the file out of the folder")
        }
        if let notBefore = key.notBefore, time < notBefore {
            throw PlanError(control, "\(path): the key of \(person.name) counts from \(notBefore) only")
        }
        if let notAfter = key.notAfter, time > notAfter {
            throw PlanError(control, "\(path): the key of \(person.name) counted until \(notAfter)")
        }
        do {
            let requirements = FIDORequirements(
                presence: true, verification: policy.approvals.requireUserVerification)
            try signature.verify(message: message, namespace: namespace, requirements: requirements)
        } catch .presenceMissing, .verificationMissing, .otherApplication {
            throw PlanError(
                control, "\(path): the security key of \(person.name) does not show that its owner was there",
                advice: "Ask \(person.name) to sign again and to touch the key, with its PIN where the policy says so")
        } catch .otherNamespace(let found, _) {
            throw PlanError(
                control, "\(path) is signed under the namespace \(found), not \(namespace)",
                advice: "Sign with ssh-keygen -Y sign -n \(namespace)")
        } catch {
            throw PlanError(
                control, "\(path) by \(person.name) does not sign \(what)", advice: "Ask \(person.name) to sign again")
        }
        return Approver(
            operator: person.id, name: person.name, roles: person.roles, key: signature.publicKey.fingerprint)
    }
}
