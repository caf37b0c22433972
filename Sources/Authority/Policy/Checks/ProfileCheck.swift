import Groundwork
import PKIX
import StrictYAML

/// A profile must be possible: for its kind, for its targets, and with the placeholders that it uses.
struct ProfileCheck {
    let policy: Policy
    let profile: Profile

    private var path: String { "profiles.\(profile.name)" }

    func run() throws(YAMLError) {
        try checkValidity()
        try checkKeys()
        try checkAlgorithms()
        try TemplateCheck(policy: policy, profile: profile).run()
        try checkScope()
        try checkNameConstraints()
        if profile.kind == .root { try EnvironmentCheck(policy: policy, profile: profile).run() }
    }

    private func error(
        _ key: String, _ problem: String, remedy: String? = nil, control: String? = nil
    ) -> YAMLError {
        policy.source.error(at: "\(path).\(key)", problem, remedy: remedy, control: control)
    }

    private func checkValidity() throws(YAMLError) {
        guard profile.validity.count > 0 else {
            throw error("validity", "a certificate would never be valid.", remedy: "Write a longer validity.")
        }
        guard !profile.maximumValidity.isShorter(than: profile.validity) else {
            throw error(
                "maximum-validity",
                "the maximum (\(profile.maximumValidity)) is shorter than the validity (\(profile.validity)).",
                remedy: "Raise one or lower the other.")
        }
        if let backdate = profile.backdate, !backdate.isShorter(than: profile.validity) {
            throw error(
                "backdate", "the backdating (\(backdate)) is not shorter than the validity (\(profile.validity)).",
                remedy: "Certificates would have ended before they are made: write less.")
        }
    }

    private func checkKeys() throws(YAMLError) {
        let usage = Set(profile.keyUsage)
        let authorityBits: Set<KeyUsageBit> = [.keyCertSign, .cRLSign]
        if profile.kind.isAuthority, !usage.isSuperset(of: authorityBits) {
            throw error(
                "key-usage", "a CA must sign certificates and CRLs.", remedy: "Add keyCertSign and cRLSign.")
        }
        if !profile.kind.isAuthority, !usage.isDisjoint(with: authorityBits) {
            throw error(
                "key-usage", "only a CA may sign certificates and CRLs.", remedy: "Remove keyCertSign and cRLSign.")
        }
        if profile.kind == .root, !profile.extendedKeyUsage.isEmpty {
            throw error("extended-key-usage", "a root has no extended key usage.", remedy: "Remove the key.")
        }
        if profile.kind == .bundleSigner {
            guard usage.contains(.digitalSignature) else {
                throw error("key-usage", "a bundle signer must sign.", remedy: "Add digitalSignature.")
            }
            guard profile.keyTypes == ["ec-p256"] else {
                throw error(
                    "key-types", "bundles are signed with ECDSA on P-256 (ESP256), which firmware verifies.",
                    remedy: "Write [ec-p256].")
            }
        }
        if profile.kind == .recordKey {
            guard profile.keyTypes == ["ec-p256"] else {
                throw error(
                    "key-types", "checkpoints are signed with ECDSA on P-256 (C2SP signed-note, type 2).",
                    remedy: "Write [ec-p256].")
            }
            guard !profile.extendedKeyUsage.isEmpty else {
                throw error(
                    "extended-key-usage", "a device could take the record key for a bundle signer.",
                    remedy: "Write [1.3.6.1.5.5.7.3.36] (document signing, RFC 9336).")
            }
        }
        if profile.kind == .bundleSigner, !profile.extendedKeyUsage.isEmpty {
            throw error(
                "extended-key-usage", "a bundle signer has no extended key usage: devices tell it by that.",
                remedy: "Remove the key.")
        }
        if profile.signatureScheme != nil, !profile.keyTypes.contains(where: { $0.hasPrefix("rsa-") }) {
            throw error("rsa-signature", "the profile allows no RSA key.", remedy: "Remove the key.")
        }
    }

    /// The targets must be able to verify what the profile's keys sign.
    private func checkAlgorithms() throws(YAMLError) {
        let withoutEd25519 = profile.targets.filter { $0.shows(.ed25519Key) }.map(\.rawValue).joined(separator: ", ")
        if profile.keyTypes.contains("ed25519"), !withoutEd25519.isEmpty {
            throw error(
                "key-types", "certificates with keys of type ed25519 are useless to \(withoutEd25519).",
                remedy: "Allow another type only, or remove \(withoutEd25519) from the targets.", control: "KEY-TYPE")
        }
        let withoutPSS = profile.targets.filter {
            $0.shows(.pssSignature) || $0.shows(.listPSSSignature)
        }.map(\.rawValue).joined(separator: ", ")
        if profile.signatureScheme == .pss, profile.kind.isAuthority, !withoutPSS.isEmpty {
            throw error(
                "rsa-signature", "what is signed with RSA-PSS is useless to \(withoutPSS).",
                remedy: "Write rsa-pkcs1, or remove \(withoutPSS) from the targets.", control: "KEY-TYPE")
        }
    }

    private func checkScope() throws(YAMLError) {
        switch profile.kind {
        case .root, .bundleSigner, .recordKey:
            guard profile.scope.isEmpty else {
                throw error(
                    "scope", "a profile of kind \(profile.kind.rawValue) has no scope.", remedy: "Remove the key.")
            }
            guard profile.subject.contains(where: { $0.template.placeholders.contains(TemplateName.name.rawValue) })
            else {
                throw error(
                    "subject", "every generation of the root would have the same subject.",
                    remedy: "Use {name}: devices confuse roots of one name.", control: "SUBJECT-UNIQUE")
            }
        case .intermediate, .endEntity:
            for field in profile.scope {
                let names = [field.name, field.name + ScopeField.numberSuffix]
                guard profile.subject.contains(where: { $0.template.placeholders.contains(where: names.contains) })
                else {
                    throw error(
                        "subject", "certificates for different values of \(field.name) would have the same subject.",
                        remedy: "Use {\(field.name)}.", control: "SUBJECT-UNIQUE")
                }
            }
        }
    }

    private func checkNameConstraints() throws(YAMLError) {
        let rule = profile.nameConstraints
        guard rule.mode != .off else { return }
        guard profile.kind == .intermediate else {
            throw error(
                "name-constraints",
                "only an intermediate has name constraints, and this is of kind \(profile.kind.rawValue).",
                remedy: "Remove the key.")
        }
        let refusing = profile.targets.filter { target in
            (!rule.permittedDirectory.isEmpty && target.shows(.directoryConstraints))
                || (rule.mode == .critical
                    && (!rule.permittedDirectory.isEmpty && target.shows(.criticalDirectoryConstraints)
                        || target.shows(.criticalNameConstraints)))
        }
        guard refusing.isEmpty else {
            let names = refusing.map(\.rawValue).joined(separator: ", ")
            throw error(
                "name-constraints", "certificates with these name constraints are useless to \(names).",
                remedy: rule.mode == .critical && !refusing.contains { $0.shows(.directoryConstraints) }
                    ? "Write mode: non-critical, or remove \(names) from the targets."
                    : "Write off, or remove \(names) from the targets.",
                control: "NAME-CONSTRAINTS-TARGETS")
        }
    }
}
