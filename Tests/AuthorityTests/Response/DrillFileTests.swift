import Authority
import Groundwork
import StrictYAML
import Testing

@Suite struct DrillFileTests {
    static let text = """
        anchorite: drill/1
        title: A drill
        policy: policy.yaml
        before: [first.yaml]
        incident:
          scope: {factory: tallinn, year: 2027}
          since: 2h
        people:
          signed: ask
          approvals: {ana: 20m, bo: ask}
        targets: {approved: 8h, total: 12h}
        server: {command: [serve, "{root}", "{port}"]}
        devices:
          - {name: one, command: [judge, "{crl}"], refusal: 2}

        """

    private func refusal(_ old: String, _ new: String) -> String {
        let text = Self.text.replacing(old, with: new)
        #expect(text != Self.text, "nothing changed: \(old)")
        do throws(YAMLError) {
            let file = try DrillFile(Array(text.utf8), file: "drill.yaml")
            try file.check(against: try Policy(Array(TestPolicy.text.utf8), file: "policy.yaml"))
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a drill says what is declared, how long people take, and what is aimed at`() throws {
        let file = try DrillFile(Array(Self.text.utf8), file: "drills/drill.yaml")
        try file.check(against: try Policy(Array(TestPolicy.text.utf8), file: "policy.yaml"))
        #expect(file.incident.scope == ["factory": "tallinn", "year": "2027"])
        #expect(file.incident.reason == .keyCompromise && file.incident.since == CalendarDuration("2h"))
        #expect(file.people.phases == [.signed: .asked])
        #expect(file.people.approvals["ana"] == CalendarDuration("20m").map(DrillFile.Pace.simulated))
        #expect(file.people.approvals["bo"] == .asked)
        #expect(file.targets == [.phase(.approved): CalendarDuration("8h"), .total: CalendarDuration("12h")])
        #expect(file.server == .command(["serve", "{root}", "{port}"]))
        #expect(file.devices.map(\.name) == ["one"])
        #expect(file.devices.first?.command == ["judge", "{crl}"] && file.devices.first?.refusal == 2)
        #expect(file.path(file.policyPath) == "drills/policy.yaml")
    }

    @Test func `a drill that is wrong in one place is refused there`() {
        for (old, new, core) in [
            ("drill/1", "drill/2", "anchorite: "), ("bo: ask", "bx: ask", "Did you mean \"bo\"?"),
            ("factory: tallinn", "factory: talin", "nearest is tallinn"), ("factory: tallinn", "plant: tallinn", "have no field \"plant\""),
            ("signed: ask", "signed: soon", "\"soon\" is not a pace"), ("signed: ask", "served: 5m", "there is no key \"served\""),
            ("approved: 8h", "aproved: 8h", "Did you mean \"approved\"?"), ("refusal: 2", "refusal: 0", "devices[0].refusal"),
            ("since: 2h", "since: yesterday", "is not a duration"), ("server: {command", "server: apache #{command", "a server"),
            ("  - {name: one, command: [judge, \"{crl}\"], refusal: 2}", "  - {name: one, command: [a]}\n  - {name: one, command: [b]}", "there is a device \"one\" already"),
        ] {
            let said = refusal(old, new)
            #expect(said.contains(core) && said.hasPrefix("drill.yaml:"), "\(new): \(said)")
        }
    }

    static let opening = text
        .replacing("  since: 2h\n", with: "").replacing("  signed: ask\n", with: "  opened: ask\n")
        .replacing("people:\n", with: "break-glass: yes\npeople:\n").replacing("approvals: {", with: "shares: {")
        .replacing("approved: 8h", with: "gathered: 8h")

    @Test func `a drill opens a package in place of a ceremony, and says nothing of the other way`() throws {
        let file = try DrillFile(Array(Self.opening.utf8), file: "drill.yaml")
        #expect(file.opensPackage && file.people.approvals.isEmpty && file.people.phases == [.opened: .asked])
        #expect(file.people.shares["bo"] == .asked && file.targets[.phase(.gathered)] == CalendarDuration("8h"))
        try file.check(against: try Policy(Array(BreakGlassWorkshop.policy.utf8), file: "policy.yaml"))
        for (base, old, new, core) in [
            (Self.text, "people:\n", "break-glass: yes\npeople:\n", "people.signed: a drill that opens a package has no phase signed"),
            (Self.text, "approvals: {", "shares: {", "people: nobody approves"),
            (Self.text, "  signed: ask", "  opened: ask", "people.opened: a drill that holds a ceremony has no phase opened"),
            (Self.text, "approved: 8h", "opened: 8h", "targets.opened: a drill that holds a ceremony"),
            (Self.text, "  signed: ask\n", "  signed: ask\n  shares: {ana: 1h}\n", "people.shares: a drill that holds a ceremony needs no shares"),
            (Self.opening, "gathered: 8h", "approved: 8h", "targets.approved: a drill that opens a package"),
            (Self.opening, "  opened: ask\n", "  approvals: {ana: 1h}\n", "people.approvals: a drill that opens a package needs no approvals"),
            (Self.opening, "  shares: {ana: 20m, bo: ask}", "  published: 1m", "people: nobody brings shares"),
            (Self.opening, "year: 2027}\n", "year: 2027}\n  since: 2h\n", "incident.since: packages were signed before"),
            (Self.opening, "year: 2027}\n", "year: 2027}\n  reason: superseded\n", "incident.reason: packages revoke for keyCompromise"),
            (Self.opening, "bo: ask", "dee: ask", "\"dee\" would hold no share of a package"),
        ] {
            let text = base.replacing(old, with: new)
            #expect(text != base, "nothing changed: \(old)")
            let error = #expect(throws: YAMLError.self, "\(core)") {
                try DrillFile(Array(text.utf8), file: "drill.yaml")
                    .check(against: try Policy(Array(BreakGlassWorkshop.policy.utf8), file: "policy.yaml"))
            }
            #expect(error.map { "\($0)".contains(core) } == true, "\(core): \(error.map { "\($0)" } ?? "")")
        }
        // A policy without packages.
        #expect(throws: YAMLError.self) { try file.check(against: try Policy(Array(TestPolicy.text.utf8), file: "policy.yaml")) }
    }

    @Test(arguments: ["drill-factory-compromise", "drill-break-glass"])
    func `the ready drill fits its policy`(_ name: String) throws {
        let path = "Ceremonies/\(name).yaml"
        let file = try DrillFile(ReadyFiles.bytes(path), file: path)
        try file.check(against: try ReadyFiles.policy("production"))
        #expect(file.before == ["first-year.yaml"])
        #expect(file.devices.map(\.name) == ["openssl"])
    }
}
