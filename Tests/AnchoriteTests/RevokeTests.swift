import Foundation
import Groundwork
import PKIX
import Testing

@Suite("anchorite revoke")
struct RevokeTests {
    /// The rehearsed authority after its two ceremonies: Shenzhen 2027 is revoked, Tallinn 2027 is live.
    private func scene() async throws -> (scratch: ReadScratch, shared: String) {
        let scratch = try ReadScratch()
        let shared = try await ReadFolder.shared.path()
        _ = try scratch.copy("\(shared)/authority", as: "authority")
        return (scratch, shared)
    }

    private func run(_ folder: String, _ arguments: String...) async throws -> BuiltCommand.Outcome {
        try await BuiltCommand.run(program: BuiltCommand.path, arguments, folder: folder)
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func `a scope becomes a ceremony and its plan, with what it reaches and by when`() async throws {
        let (scratch, _) = try await scene()
        let counts = try scratch.write("counts.csv", Array("factory,year,devices\ntallinn,2027,12000\ntallinn,2028,1\n".utf8))
        let outcome = try await run(
            scratch.path, "revoke", "--factory", "tallinn", "--year", "2027", "--reason", "keyCompromise", "--since",
            "2026-11-20", "--counts", counts, "--requester", "priya", "--purpose", "Stolen")
        #expect(outcome.code == 0, "\(outcome.talk)")
        for line in [
            "factory-tallinn-2027: intermediate, factory tallinn, year 2027", "1 certificate of this record",
            "carried by 1 and 2, the newest among them", "devices       12000", "G1 gets number 3", "sequence 3, with the deny list",
            "(CA/Browser Forum BR 4.9.1.2, 7d)", "(CA/Browser Forum BR 4.9.7, 24h", "Needed: 1 of 2 incident-responders and 1 of 3 security-officers.",
            "Erik Brandt      incident-responder  anchorite approve revoke-factory-tallinn-2027.plan/plan.json --key ~/.ssh/id_ed25519",
            "anchorite status revoke-factory-tallinn-2027.plan",
        ] { #expect(outcome.output.contains(line), "\(line)") }
        // Who asks does not approve.
        #expect(!outcome.output.contains("Priya"))
        #expect(try names("\(scratch.path)/revoke-factory-tallinn-2027.plan") == ["plan.json", "policy.yaml"])
        let text = String(decoding: try contents("\(scratch.path)/revoke-factory-tallinn-2027.yaml"), as: UTF8.self)
        #expect(text.contains("\n    since: 2026-11-20T00:00:00Z\n"))
        #expect(text.contains("\npolicy: \"authority/policies/0001.yaml\"\n"))
        // The file that was written gives the same operations again.
        let again = try await run(scratch.path, "plan", "revoke-factory-tallinn-2027.yaml", "--output", "again")
        #expect(again.code == 0, "\(again.talk)")
        // Nothing is overwritten.
        let twice = try await run(scratch.path, "revoke", "tallinn", "--year", "2027", "--reason", "keyCompromise")
        #expect(twice.code == 73)
        #expect(twice.talk.contains("OUTPUT-NEW"))
    }

    @Test func `without a reason it shows, and writes nothing`() async throws {
        let (scratch, _) = try await scene()
        let outcome = try await run(scratch.path, "revoke", "--factory", "tallinn")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("factory-tallinn-2027: intermediate"))
        #expect(outcome.output.contains("Nothing is written, since it is not said why. Add --reason and one of"))
        #expect(try names(scratch.path) == ["authority"])
    }

    @Test func `programs read the same`() async throws {
        let (scratch, _) = try await scene()
        let outcome = try await run(
            scratch.path, "revoke", "--factory", "tallinn", "--reason", "superseded", "--devices", "7", "--json",
            "--declared", "2026-11-20T10:00:00+02:00", "--output", "x.yaml")
        #expect(outcome.code == 0, "\(outcome.talk)")
        let json = try #require(outcome.json)
        #expect(json["devices"] as? Int == 7)
        #expect(json["declared"] as? String == "2026-11-20T08:00:00Z")
        #expect(json["plan"] as? String == "x.plan/plan.json")
        let targets = try #require(json["targets"] as? [[String: Any]])
        #expect(targets.map { $0["name"] as? String } == ["factory-tallinn-2027"])
        let clocks = try #require(json["clocks"] as? [[String: Any]])
        #expect(clocks.compactMap { $0["act"] as? String } == ["revoke", "revoke", "publish", "publish"])
        #expect(clocks.first?["deadline"] as? String == "2026-11-21T08:00:00Z")
        #expect((json["approvers"] as? [[String: Any]])?.count == 5)
    }

    @Test func `what is wrong is told with what there is, and nothing is written`() async throws {
        let (scratch, _) = try await scene()
        let bad = try scratch.write("bad.csv", Array("factory,devices\ntallinn,many\ntallinn\ntallinn,3\n".utf8))
        let head = try scratch.write("head.csv", Array("plant,devices\n".utf8))
        let why = ["--reason", "keyCompromise"]
        let before = try names(scratch.path)
        for (arguments, code, core) in [
            (["--factory", "tallin"] + why, 64, "did you mean tallinn?"),
            (["--factry", "tallinn"] + why, 64, "did you mean --factory"),
            (["--factory", "tallinn", "--year", "2029"] + why, 1, "there is no certificate for factory tallinn, year 2029. Live are factory-tallinn-2027 ("),
            (["--factory", "shenzhen-2"] + why, 1, "factory-shenzhen-2-2027 is revoked already, since "),
            (["--factory", "tallinn", "--reason", "keycompromised"], 64, "Did you mean \"keyCompromise\"?"),
            (["--factory", "tallinn", "--reason", "unspecified"], 64, "is no reason that can be given"),
            (["--factory", "tallinn", "--since", "2027-02-30"] + why, 64, "is no date and no time"),
            (["--factory", "tallinn", "--since", "2999-01-01"] + why, 64, "is to come"),
            (["--factory", "tallinn", "--requester", "prya"] + why, 64, "Did you mean \"priya\"?"),
            (["--factory", "tallinn", "--counts", bad] + why, 65, "bad.csv: 2 lines cannot be read: 2, 3."),
            (["--factory", "tallinn", "--counts", head] + why, 65, "head.csv:1: the header is \"plant,devices\"."),
            (["--factory", "tallinn", "--serial", "01"] + why, 64, "What to revoke is said in 2 ways."),
            (["--serial", "xyz"] + why, 64, "is not hexadecimal"),
            (["--certificate", "nowhere.pem"] + why, 65, "nowhere.pem"),
            (["--factory", "tallinn", "--authority", "elsewhere"] + why, 65, "There is no authority in "),
            (why, 64, "Say what to revoke"),
        ] {
            let outcome = try await BuiltCommand.run(
                program: BuiltCommand.path, ["revoke"] + arguments, folder: scratch.path)
            #expect(outcome.code == Int32(code), "\(arguments): \(outcome.talk)")
            #expect(outcome.talk.contains(core), "\(arguments): \(outcome.talk)")
        }
        #expect(try names(scratch.path) == before)
    }

    @Test func `a device's chain and its serial number lead to the same intermediate`() async throws {
        let (scratch, _) = try await scene()
        let folder = "\(scratch.path)/authority/certificates"
        let device = try String(contentsOfFile: "\(folder)/sample-device-tallinn-TLL-000001.pem", encoding: .utf8)
        let intermediate = try String(contentsOfFile: "\(folder)/factory-tallinn-2027.pem", encoding: .utf8)
        _ = try scratch.write("chain.pem", Array((device + intermediate).utf8))
        _ = try scratch.write("device.pem", Array(device.utf8))
        let certificate = try Certificate(pemOrDER: Array(intermediate.utf8))
        let serial = Hex.encode(certificate.tbs.serialNumber)
        let key = Hex.encode(try #require(try certificate.tbs.subjectKeyIdentifier))
        for clue in [["--chain", "chain.pem"], ["--chain", "device.pem"], ["--serial", serial.uppercased()], ["--key-id", key]] {
            let outcome = try await BuiltCommand.run(
                program: BuiltCommand.path, ["revoke", "--json"] + clue, folder: scratch.path)
            #expect(outcome.code == 0)
            let targets = outcome.json?["targets"] as? [[String: Any]] ?? []
            #expect(targets.compactMap { $0["name"] as? String } == ["factory-tallinn-2027"], "\(clue): \(outcome.talk)")
        }
        // The device itself is of this record too.
        let one = try await run(scratch.path, "revoke", "--certificate", "device.pem", "--reason", "superseded")
        #expect(one.code == 0, "\(one.talk)")
        #expect(one.output.contains("factory-tallinn-2027 gets number 2"))
        #expect(one.output.contains("(CA/Browser Forum BR 4.9.1.1, 5d)"))
    }

    @Test func `approvals of several machines meet in one folder, and each machine says who is missing`() async throws {
        let (scratch, shared) = try await scene()
        let made = try await run(scratch.path, "revoke", "--factory", "tallinn", "--reason", "keyCompromise")
        #expect(made.code == 0, "\(made.talk)")
        let plan = "revoke-factory-tallinn-2027.plan"
        // Two machines that have nothing but the folder.
        var machines: [ReadScratch] = []
        for person in ["mateus", "erik"] {
            let machine = try ReadScratch()
            _ = try machine.copy("\(scratch.path)/\(plan)", as: plan)
            let approval = try await run(machine.path, "approve", "\(plan)/plan.json", "--key", "\(shared)/operators/\(person)", "--yes")
            #expect(approval.code == 0, "\(approval.talk)")
            #expect(try names("\(machine.path)/\(plan)").contains("\(person).approval"))
            let status = try await run(machine.path, "status", plan)
            #expect(status.code == 1, "\(status.talk)")
            #expect(status.output.contains("The quorum is not there yet."))
            #expect(status.output.contains("revoke by "))
            machines.append(machine)
        }
        let first = try await run(machines[0].path, "status", plan)
        #expect(first.output.contains("Mateus Carvalho (security-officer)"))
        #expect(first.output.contains("Erik Brandt or Priya Raman"))
        let second = try await run(machines[1].path, "status", "\(plan)/plan.json")
        #expect(second.output.contains("Ingrid Solberg, Mateus Carvalho or Yuki Tanabe"))
        // Somebody who is no operator is refused there, too.
        let stranger = try await run(machines[0].path, "approve", "\(plan)/plan.json", "--key", "\(shared)/operators/kadri", "--yes")
        #expect(stranger.code == 0 && stranger.talk.contains("no operation of this plan has a seat for Kadri Tamm"))

        for (machine, person) in zip(machines, ["mateus", "erik"]) {
            try FileManager.default.copyItem(
                atPath: "\(machine.path)/\(plan)/\(person).approval", toPath: "\(scratch.path)/\(plan)/\(person).approval")
        }
        let merged = try await run(scratch.path, "status", plan)
        #expect(merged.code == 0, "\(merged.output)")
        #expect(merged.output.contains("The quorum is there."))
        // The same person's approval from two machines counts once.
        try FileManager.default.copyItem(
            atPath: "\(scratch.path)/\(plan)/erik.approval", toPath: "\(scratch.path)/\(plan)/erik-2.approval")
        let twice = try await run(scratch.path, "status", plan)
        #expect(twice.code == 0 && twice.output.contains("a second approval by Erik Brandt"))
        // A late one is told.
        let late = try await run(scratch.path, "status", plan, "--at", "2999-01-01T00:00:00Z")
        #expect(late.code == 1 && late.output.contains("LATE revoke by "))
    }

    @Test func `a policy beside a plan that is another one is not used`() async throws {
        let (scratch, shared) = try await scene()
        #expect(try await run(scratch.path, "revoke", "tallinn", "--reason", "keyCompromise").code == 0)
        let machine = try ReadScratch()
        let plan = "revoke-factory-tallinn-2027.plan"
        _ = try machine.copy("\(scratch.path)/\(plan)", as: plan)
        var policy = try contents("\(machine.path)/\(plan)/policy.yaml")
        policy += Array("# another\n".utf8)
        try Data(policy).write(to: URL(filePath: "\(machine.path)/\(plan)/policy.yaml"))
        let status = try await run(machine.path, "status", plan)
        #expect(status.code == 65)
        let approval = try await run(
            machine.path, "approve", "\(plan)/plan.json", "--key", "\(shared)/operators/erik", "--yes")
        #expect(approval.code == 0 && approval.talk.contains("nobody checks that the key is an operator's"))
    }

    @Test func `what revoke wrote is approved, signed and on record`() async throws {
        let desk = try await Desk()
        try await desk.makeToken()
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        #expect(try await desk.run("approve", "ceremony.plan/plan.json", "--key", "you", "--yes").code == 0)
        #expect(try await desk.hold("ceremony.plan/plan.json").code == 0)
        let written = try await desk.run("revoke", "lamp", "--reason", "keyCompromise")
        #expect(written.code == 0, "\(written.talk)")
        let plan = "revoke-product-lamp.plan/plan.json"
        #expect(try await desk.run("approve", plan, "--key", "you", "--yes").code == 0)
        let held = try await desk.hold(plan)
        #expect(held.code == 0, "\(held.talk)")
        let status = try await desk.run("status", "authority")
        #expect(status.output.contains("REVOKED"))
        #expect(status.code == 0, "\(status.output)")
        #expect(try await desk.run("revoke", "lamp", "--reason", "keyCompromise", "--output", "b.yaml").code == 1)
    }
}
