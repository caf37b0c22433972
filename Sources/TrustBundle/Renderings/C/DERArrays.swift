import PKIX

/// Anchors as C arrays of DER, a table of them, and the deny list: what mbedTLS (with Zephyr) and wolfSSL take.
public struct DERArrays: Rendering {
    public enum Library: String, CaseIterable, Sendable {
        case mbedtls, wolfssl

        var title: String {
            switch self {
            case .mbedtls: "mbedTLS and Zephyr"
            case .wolfssl: "wolfSSL"
            }
        }
    }

    public let library: Library

    public init(_ library: Library) { self.library = library }

    public func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
        let prefix = "anchorite_\(library.rawValue)"
        let names = contents.anchors.map { "\(prefix)_\(CIdentifier.part($0.fileName))" }
        guard Set(names).count == names.count else {
            throw BundleError(.renderings, "Two anchors would have one name in C: \(names.joined(separator: ", ")).")
        }
        let count = "\(prefix)_anchor_count".uppercased()
        let denied = CDenyList(function: "\(prefix)_denies", entries: contents.denyList)
        var arrays = "", declarations = "", rows = ""
        for (name, anchor) in zip(names, contents.anchors) {
            let declaration = "const unsigned char \(name)[\(anchor.derBytes.count)]"
            declarations += "/* \(try anchor.titleInC) */\nextern \(declaration);\n"
            arrays += CArray.definition(declaration, anchor.derBytes) + "\n"
            rows += "    {\(name), sizeof \(name)},\n"
        }
        return try CRendering(
            name: "anchorite_anchors_\(library.rawValue)", contents: contents,
            purpose: "Trust anchors for \(library.title): certificates in DER."
        ).files(
            includes: ["stddef.h"], symbols: ["\(prefix)_anchors"] + names + [denied.function],
            declarations: """
                #ifndef ANCHORITE_DER_DEFINED
                #define ANCHORITE_DER_DEFINED
                typedef struct {
                    const unsigned char *bytes;
                    size_t length;
                } anchorite_der;
                #endif

                #define \(count) \(names.count)
                extern const anchorite_der \(prefix)_anchors[\(count)];

                \(declarations)
                \(denied.declaration)
                """,
            definitions: """
                #include <string.h>

                \(arrays)const anchorite_der \(prefix)_anchors[\(count)] = {
                \(rows)};

                \(try denied.definition)
                """)
    }
}
