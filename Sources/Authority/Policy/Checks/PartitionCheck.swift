import PKIX
import StrictYAML

/// CRLs that are split, and deltas, are only for readers that can tell which part they have.
struct PartitionCheck {
    let policy: Policy

    func run() throws(YAMLError) {
        let root = policy.crl.root
        for (key, isThere) in [("shards", root.shards != nil), ("delta", root.delta != nil)] where isThere {
            throw error("crl.root.\(key)", "the CRL of a root names few certificates, and all devices need it.", "Remove the key.")
        }
        let schedule = policy.crl.intermediate
        if schedule.shards != nil { try check("shards") }
        if schedule.delta != nil { try check("delta") }
    }

    private func check(_ key: String) throws(YAMLError) {
        let place = "crl.intermediate.\(key)"
        guard policy.crl.intermediate.series == nil else {
            throw error(place, "CRLs that are split, or that have deltas, are not signed ahead.", "Remove series or \(key).")
        }
        guard !policy.crl.urls.isEmpty else {
            throw error(
                place, "each part has a place, and the policy names none.",
                "Write crl.urls, as http://crl.example.com/{issuer}.crl.")
        }
        for (index, url) in policy.crl.urls.enumerated() {
            let names = url.placeholders
            guard names.contains(TemplateName.issuer.rawValue),
                names.allSatisfy({ $0 == TemplateName.issuer.rawValue || $0 == TemplateName.authority.rawValue })
            else {
                throw error(
                    "crl.urls[\(index)]", "the parts of an issuer's CRLs could not be told apart by this place, or would not all be there.",
                    "Use {issuer}, and nothing else but {authority}.")
            }
        }
        try checkReaders(place)
    }

    private func checkReaders(_ place: String) throws(YAMLError) {
        let profiles = policy.profiles.values.filter { $0.kind == .intermediate || $0.kind == .endEntity }
        for profile in profiles.sorted(by: { $0.name < $1.name }) {
            let unable = profile.targets.filter { target in DeviceFeature.ofPartitions.contains(where: target.shows) }
            guard unable.isEmpty else {
                let names = unable.map(\.rawValue).joined(separator: ", ")
                throw error(
                    place, "the profile \(profile.name) is for \(names), where a CRL that is a part is refused, or taken for the whole.",
                    "Remove the key, or \(names) from the targets.")
            }
        }
    }

    private func error(_ place: String, _ problem: String, _ remedy: String) -> YAMLError {
        policy.source.error(at: place, problem, remedy: remedy, control: Control.listPartition.rawValue)
    }
}
