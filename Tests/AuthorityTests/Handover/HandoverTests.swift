import Authority
import Foundation
import Groundwork
import Handover
import Ledger
import PKIX
import Publication
import SSHSignature
import Testing

@Suite struct HandoverTests {
    @Test func `a handover holds what a station needs and nothing more, and verifies from the fingerprint alone`() throws {
        let bench = try HandoverBench.shared.get()
        #expect(try Files.list(bench.handover) == [
            "README.txt", "bundle.cose", "chain.pem", "contract.html", "contract.json", "contract.json.sig", "crls/G1.crl",
            "evidence/approval.json", "evidence/checkpoint.note", "evidence/record.pem", "intermediate.cer",
            "intermediate.pem", "manifest.json", "root.cer", "root.pem",
        ])
        let handover = try bench.read()
        try handover.checkCurrent(at: .now())
        let contract = handover.contract
        #expect(contract.authority == "test" && contract.environment == .development && contract.signer.operator == "ana")
        #expect(contract.scope == ["factory": "shenzhen-2", "year": "\(bench.year)"])
        #expect(contract.chain.map(\.name) == [HandoverBench.intermediate, "G1"] && contract.device.chainLength == 3)
        #expect(contract.lists.map(\.number) == [1] && contract.bundle?.sequence == 1)
        #expect(contract.device.subject.map { "\($0.type)=\($0.value)" } == [
            "O=Test Devices", "OU=shenzhen-2", "CN=Unit {device}", "serialNumber={device}",
        ])
        #expect(contract.device.fields.map(\.name) == ["device"])
        #expect(contract.device.certificatePolicies == ["1.3.6.1.4.1.32473.1.1"])
        #expect(contract.device.crlDistributionPoints == ["http://pki.test.example/crl/\(HandoverBench.intermediate).crl"])
        #expect(try Contract(contract.bytes, at: "here") == contract)
        // Neither the other operators nor the ledger: one line of it, which is ana's own.
        let texts = try Files.list(bench.handover).map { String(decoding: try Files.read("\(bench.handover)/\($0)"), as: UTF8.self) }
        for (name, key) in bench.operators where name != "ana" {
            #expect(!texts.contains { $0.contains(key.publicKey.fingerprint) || $0.contains("\"\(name)\"") })
        }
        #expect(!texts.contains { $0.contains("quorum") || $0.contains("genesis") })
    }

    @Test func `page and text say what the contract says`() throws {
        let bench = try HandoverBench.shared.get()
        let page = String(decoding: try Files.read("\(bench.handover)/contract.html"), as: UTF8.self)
        let text = String(decoding: try Files.read("\(bench.handover)/README.txt"), as: UTF8.self)
        for words in ["factory shenzhen-2", "CN=Unit {device}", "at most 1y", "ec-p256", "clientAuth", "NOT OF PRODUCTION", "Ana (ana)"] {
            #expect(text.contains(words), "\(words)")
            #expect(page.lowercased().contains(words.lowercased()), "\(words)")
        }
        #expect(try XMLDocumentCheck.isWellFormed(page))
    }

    @Test func `ssh-keygen verifies the signature of a contract`() throws {
        let bench = try HandoverBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let line = try #require(bench.operators["ana"]).publicKey.authorizedKeysLine
        try Files.write(Array("ana \(line)\n".utf8), to: "\(folder.path)/signers")
        let verify = "ssh-keygen -Y verify -f \(folder.path)/signers -I ana -n anchorite-contract "
            + "-s \(bench.handover)/contract.json.sig"
        #expect(try Program.run("/bin/sh", ["-c", "\(verify) < \(bench.handover)/contract.json"]).status == 0)
        #expect(try Program.run("/bin/sh", ["-c", "\(verify) < \(bench.handover)/manifest.json"]).status != 0)
    }

    private func refusal(_ folder: String, _ bench: HandoverBench) -> PlanError? {
        do {
            _ = try bench.read(folder)
            return nil
        } catch {
            return error as? PlanError
        }
    }

    @Test func `a handover of which anything was changed, removed or added is refused`() throws {
        let bench = try HandoverBench.shared.get()
        for path in try Files.list(bench.handover) {
            let copy = try bench.copy()
            let file = "\(copy.path)/\(path)"
            var bytes = try Files.read(file)
            bytes[bytes.count / 2] ^= 1
            try Files.write(bytes, to: file)
            #expect(refusal(copy.path, bench)?.control == .handoverWhole, "\(path)")
            try Files.remove(file)
            #expect(refusal(copy.path, bench)?.control == .handoverWhole, "\(path)")
        }
        let copy = try bench.copy()
        try Files.write([1], to: "\(copy.path)/more.txt")
        #expect(refusal(copy.path, bench)?.reason.contains("more.txt is not part of the handover") == true)
        try Files.remove("\(copy.path)/more.txt")
        #expect(refusal(copy.path, bench) == nil)
        #expect(throws: PlanError.self) { try Handover(folder: copy.path, root: Digest(of: [1]), at: .now()) }
    }

    /// Somebody who holds the folder and no key writes it anew, manifest and all.
    private func forge(_ bench: HandoverBench, _ change: (String) throws -> Void) throws -> PlanError? {
        let copy = try bench.copy()
        try change(copy.path)
        let paths = try Files.list(copy.path).filter { $0 != "manifest.json" }
        let files: [JSONValue] = try paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { path in
            let bytes = try Files.read("\(copy.path)/\(path)")
            return ["path": .string(path), "sha256": .string(Digest(of: bytes).hex), "size": .integer(Int64(bytes.count))]
        }
        let manifest: JSONValue = [
            "anchorite": "handover/1", "authority": "test", "environment": "development", "files": .array(files),
        ]
        try Files.write(manifest.canonicalBytes, to: "\(copy.path)/manifest.json")
        return refusal(copy.path, bench)
    }

    private func edit(_ path: String, _ change: (inout String) -> Void) throws {
        var text = String(decoding: try Files.read(path), as: UTF8.self)
        change(&text)
        try Files.write(Array(text.utf8), to: path)
    }

    @Test func `a handover that was written anew without an operator's key is refused`() throws {
        let bench = try HandoverBench.shared.get()
        #expect(try forge(bench) { _ in } == nil)
        func expect(_ words: String, _ change: (String) throws -> Void) throws {
            let error = try #require(try forge(bench, change), "\(words)")
            #expect(error.control == .handoverSigned, "\(error)")
            #expect(error.reason.contains(words), "\(error)")
        }
        try expect("is not signed by an operator") { folder in
            try edit("\(folder)/contract.json") { $0 = $0.replacing("\"maximum-validity\":\"1y\"", with: "\"maximum-validity\":\"9y\"") }
        }
        try expect("README.txt is not what was signed") { folder in try edit("\(folder)/README.txt") { $0 += "Trust me.\n" } }
        try expect("contract.html is not what was signed") { folder in try edit("\(folder)/contract.html") { $0 += "<!-- -->" } }
        // Signed by somebody, in the name of somebody.
        let thief = try SoftwareSSHKey.ed25519(comment: "ana@test")
        func sign(_ folder: String, _ key: SoftwareSSHKey, namespace: String = Contract.namespace) throws {
            let bytes = try Files.read("\(folder)/contract.json")
            try Files.write(
                try key.signature(over: bytes, namespace: namespace).encodeArmored(), to: "\(folder)/contract.json.sig")
        }
        try expect("signed with another key than it says") { try sign($0, thief) }
        let ana = try #require(bench.operators["ana"])
        try expect("namespace") { try sign($0, ana, namespace: "anchorite-plan") }
        try expect("the evidence is about") { folder in
            try edit("\(folder)/contract.json") { $0 = $0.replacing(ana.publicKey.fingerprint, with: thief.publicKey.fingerprint) }
            try sign(folder, thief)
        }
        // The evidence, too, cannot be made to speak of the thief.
        try expect("the line is not in the record") { folder in
            for name in ["contract.json", "evidence/approval.json"] {
                try edit("\(folder)/\(name)") { $0 = $0.replacing(ana.publicKey.fingerprint, with: thief.publicKey.fingerprint) }
            }
            try sign(folder, thief)
        }
        try expect("is not signed by an operator") { folder in
            try edit("\(folder)/evidence/checkpoint.note") { $0 = $0.replacing("anchorite/development", with: "anchorite/production") }
        }
        // A certificate of the root that is no record key's.
        try expect("no record key") { folder in
            let intermediate = try Files.read("\(folder)/intermediate.pem")
            try Files.write(intermediate, to: "\(folder)/evidence/record.pem")
        }
    }

    @Test func `a contract with a member too many, too few or of a wrong form is refused`() throws {
        let bench = try HandoverBench.shared.get()
        let text = String(decoding: try bench.read().contract.bytes, as: UTF8.self)
        for (old, new) in [
            ("{\"anchorite\"", "{\"another\":1,\"anchorite\""), ("\"contract/1\"", "\"contract/2\""), ("\"1y\"", "\"1 y\""),
            ("\"profile\":\"device\",", ""), ("\"key-usage\":[\"digitalSignature\"]", "\"key-usage\":[\"everything\"]"),
            ("{\"field\":\"device\"}", "{\"field\":\"serial\"}"), ("\"certificate\":3", "\"certificate\":1"),
            ("\"chain-length\":3", "\"chain-length\":300"), ("\"development\"", "\"elsewhere\""),
        ] {
            let spoilt = text.replacing(old, with: new)
            #expect(spoilt != text, "\(old)")
            let error = #expect(throws: PlanError.self, "\(new)") { try Contract(Array(spoilt.utf8), at: "contract.json") }
            #expect(error?.control == .handoverSigned)
        }
    }

    @Test func `no byte of a contract, its evidence or a challenge makes the reader fall over`() throws {
        let bench = try HandoverBench.shared.get()
        let contract = try bench.read().contract.bytes
        let challenge = Challenge(at: .now(), life: try #require(CalendarDuration(1, .minutes))).bytes
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            var spoilt = contract
            switch Int.random(in: 0..<3, using: &random) {
            case 0: spoilt[Int.random(in: spoilt.indices, using: &random)] = .random(in: 0 ... 255, using: &random)
            case 1: spoilt.removeSubrange(Int.random(in: spoilt.indices, using: &random)...)
            default:
                let digits = spoilt.indices.filter { (0x30...0x39).contains(spoilt[$0]) }
                for _ in 0..<3 { if let place = digits.randomElement(using: &random) { spoilt[place] = 0x39 } }
            }
            // What reads, reads back as it was.
            if let read = try? Contract(spoilt, at: "contract.json") { #expect(read.bytes == spoilt) }
        }
        for index in challenge.indices {
            var spoilt = challenge
            spoilt[index] ^= 0x11
            _ = try? Challenge(file: spoilt)
        }
    }

    @Test func `who is no operator, has no seat or is not on record signs no contract`() throws {
        let bench = try HandoverBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        func refusal(_ key: SoftwareSSHKey?) throws -> PlanError? {
            do {
                try HandoverBench.pack(bench.authorityPath, bench.root, by: key, to: "\(folder.path)/h")
                return nil
            } catch {
                return error as? PlanError
            }
        }
        let stranger = try #require(try refusal(try SoftwareSSHKey.ed25519(comment: "x")))
        #expect(stranger.control == .handoverSigned && stranger.reason.contains("is no operator's"))
        // dee is an engineer, and intermediates need officers and witnesses.
        let dee = try #require(try refusal(bench.operators["dee"]))
        #expect(dee.control == .handoverSigned && dee.reason.contains("Dee has no seat"))
        let ledger = try LedgerReader.read("\(bench.authorityPath)/ledger.jsonl")
        let approved = Set(ledger.events.filter { $0.event == "approval" }.compactMap { $0.fields["operator"]?.string })
        let absent = try #require(["bo", "cy"].first { !approved.contains($0) })
        let late = try #require(try refusal(bench.operators[absent]))
        #expect(late.control == .handoverSigned && late.reason.contains("the record has no approval by"))
        #expect(try Files.list(folder.path).isEmpty)
        for name in approved.sorted() {
            try HandoverBench.pack(bench.authorityPath, bench.root, by: bench.operators[name], to: "\(folder.path)/\(name)")
            #expect(try bench.read("\(folder.path)/\(name)").contract.signer.operator == name)
        }
    }

    @Test func `several profiles for devices are told apart by name`() throws {
        let bench = try HandoverBench.shared.get()
        let verified = try VerifiedAuthority(AuthorityDirectory(bench.authorityPath), root: bench.root)
        let error = #expect(throws: PlanError.self) {
            try HandoverMaking(verified, intermediate: HandoverBench.intermediate, profile: "devices", at: .now())
        }
        #expect(error?.control == .profile && error?.advice?.contains("did you mean device?") == true)
        #expect(throws: Never.self) {
            _ = try HandoverMaking(verified, intermediate: HandoverBench.intermediate, profile: "device", at: .now())
        }
        #expect(throws: PlanError.self) { try HandoverMaking(verified, intermediate: "G1", profile: nil, at: .now()) }
    }

    @Test func `a handover whose CRL is over is not in force, and nobody hands over what has expired`() throws {
        let bench = try HandoverBench.shared.get()
        let later = try #require(Timestamp.now().adding(seconds: 91 * 86_400))
        let handover = try bench.read(at: later)
        let error = #expect(throws: PlanError.self) { try handover.checkCurrent(at: later) }
        #expect(error?.control == .handoverCurrent && error?.reason.contains("is over since") == true)
        let end = try #require(CalendarDuration(6, .years).flatMap { Timestamp.now().adding($0) })
        let expired = #expect(throws: PlanError.self) { try bench.read(at: end) }
        #expect(expired?.control == .handoverCurrent)
        let folder = try TemporaryFolder.inMemory
        let making = #expect(throws: PlanError.self) {
            try HandoverBench.pack(bench.authorityPath, bench.root, by: bench.operators["ana"], to: "\(folder.path)/h", at: end)
        }
        #expect(making?.control == .handoverCurrent)
    }

    @Test func `an intermediate that was revoked is handed over no more, and its devices are refused with the new CRL`() throws {
        let workshop = try Workshop(HandoverBench.policy)
        let year = Timestamp.now().year
        workshop.inputs["f.csr"] = try TestRequest.make()
        workshop.inputs["p1.csr"] = try TestRequest.make()
        try workshop.hold(
            Operations.root + Operations.factory("shenzhen-2", year, csr: "f.csr") + Operations.product("p1") + Operations.bundle)
        let root = try #require(try workshop.state()?.roots.first?.fingerprint)
        let ana = workshop.rehearsal.operators["ana"]
        let folder = try TemporaryFolder.inMemory
        func pack(_ name: String, _ intermediate: String = HandoverBench.intermediate) throws -> Handover {
            let time = try #require(try workshop.state()?.lists["G1"]?.last?.planned.thisUpdate)
            let now = max(time, .now())
            try HandoverBench.pack(
                workshop.directory.path, root, by: ana, to: "\(folder.path)/\(name)", intermediate: intermediate, at: now)
            let handover = try Handover(folder: "\(folder.path)/\(name)", root: root, at: now)
            try handover.checkCurrent(at: now)
            return handover
        }
        let before = try pack("before")
        // The profile's policies need a factory, and this intermediate is for none.
        let open = #expect(throws: PlanError.self) { try pack("product", "product-p1") }
        #expect(open?.control == .profile && open?.reason.contains("{factory-number}") == true)
        let revoke = """
              - operation: revoke
                profile: factory
                scope: {factory: shenzhen-2, year: \(year)}
                reason: keyCompromise

            """
        try workshop.hold(revoke + Operations.crl + Operations.bundle)
        let error = #expect(throws: PlanError.self) { try pack("after") }
        #expect(error?.control == .handoverCurrent && error?.reason.contains("revoked") == true)

        let time = max(try #require(try workshop.state()?.lists["G1"]?.last?.planned.thisUpdate), .now())
        let list = try CertificateList(derEncoded: Files.read("\(workshop.directory.path)/crls/G1-000002.crl"))
        var verification = DeviceVerification(chain: [before.chain[0]], root: root, time: time)
        verification.handover = .success(before)
        // The intermediate in the place of a device: what is above it is the root alone.
        verification.lists = [list]
        let own = try #require(verification.results().first { $0.check == .ownRevocation })
        #expect(own.verdict == .failed && own.sentence.contains("is revoked since"), "\(own.sentence)")
    }
}

enum XMLDocumentCheck {
    /// Whether a text is well-formed XML.
    static func isWellFormed(_ text: String) throws -> Bool {
        let folder = try TemporaryFolder.inMemory
        try Files.write(Array(text.utf8), to: "\(folder.path)/page.xml")
        let outcome = try Program.run(
            "/usr/bin/python3", ["-c", "import sys,xml.dom.minidom as m; m.parse(sys.argv[1])", "\(folder.path)/page.xml"])
        return outcome.status == 0
    }
}
