extension Policy {
    var record: (profile: String, kind: ProfileKind) { (bundle.signerProfile, .bundleSigner) }
}
