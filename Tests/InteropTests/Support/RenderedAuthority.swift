import Authority
import Foundation
import TrustBundle

/// An authority of P-256, which every stack knows, whose policy names every rendering: two intermediates, of which the
/// second ceremony revokes one and publishes the bundle that denies it.
struct RenderedAuthority: Sendable {
    /// Whose renderings are judged.
    static let own = Result { try RenderedAuthority("Acme") }
    /// Of another environment to the devices of the first: its root is not among their anchors.
    static let other = Result { try RenderedAuthority("Bolt") }

    let authority: RehearsedAuthority
    let live: RehearsedAuthority.DeviceFiles
    let revoked: RehearsedAuthority.DeviceFiles
    /// The folder of the bundle that denies the revoked intermediate.
    let bundle: String

    init(_ organization: String) throws {
        let scratch = try ScratchFolder()
        let second = AlgorithmCase.second + "  - operation: publish-bundle\n"
        let ceremonies = try [("first", AlgorithmCase.first), ("second", second)].map { name, text in
            try scratch.write(Array(text.utf8), "\(name).yaml")
        }
        let policy = AlgorithmCase.policy(
            organization: organization,
            keys: "key-types: [ec-p256]\n    targets: [openssl, wolfssl, mbedtls, bearssl, esp-idf]",
            bundle: "  renderings: [\(Renderings.names.joined(separator: ", "))]")
        authority = try RehearsedAuthority(
            "rendered-\(organization.lowercased())", policy: Array(policy.utf8), ceremonies: ceremonies)
        let names = authority.certificates.filter { $0.planned.kind == .intermediate }.map(\.planned.name)
        guard names.count == 2 else { throw CocoaError(.fileNoSuchFile) }
        live = try authority.device(under: names[0])
        revoked = try authority.device(under: names[1])
        bundle = authority.directory.absolute(AuthorityPaths.bundle(2))
    }

    func path(_ rendering: String) -> String { "\(bundle)/\(rendering)" }
}
