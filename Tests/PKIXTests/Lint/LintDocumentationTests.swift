import Foundation
import Testing

@testable import PKIX

/// docs/lints.md is made from the rules. `ANCHORITE_UPDATE_DOCS=1 swift test --filter LintDocumentation` writes it.
@Suite struct LintDocumentationTests {
    private static let file = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/lints.md")

    @Test func theDocumentSaysWhatTheCodeDoes() throws {
        let expected = Self.document
        if ProcessInfo.processInfo.environment["ANCHORITE_UPDATE_DOCS"] != nil {
            try Data(expected.utf8).write(to: Self.file)
        }
        let found = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(found == expected, "write docs/lints.md anew with ANCHORITE_UPDATE_DOCS=1")
    }

    @Test func namesAreUniqueAndOfOneForm() throws {
        let names = Linter.allRules.map(\.name)
        #expect(Set(names).count == names.count)
        let form = /(RFC[0-9]+|X690|BR|PKIX|DEVICE|MATTER)(-[A-Z0-9]+)+/
        for name in names { #expect(name.wholeMatch(of: form) != nil, "\(name)") }
        for rule in Linter.allRules {
            #expect(rule.demand.hasSuffix("."))
            #expect(!rule.source.isEmpty)
            #expect(!rule.appliesTo.isEmpty)
        }
    }

    private static var document: String {
        let certificates = Linter.allRules.filter { $0.appliesTo != [.certificateList] && $0.appliesTo != [.bundle] }
        let bundles = Linter.allRules.filter { $0.appliesTo == [.bundle] }
        let lists = Linter.allRules.filter { $0.appliesTo == [.certificateList] }
        return """
            # Lints

            Before the HSM signs a certificate or a CRL, the same object is made with a throwaway key and judged by
            these rules; a finding of severity *error* stops the ceremony. The linter reads DER by itself, more leniently
            than the encoder writes it, so that it judges the encoder too. A rule's name is the same here, in findings
            and in tests.

            Names begin with where the rule comes from: `RFC5280`, `RFC8649`, `X690` (DER); `BR`, the CA/Browser Forum's
            Baseline Requirements, of which only what makes sense in a private hierarchy is taken; `PKIX`, a choice of
            this project within the standards; `DEVICE`, what verifiers on devices really do; `MATTER`, what Matter demands
            of attestation certificates. A `DEVICE` rule is applied for those of its stacks that are among the targets,
            and says what would happen there; [stacks.md](stacks.md) has its data. A `MATTER` rule is applied when
            Matter is a target. `anchorite inspect`, which knows no targets, asks for mbedTLS, wolfSSL, BearSSL, OpenSSL
            and ESP-IDF.

            This file is generated from `Linter.allRules`; a test compares the two.

            ## Certificates (\(certificates.count) rules)

            \(table(certificates, withRoles: true))

            ## Certificate revocation lists (\(lists.count) rules)

            Rules on entries give one finding for all entries that break them.

            \(table(lists, withRoles: false))

            ## Bundles (\(bundles.count) rules)

            A bundle is judged for the targets of all profiles that make roots, intermediates and end entities. Its
            certificates are judged once more by the `DEVICE` and `MATTER` rules, for the targets of their profiles.

            \(table(bundles, withRoles: false))

            """
    }

    private static func table(_ rules: [LintRule], withRoles: Bool) -> String {
        let head =
            withRoles
            ? "| rule | severity | for | demands | source |\n|---|---|---|---|---|"
            : "| rule | severity | demands | source |\n|---|---|---|---|"
        let rows = rules.map { rule in
            let roles =
                rule.appliesTo.count == LintRole.allCases.count
                ? "all" : rule.appliesTo.map(\.description).joined(separator: ", ")
            return
                "| `\(rule.name)` | \(rule.severity.rawValue) | \(withRoles ? roles + " | " : "")"
                + "\(rule.demand) | \(rule.source) |"
        }
        return ([head] + rows).joined(separator: "\n")
    }
}
