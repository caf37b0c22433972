import Foundation
import Testing

@testable import PKIX

/// docs/stacks.md is made from the data. `ANCHORITE_UPDATE_DOCS=1 swift test --filter StackDocumentation` writes it.
@Suite struct StackDocumentationTests {
    private static let file = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/stacks.md")

    @Test func theDocumentSaysWhatTheDataDoes() throws {
        let expected = Self.document
        if ProcessInfo.processInfo.environment["ANCHORITE_UPDATE_DOCS"] != nil {
            try Data(expected.utf8).write(to: Self.file)
        }
        let found = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(found == expected, "write docs/stacks.md anew with ANCHORITE_UPDATE_DOCS=1")
    }

    @Test func everyFactIsSaidInOneForm() {
        for stack in DeviceStack.all {
            for fact in stack.facts {
                #expect(!fact.source.isEmpty)
                #expect(!fact.outcome.hasSuffix("."), "\(fact.outcome)")
                #expect(fact.limit != nil || !fact.outcome.contains("{limit}"), "\(fact.outcome)")
                #expect(fact.feature != nil || !fact.outcome.contains("{"), "\(fact.outcome)")
            }
            #expect(Set(stack.facts.compactMap(\.feature)).count == stack.facts.compactMap(\.feature).count, "\(stack)")
        }
    }

    private static var document: String {
        """
        # Stacks

        What verifiers on devices, and those that they talk to, do otherwise than RFC 5280 says, or beyond it. The planner
        judges every certificate, CRL and bundle by this data for the stacks that a policy's `targets:` name;
        `anchorite bundle verify --as-device` asks it of a bundle. A plain name, such as `mbedtls`, stands for all versions
        that are listed.

        *rejects*: what stands there makes the object useless. *requires*: something else must be there. *ignores*: it has
        no effect. *misjudges*: a wrong conclusion is drawn. *tried*: seen by running that version; *read*: seen in its
        source or specification; *reported*: said by others, or concluded from a neighbouring version. The rule is the one
        of [lints.md](lints.md) that looks for it; where there is none, nothing that Anchorite makes triggers it. Findings
        are errors, which refuse the plan, warnings, or notices.

        This file is generated from `DeviceStack.all`; a test compares the two.

        \(DeviceStack.all.map(section).joined(separator: "\n\n"))

        """
    }

    private static func section(_ stack: DeviceStack) -> String {
        let rows = stack.facts.map { fact in
            let outcome = fact.outcome.filling("{object}", with: "it").filling("{found}", with: "what was found")
                .filling("{limit}", with: fact.limit.map(String.init) ?? "")
            let rule = fact.feature.map { "`\($0.rawValue)` (\($0.severity.rawValue))" } ?? ""
            return "| \(fact.effect.rawValue) | \(outcome) | \(fact.evidence.rawValue): \(fact.source) | \(rule) |"
        }
        return (["## \(stack) (`\(stack.name)`)", "", "| | what | known | rule |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n")
    }
}
