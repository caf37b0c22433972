import PKIX

/// One form in which firmware or its build takes anchors: a file or several beside the bundle.
public protocol Rendering: Sendable {
    /// The files, with paths relative to the bundle's folder. Equal contents give equal files.
    func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile]

    /// Whether the form, and who reads it, knows keys of this kind. A policy whose roots may have another is refused.
    func holds(_ kind: KeyKind) -> Bool
}

extension Rendering {
    public func holds(_ kind: KeyKind) -> Bool { true }
}

/// The renderings that exist.
public enum Renderings {
    /// Each with the name that policies give it.
    private static let all: [(name: String, rendering: any Rendering)] = [
        ("der", DERFiles()), ("pem", PEMFiles()), ("mbedtls", DERArrays(.mbedtls)), ("wolfssl", DERArrays(.wolfssl)),
        ("bearssl", BearSSLAnchors()), ("mcuboot", MCUbootKeys()), ("esp-idf-5.4", ESPCertificateBundle(.v5_4)),
        ("esp-idf-legacy", ESPCertificateBundle(.legacy)), ("uefi", UEFISignatureLists()), ("matter", MatterFiles()),
        ("pkcs12", JavaTrustStore()),
    ]

    /// The names of all renderings, for policies.
    public static let names = all.map(\.name)
    /// The renderings of a bundle whose policy names none.
    public static let standardNames = ["der", "pem"]
    public static let standard = standardNames.compactMap(named)

    /// The rendering of a name; nil when there is none.
    public static func named(_ name: String) -> (any Rendering)? {
        all.first { $0.name == name }?.rendering
    }

    /// All files of the renderings, in the order of their paths. Throws `BUNDLE-RENDERINGS` for a path that is unsafe
    /// or made twice.
    public static func render(
        _ contents: BundleContents, with renderings: [any Rendering] = standard
    ) throws(BundleError) -> [RenderedFile] {
        var files: [String: RenderedFile] = [:]
        for rendering in renderings {
            for file in try rendering.files(for: contents) {
                guard RenderingReference.isSafe(file.path) else {
                    throw BundleError(
                        .renderings, "The path '\(file.path)' of a rendering is not a plain relative one.")
                }
                guard files.updateValue(file, forKey: file.path.lowercased()) == nil else {
                    throw BundleError(.renderings, "Two renderings would write the file \(file.path).")
                }
            }
        }
        return files.values.sorted { $0.path < $1.path }
    }
}
