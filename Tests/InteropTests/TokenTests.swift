import Authority
import Foundation
import Groundwork
import Testing

/// Other programs look into the token, and find the keys as the ledger recorded them.
@Suite struct TokenTests {
    let authority: RehearsedAuthority

    init() throws { authority = try RehearsedAuthority.firstYear.get() }

    /// What the ledger recorded about each key on the token, by CKA_ID in hex.
    private func recorded() throws -> [String: (label: String, attributes: [String: String])] {
        var keys: [String: (String, [String: String])] = [:]
        for line in try authority.directory.read(AuthorityPaths.ledger).split(separator: 0x0a) {
            let event = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            guard event["event"] as? String == "key-generated", let name = event["key"] as? String else { continue }
            let planned = try #require(authority.state.keys[name]?.planned)
            keys[Hex.encode(planned.id)] = (planned.label, try #require(event["attributes"] as? [String: String]))
        }
        #expect(keys.count == 4)
        return keys
    }

    @Test(.enabled(if: Judge.isInstalled("pkcs11-tool"), "pkcs11-tool is not installed (Debian: opensc)"))
    func `pkcs11-tool sees the private keys with the attributes that the ledger recorded`() async throws {
        // Rehearsals of other tests may have a token of the same label.
        let configuration = try authority.token.configurationOfItsOwn()
        defer { try? FileManager.default.removeItem(atPath: URL(filePath: configuration).deletingLastPathComponent().path) }
        let verdict = try await Judge.ask(
            "pkcs11-tool",
            [
                "--module", authority.token.libraryPath, "--token-label", authority.token.label, "--login", "--pin",
                "env:PIN",
                "--list-objects", "--type", "privkey",
            ], environment: ["PIN": authority.token.pin, "SOFTHSM2_CONF": configuration])
        try #require(verdict.accepted, "\(verdict.text)")
        var seen: [String: [String: String]] = [:]
        for object in verdict.output.components(separatedBy: "Private Key Object").dropFirst() {
            let fields = object.split(separator: "\n").dropFirst().map {
                $0.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            }
            let pairs = Dictionary(fields.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
            seen[try #require(pairs["ID"])] = pairs
        }
        let keys = try recorded()
        #expect(Set(seen.keys) == Set(keys.keys))
        for (id, key) in keys {
            let object = try #require(seen[id])
            let access = Self.access.filter { key.attributes[$0.attribute] == "yes" }.map(\.word).joined(
                separator: ", ")
            #expect(object["label"] == key.label)
            #expect(object["Access"] == access && access == "sensitive, always sensitive, never extractable, local")
            #expect(object["Usage"] == "sign" && key.attributes["CKA_SIGN"] == "yes")
        }
    }

    private static let access: [(attribute: String, word: String)] = [
        ("CKA_SENSITIVE", "sensitive"), ("CKA_ALWAYS_SENSITIVE", "always sensitive"),
        ("CKA_NEVER_EXTRACTABLE", "never extractable"), ("CKA_LOCAL", "local"),
    ]

    @Test(.enabled(if: Judge.isInstalled("p11tool"), "p11tool is not installed (Debian: gnutls-bin)"))
    func `p11tool sees the private keys as private, sensitive and never extractable`() async throws {
        let token = try #require(authority.token.label.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let configuration = try authority.token.configurationOfItsOwn()
        defer { try? FileManager.default.removeItem(atPath: URL(filePath: configuration).deletingLastPathComponent().path) }
        let verdict = try await Judge.ask(
            "p11tool",
            ["--provider", authority.token.libraryPath, "--login", "--list-privkeys", "pkcs11:token=\(token)"],
            environment: ["GNUTLS_PIN": authority.token.pin, "SOFTHSM2_CONF": configuration])
        try #require(verdict.accepted, "\(verdict.text)")
        let objects = verdict.output.components(separatedBy: "Object ").dropFirst()
        let keys = try recorded()
        #expect(objects.count == keys.count)
        for (id, key) in keys {
            let colons = stride(from: 0, to: id.count, by: 2).map { String(id.dropFirst($0).prefix(2)) }.joined(
                separator: ":")
            let object = try #require(objects.first { $0.contains("ID: \(colons)") }, "\(verdict.text)")
            #expect(object.contains("Label: \(key.label)"))
            for flag in ["CKA_PRIVATE", "CKA_SENSITIVE", "CKA_NEVER_EXTRACTABLE"] {
                #expect(object.contains(flag) && key.attributes[flag] == "yes", "\(object)")
            }
        }
    }
}
