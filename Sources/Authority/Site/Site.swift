import StrictYAML

/// What differs between machines. Never part of what is approved, holds no secret.
public struct Site: Sendable, Equatable {
    /// Where every value stands in the file, for errors that are found later.
    public let source: SourceMap
    /// The module of each token, by the token's name in the policy.
    public let tokens: [String: SiteToken]
    /// The authority's directory, relative to the folder of the site file unless absolute; nil: beside the policy.
    public let authorityPath: String?

    public init(source: SourceMap, tokens: [String: SiteToken], authorityPath: String? = nil) {
        self.source = source
        self.tokens = tokens
        self.authorityPath = authorityPath
    }
}

/// Through what a token is reached on this machine.
public struct SiteToken: Sendable, Equatable {
    /// A name that p11-kit knows or the path of a PKCS#11 module.
    public let module: String
    /// An RFC 7512 URI that narrows the search; never with a PIN in it.
    public let uri: String?
    /// CK_C_INITIALIZE_ARGS.pReserved, for modules that want it.
    public let initializeArguments: String?

    public init(module: String, uri: String? = nil, initializeArguments: String? = nil) {
        self.module = module
        self.uri = uri
        self.initializeArguments = initializeArguments
    }
}
