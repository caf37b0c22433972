import Foundation
import Testing

/// The drill with the libraries that firmware uses: from the alarm to refusal, over HTTP from nginx.
@Suite(.enabled(if: Judge.isInstalled("nginx") || FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx")))
struct DrillTests {
    private static let command = URL(filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
        .deletingLastPathComponent().appending(path: "anchorite").path

    /// The ready drill, with a device for each library that reads CRLs.
    private func drill(
        _ scratch: ScratchFolder, _ name: String = "drill-factory-compromise", _ change: (String) -> String = { $0 }
    ) async throws -> String {
        var text = try String(contentsOfFile: Repository.path("Ceremonies/\(name).yaml"), encoding: .utf8)
            .replacing("../Policies/production.yaml", with: Repository.path("Policies/production.yaml"))
            .replacing("[first-year.yaml]", with: "[\(Repository.path("Ceremonies/first-year.yaml"))]")
        for library in DeviceLibrary.installed where library != .bearssl {
            let program = try await library.build(in: scratch)
            text += """
                  - name: \(library.rawValue)
                    command:
                      - sh
                      - -c
                      - "curl -fsS -o root.crl {crl} || exit 7; exec \(program) root.cer intermediate.cer device.cer root.crl factory.crl"

                """
        }
        return try scratch.write(Array(change(text).utf8), "drill.yaml")
    }

    private func run(_ arguments: String..., in scratch: ScratchFolder) async throws -> Judge.Verdict {
        try await Judge.ask(Self.command, ["drill"] + arguments)
    }

    private func report(_ folder: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(filePath: "\(folder)/report.json"))) as? [String: Any])
    }

    @Test func `from the alarm to refusal by every device, and it prints its times`() async throws {
        let scratch = try ScratchFolder()
        let folder = "\(scratch.path)/held"
        let outcome = try await run(try await drill(scratch), "--folder", folder, in: scratch)
        print(outcome.output)
        #expect(outcome.status == 0, "\(outcome.text)")
        let report = try report(folder)
        let devices = try #require(report["devices"] as? [[String: Any]])
        let names = devices.compactMap { $0["name"] as? String }
        #expect(names == ["crl-reader", "bundle-reader", "openssl"] + DeviceLibrary.installed.filter { $0 != .bearssl }.map(\.rawValue))
        for device in devices {
            #expect(device["before"] as? String == "accepted", "\(device)")
            #expect((device["after"] as? String)?.hasPrefix("refused: ") == true, "\(device)")
        }
        let phases = try #require(report["phases"] as? [[String: Any]])
        #expect(phases.compactMap { $0["phase"] as? String } == ["written", "planned", "approved", "signed", "published", "served", "refused"])
        // The quorum is there with Priya's and Ingrid's approvals; the others come later.
        #expect(phases[2]["people-milliseconds"] as? Int == 3_600_000)
        #expect((report["approvals"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["Priya Raman", "Ingrid Solberg"])
        #expect((report["targets"] as? [[String: Any]])?.allSatisfy { $0["met"] as? Bool == true } == true)
        let page = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
        #expect(page.contains("From the alarm to the last device") && page.contains("mbedtls") == names.contains("mbedtls"))
    }

    @Test func `an authority's own shape is drilled, with its numbers, and it is only read`() async throws {
        let scratch = try ScratchFolder()
        let real = "\(scratch.path)/real"
        let made = try await Judge.ask(
            Self.command,
            ["rehearse", "--brief", "--folder", real] + ["first-year", "yearly-crl"].map { Repository.path("Ceremonies/\($0).yaml") },
            printsOutput: false)
        try #require(made.accepted, "\(made.text)")
        let ledger = try scratch.read("\(real)/authority/ledger.jsonl")
        let folder = "\(scratch.path)/held"
        let outcome = try await run(
            try await drill(scratch), "--authority", "\(real)/authority", "--folder", folder, in: scratch)
        #expect(outcome.status == 0, "\(outcome.text)")
        #expect(try report(folder)["holds"] as? Bool == true)
        // The real one has CRL 2, so that the revocation comes with CRL 3.
        #expect(FileManager.default.fileExists(atPath: "\(folder)/rehearsal/authority/crls/G1-000003.crl"))
        #expect(try scratch.read("\(real)/authority/ledger.jsonl") == ledger)
    }

    @Test func `a target that is missed, and a device that goes on accepting, end with 1`() async throws {
        let scratch = try ScratchFolder()
        let slow = try await drill(scratch, "drill-factory-compromise") {
            $0.replacing("{priya: 20m, erik: 3h", with: "{erik: 9h") + "  - {name: deaf, command: [\"true\"]}\n"
        }
        let folder = "\(scratch.path)/held"
        let outcome = try await run(slow, "--folder", folder, in: scratch)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("approved (the drill)"), "\(outcome.output)")
        #expect(outcome.output.contains("Not as it must be: deaf."))
        #expect(outcome.output.contains("NOT every device refuses: deaf goes on accepting"))
        #expect(!outcome.text.replacing("NOT every device refuses", with: "").contains("every device refuses"), "\(outcome.text)")
        let report = try report(folder)
        #expect(report["holds"] as? Bool == false && report["people"] as? String == "simulated")
        let missed = (report["targets"] as? [[String: Any]])?.filter { $0["met"] as? Bool == false }.compactMap { $0["name"] as? String }
        #expect(missed?.contains("refused") == true && missed?.contains("total") == true)
    }

    // MARK: With a package

    @Test func `a package is opened in place of a ceremony, and every device refuses`() async throws {
        let scratch = try ScratchFolder()
        let folder = "\(scratch.path)/held"
        let outcome = try await run(try await drill(scratch, "drill-break-glass"), "--folder", folder, in: scratch)
        print(outcome.output)
        #expect(outcome.status == 0, "\(outcome.text)")
        let report = try report(folder)
        #expect((report["package"] as? String)?.hasPrefix("G1-") == true)
        let phases = try #require(report["phases"] as? [[String: Any]])
        #expect(phases.compactMap { $0["phase"] as? String } == ["gathered", "opened", "published", "served", "refused"])
        // Priya is a responder, Ingrid an officer, and the others are not waited for.
        #expect(phases[0]["people-milliseconds"] as? Int == 5_400_000)
        #expect((report["shares"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["Priya Raman", "Ingrid Solberg"])
        #expect(report["approvals"] == nil)
        let devices = try #require(report["devices"] as? [[String: Any]])
        #expect(devices.count == 3 + DeviceLibrary.installed.count { $0 != .bearssl })
        for device in devices {
            #expect(device["before"] as? String == "accepted", "\(device)")
            #expect((device["after"] as? String)?.hasPrefix("refused: ") == true, "\(device)")
        }
        #expect((report["targets"] as? [[String: Any]])?.allSatisfy { $0["met"] as? Bool == true } == true)
        // No ceremony was held for it, and the ledger does not know of it yet.
        let package = try #require(report["package"] as? String)
        #expect(FileManager.default.fileExists(atPath: "\(folder)/rehearsal/authority/break-glass/\(package).opened"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/rehearsal/authority/ceremonies/0003"))
        let page = try String(contentsOfFile: "\(folder)/report.html", encoding: .utf8)
        #expect(page.contains("with the break-glass package \(package)") && page.contains("Shares, all called for at once"))
    }

    @Test func `too few shares open nothing, and a target that is missed ends with 1`() async throws {
        let scratch = try ScratchFolder()
        let short = try await drill(scratch, "drill-break-glass") {
            $0.replacing("{priya: 50m, erik: 2h, ingrid: 90m, mateus: 3h, yuki: 4h}", with: "{priya: 50m, erik: 2h}")
        }
        let failed = try await run(short, "--folder", "\(scratch.path)/short", in: scratch)
        #expect(failed.status == 65 && failed.text.contains("do not bring shares enough"), "\(failed.text)")
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/short/report.json"))
        let opened = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/short/rehearsal/authority/break-glass")
        #expect(!opened.isEmpty && opened.allSatisfy { $0.hasSuffix(".sealed") })

        let other = try ScratchFolder()
        let slow = try await drill(other, "drill-break-glass") { $0.replacing("{priya: 50m, erik: 2h, ingrid: 90m,", with: "{erik: 5h,") }
        let late = try await run(slow, "--folder", "\(other.path)/late", in: other)
        #expect(late.status == 1 && late.output.contains("gathered (the drill)"), "\(late.text)")
        #expect(try report("\(other.path)/late")["holds"] as? Bool == false)
    }

    @Test func `a folder that is there is not written to, and people who do not fill the quorum are told`() async throws {
        let scratch = try ScratchFolder()
        let file = try await drill(scratch, "drill-factory-compromise") { $0.replacing("{priya: 20m, erik: 3h, ingrid", with: "{ingrid") }
        #expect(try await run(file, "--folder", scratch.path, in: scratch).status == 73)
        let short = try await run(file, "--folder", "\(scratch.path)/held", in: scratch)
        #expect(short.status == 65 && short.text.contains("do not fill the quorum"), "\(short.text)")
    }
}
