import Authority
import Testing

/// The test policy with quorums for changes of roots, and roots whose paths leave room for a cross-certificate.
enum RolloverPolicy {
    static var text: String {
        get throws {
            let quorums = try TestPolicy.text(
                "  create-root: {officer: 1 of 2, witness: 1 of 2}",
                """
                  create-root: {officer: 1 of 2, witness: 1 of 2}
                  activate-root: {officer: 1 of 2, witness: 1 of 2}
                  renew-bundle-signer: {officer: 1 of 2}
                """)
            return quorums.replacing("    path-length: 1", with: "    path-length: 2")
        }
    }
}

extension Operations {
    static func root(_ name: String, next: String?, keyType: String? = nil) -> String {
        let type = keyType.map { ", key-type: \($0)" } ?? ""
        return """
          - operation: create-root
            name: \(name)
            profile: root
            token: vault
        \(next.map { "    successor: {name: \($0), token: vault\(type)}\n" } ?? "")
        """
    }

    static func activate(_ name: String, next: String? = nil) -> String {
        "  - operation: activate-root\n    name: \(name)\n"
            + (next.map { "    successor: {name: \($0), token: vault}\n" } ?? "")
    }

    static func renewSigner(_ root: String) -> String {
        "  - operation: renew-bundle-signer\n    root: \(root)\n"
    }

    static func bundle(of roots: [String]) -> String {
        "  - operation: publish-bundle\n    anchors: [\(roots.joined(separator: ", "))]\n"
    }

    static func product(_ name: String, under root: String) -> String {
        product(name).replacing("issuer: G1", with: "issuer: \(root)")
    }
}
