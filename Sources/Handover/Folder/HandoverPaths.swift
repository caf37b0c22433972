import Authority

/// What lies where in a handover. All paths are relative to its folder.
public enum HandoverPaths {
    public static let readme = "README.txt"
    public static let contract = "contract.json"
    public static let signature = "contract.json.sig"
    public static let page = "contract.html"
    public static let manifest = "manifest.json"
    /// The certificate that signs devices.
    public static let intermediate = "intermediate.cer"
    public static let intermediatePEM = "intermediate.pem"
    public static let root = "root.cer"
    public static let rootPEM = "root.pem"
    /// From the intermediate to the root, PEM.
    public static let chain = "chain.pem"
    public static let bundle = "bundle.cose"
    public static let listFolder = "crls"
    /// A checkpoint of the authority's record.
    public static let checkpoint = "evidence/checkpoint.note"
    /// The line of the record in which the signer approved something, and the proof that it is in the record.
    public static let approval = "evidence/approval.json"
    /// The certificate of the key that signs checkpoints, with certificates up to the root where it is not the root's own;
    /// PEM.
    public static let record = "evidence/record.pem"

    /// What says the same as the contract, for people.
    static let pages = [page, readme]

    /// Every file of a handover but the manifest.
    static func all(for contract: Contract) -> Set<String> {
        var all: Set<String> = [
            readme, Self.contract, signature, page, intermediate, intermediatePEM, root, rootPEM, chain, checkpoint, approval, record,
        ]
        if contract.bundle != nil { all.insert(bundle) }
        return all.union(contract.lists.map { list(AuthorityPaths.fileName(for: $0.issuer)) })
    }

    static func list(_ fileName: String) -> String { "\(listFolder)/\(fileName).crl" }
}
