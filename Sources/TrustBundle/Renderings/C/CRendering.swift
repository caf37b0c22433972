import PKIX

/// A header and a source in the folder `c`, of one name.
///
/// The header says of which bundle it is, and stops the compiler where it does not belong: the build must say which
/// environment it is for, and may say the least sequence that it takes. So the root of development cannot ship in the
/// firmware of production by a wrong path in a makefile, nor an old bundle by an old checkout.
struct CRendering {
    /// Such as `anchorite_anchors_mbedtls`.
    let name: String
    let contents: BundleContents
    /// What the header says in its first comment.
    let purpose: String

    private static let environments = ["production", "staging", "development"]

    /// Says of which bundle a header is, however often headers are included.
    private var bundleMacro: String { "ANCHORITE_BUNDLE_\(contents.suffixInC)" }

    /// - Parameters:
    ///   - symbols: what the header declares. Each gets the contents' digest into its name, so that the header of one
    ///     bundle does not link with the source of another.
    ///   - declarations: whole lines, as `definitions` are.
    func files(
        includes: [String] = [], symbols: [String] = [], declarations: String, definitions: String
    ) throws(BundleError) -> [RenderedFile] {
        let guardName = name.uppercased() + "_H"
        let names = symbols.map { "#define \($0) \($0)_\(contents.suffixInC)\n" }.joined()
        let header = """
            \(comment)
            #if defined ANCHORITE_BUNDLE_SEQUENCE && !defined \(bundleMacro)
            #error "Headers of two bundles are included."
            #endif
            #define \(bundleMacro) 1

            #ifndef \(guardName)
            #define \(guardName)

            \(try buildGuard)
            \(includes.map { "#include <\($0)>\n" }.joined())\(names.isEmpty ? "" : "\n\(names)")
            #ifdef __cplusplus
            extern "C" {
            #endif

            \(declarations)
            #ifdef __cplusplus
            }
            #endif

            #endif

            """
        let source = """
            \(comment)
            #include "\(name).h"

            #ifndef \(bundleMacro)
            #error "This source is of another bundle than its header."
            #endif

            \(definitions)
            """
        return [
            RenderedFile(path: "c/\(name).h", bytes: Array(header.utf8)),
            RenderedFile(path: "c/\(name).c", bytes: Array(source.utf8)),
        ]
    }

    private var comment: String {
        """
        /* \(purpose)
           Of bundle \(contents.sequence) of \(CIdentifier.comment(contents.storeID)), \
        \(CIdentifier.comment(contents.environment)). Made by Anchorite; do not edit. */
        """
    }

    private var buildGuard: String {
        get throws(BundleError) {
            guard Self.environments.contains(contents.environment) else {
                throw BundleError(
                    .renderings, "C sources know no environment '\(contents.environment)'.",
                    advice: "It is one of \(Self.environments.joined(separator: ", ")).")
            }
            let environment = contents.environment.uppercased()
            // A literal above INT64_MAX needs its suffix; below, none keeps it readable to the preprocessor of any age.
            let sequence = "\(contents.sequence)" + (contents.sequence > UInt64(Int64.max) ? "u" : "")
            let constants = Self.environments.enumerated().map {
                "#define ANCHORITE_ENVIRONMENT_\($1.uppercased()) \($0 + 1)"
            }
            return """
                \(constants.joined(separator: "\n"))

                #define ANCHORITE_BUNDLE_STORE \(CIdentifier.literal(contents.storeID))
                #define ANCHORITE_BUNDLE_ENVIRONMENT_\(environment) 1
                #define ANCHORITE_BUNDLE_ENVIRONMENT ANCHORITE_ENVIRONMENT_\(environment)
                #define ANCHORITE_BUNDLE_SEQUENCE \(sequence)
                #define ANCHORITE_BUNDLE_CONTENTS_SHA256 "\(contents.contentsDigest.hex)"

                #ifndef ANCHORITE_EXPECT_ENVIRONMENT
                #error "Define ANCHORITE_EXPECT_ENVIRONMENT for this build, such as ANCHORITE_ENVIRONMENT_PRODUCTION."
                #elif ANCHORITE_EXPECT_ENVIRONMENT + 0 < 1 || ANCHORITE_EXPECT_ENVIRONMENT + 0 > \(constants.count)
                #error "ANCHORITE_EXPECT_ENVIRONMENT is no environment, such as ANCHORITE_ENVIRONMENT_PRODUCTION. A typo?"
                #elif ANCHORITE_EXPECT_ENVIRONMENT != ANCHORITE_BUNDLE_ENVIRONMENT
                #error "These anchors are of \(contents.environment), and this build is not."
                #endif
                #ifdef ANCHORITE_MINIMUM_SEQUENCE
                #if ANCHORITE_MINIMUM_SEQUENCE + 0 < 1
                #error "ANCHORITE_MINIMUM_SEQUENCE is no number from 1 on. Is its value a name that is not defined here?"
                #elif ANCHORITE_BUNDLE_SEQUENCE < ANCHORITE_MINIMUM_SEQUENCE
                #error "These anchors are of bundle \(contents.sequence), and this build wants a newer one."
                #endif
                #endif

                """
        }
    }
}

extension BundleContents {
    /// The first 16 digits of the contents' digest: the bundle, as a part of C's names.
    var suffixInC: String { String(contentsDigest.hex.prefix(16)) }
}
