import Authority
import Groundwork
import Testing

@testable import anchorite

/// What the report of a drill claims.
@Suite struct DrillReportTests {
    private func report(
        _ devices: [(String, DrillReport.Verdict, DrillReport.Verdict)],
        _ sources: Set<DrillReport.PeopleSource> = [.simulated]
    ) throws -> DrillReport {
        var report = DrillReport(
            title: "Night", authority: "acme", target: "factory", scope: ["factory": "a"], reason: .keyCompromise,
            declared: .epoch)
        report.devices = devices.map { DrillReport.Judged(name: $0.0, before: $0.1, after: $0.2, time: .seconds(60)) }
        report.phases = [
            DrillReport.Measured(phase: .signed, people: .seconds(600), machine: .zero, sources: sources),
            DrillReport.Measured(
                phase: .refused, people: .zero, machine: .seconds(60), exceptions: report.devices.compactMap(\.exception)),
        ]
        let text = """
            anchorite: drill/1
            title: Night
            policy: policy.yaml
            before: [first.yaml]
            incident: {scope: {factory: a}}
            people: {signed: 10m, approvals: {priya: 20m}}
            targets: {signed: 1h, refused: 5m, total: 12h}

            """
        report.compare(try DrillFile(Array(text.utf8), file: "drill.yaml"), [])
        return report
    }

    private func text(_ report: DrillReport) -> String { report.sheet.json.prettyPrinted }
    private func page(_ report: DrillReport) -> String { String(decoding: report.page.bytes, as: UTF8.self) }

    @Test func `a device that goes on accepting is named, and its phase and the total are not met`() throws {
        let good = ("good", DrillReport.Verdict.accepted, DrillReport.Verdict.refused("revoked"))
        let report = try report([good, ("always", .accepted, .accepted)])
        #expect(!report.holds)
        #expect(report.missed.map(\.name) == ["refused", "total"])
        #expect(report.phases[1].words == "NOT every device refuses: always goes on accepting")
        for shown in [page(report), text(report)] {
            #expect(shown.contains("always goes on accepting"))
            #expect(!shown.contains("every device refuses") || shown.contains("NOT every device refuses"))
        }
        #expect(!page(report).replacing("NOT every device refuses", with: "").contains("every device refuses"))
        #expect(page(report).contains("not reached in 1 minute"))
    }

    @Test func `where all refuse in time, all is met, and the page says so`() throws {
        let report = try report([("good", .accepted, .refused("revoked"))])
        #expect(report.holds && report.missed.isEmpty)
        #expect(page(report).contains("every device refuses") && !page(report).contains("NOT every"))
    }

    @Test func `what failed or refused beforehand proves nothing`() throws {
        #expect(try report([("gone", .failed("not found"), .failed("not found"))]).missed.map(\.name) == ["refused", "total"])
        let early = try report([("no", .refused("bad date"), .refused("revoked"))])
        #expect(!early.holds && early.missed.map(\.name) == ["refused", "total"])
        #expect(early.phases[1].words.contains("no refused before the incident already"))
    }

    @Test func `simulated and asked times are told apart on the page and in the JSON`() throws {
        let good = ("good", DrillReport.Verdict.accepted, DrillReport.Verdict.refused("revoked"))
        let simulated = try report([good])
        #expect(page(simulated).contains("10 minutes (simulated)") && page(simulated).contains("times are simulated"))
        #expect(page(simulated).contains("every target is met, with simulated people"))
        #expect(simulated.sheet.json.prettyPrinted.contains("\"people\": \"simulated\""))
        let asked = try report([good], [.asked])
        #expect(page(asked).contains("10 minutes (asked)") && !page(asked).contains("simulated"))
        #expect(asked.sheet.json.prettyPrinted.contains("\"people\": \"asked\""))
        #expect(page(try report([good], [.asked, .simulated])).contains("10 minutes (simulated and asked)"))
    }
}
