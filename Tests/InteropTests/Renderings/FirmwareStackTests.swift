import Foundation
import Groundwork
import Testing
import TrustBundle

/// Each stack loads its rendering of a bundle and judges three devices: one under a live intermediate, one under a
/// revoked one, one of another environment.
///
/// The table in docs/devices.md is made of these verdicts. `ANCHORITE_UPDATE_DOCS=1 swift test --filter FirmwareStack`
/// writes it; else each row of a stack that is installed must stand there.
@Suite struct FirmwareStackTests {
    private static let begin = "<!-- stacks: written by ANCHORITE_UPDATE_DOCS=1 swift test --filter FirmwareStack -->\n"
    private static let end = "<!-- end of stacks -->"
    private static let heading = """
        | stack | loads | good device | revoked intermediate, with CRLs | the same without CRLs | deny list | another environment |
        |---|---|---|---|---|---|---|

        """

    @Test func `every stack takes its rendering, and refuses what is revoked or of another environment`() async throws {
        let own = try RenderedAuthority.own.get()
        let other = try RenderedAuthority.other.get()
        var rows: [FirmwareStack: String] = [:]
        for stack in FirmwareStack.installed {
            let loaded = try await LoadedStack(stack, own)
            let good = try await loaded.judge(own.live, crls: stack.hasCRLs)
            #expect(good.accepted, "\(stack): \(good.text)")
            let foreign = try await loaded.judge(other.live, crls: stack.hasCRLs)
            #expect(foreign.status == 1 || stack == .openssl && foreign.status == 2, "\(stack): \(foreign.text)")

            let listed = stack.hasCRLs ? try await loaded.judge(own.revoked, crls: true) : nil
            #expect(
                listed.map { !$0.accepted && $0.text.lowercased().contains("revoked") } ?? true,
                "\(stack): \(listed?.text ?? "")")
            let alone = try await loaded.judge(own.revoked, crls: false)
            // Where there are CRLs or a deny list, one of them has the last word.
            #expect(alone.accepted == !stack.hasDenyList, "\(stack): \(alone.text)")
            let byList = alone.text.contains("deny list") || alone.text.contains("revocation set")
            #expect(alone.accepted || byList, "\(stack): \(alone.text)")

            let cells = [
                stack.title, "`\(stack.files)`", Self.word(good), listed.map(Self.word) ?? "knows none",
                alone.accepted || byList ? "accepted" : "refused",
                stack.hasDenyList ? Self.word(alone) : "–", Self.word(foreign),
            ]
            rows[stack] = "| " + cells.joined(separator: " | ") + " |\n"
        }
        try compare(rows)
    }

    /// The anchors of a root with another key, which BearSSL's own decoder reads as they are rendered.
    @Test(.enabled(if: FirmwareStack.bearssl.isInstalled, "libbearssl-dev is not installed"))
    func `BearSSL takes an anchor of RSA`() async throws {
        let authority = try AlgorithmCase.pkcs1.authority()
        let root = try authority.path("G1")
        let contents = BundleContents(
            anchors: [NamedCertificate(fileName: "g1", derBytes: try DurableFile.read(root))], storeID: "acme/rsa",
            environment: "development", sequence: 2, contentsDigest: .zero)
        let scratch = try ScratchFolder()
        for file in try BearSSLAnchors().files(for: contents) {
            try scratch.write(file.bytes, String(file.path.dropFirst(2)))
        }
        let loaded = try await LoadedStack(.bearssl, RenderedAuthority.own.get(), sources: scratch.path)
        let name = try #require(authority.certificates.first { $0.planned.kind == .intermediate }).planned.name
        let device = try authority.device(under: name)
        let verdict = try await loaded.judge(device, crls: false, environment: ["ANCHORS": root])
        #expect(verdict.accepted, "\(verdict.text)")
        // The comparison is one: another root is noticed.
        let other = try RenderedAuthority.own.get().path("anchors/g1.der")
        let refused = try await loaded.judge(device, crls: false, environment: ["ANCHORS": other])
        #expect(refused.status == 2 && refused.text.contains("another than BearSSL reads"), "\(refused.text)")
    }

    @Test(
        .enabled(if: FirmwareStack.esp5_4.isInstalled, "libmbedtls-dev is not installed"),
        arguments: [(FirmwareStack.esp5_4, "legacy"), (.espLegacy, "5.4")])
    func `neither layout of ESP-IDF passes for the other`(stack: FirmwareStack, layout: String) async throws {
        let own = try RenderedAuthority.own.get()
        let verdict = try await LoadedStack(stack, own).judge(own.live, crls: false, environment: ["LAYOUT": layout])
        #expect(verdict.status == 2, "\(verdict.text)")
    }

    private static func word(_ verdict: Judge.Verdict) -> String { verdict.accepted ? "accepted" : "refused" }

    private func compare(_ rows: [FirmwareStack: String]) throws {
        let url = URL(filePath: Repository.path("docs/devices.md"))
        let text = try String(contentsOf: url, encoding: .utf8)
        let start = try #require(text.range(of: Self.begin)).upperBound
        let stop = try #require(text.range(of: Self.end, range: start..<text.endIndex)).lowerBound
        if ProcessInfo.processInfo.environment["ANCHORITE_UPDATE_DOCS"] != nil {
            try #require(rows.count == FirmwareStack.allCases.count, "every stack must be installed for this")
            let table = Self.heading + FirmwareStack.allCases.compactMap { rows[$0] }.joined()
            try text.replacingCharacters(in: start..<stop, with: table)
                .write(to: url, atomically: true, encoding: .utf8)
        } else {
            let table = String(text[start..<stop])
            #expect(table.hasPrefix(Self.heading))
            for row in rows.values {
                #expect(table.contains(row), "write docs/devices.md anew with ANCHORITE_UPDATE_DOCS=1")
            }
        }
    }
}
