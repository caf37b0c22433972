import Authority
import Crypto
import Foundation
import Groundwork
import Ledger
import PKIX
import Testing

@testable import Handover

@Suite struct PatternTests {
    private func matches(
        _ parts: [TemplatePart], _ text: String, known: [String: String] = [:], allowed: [String: [String]] = [:]
    ) -> [[String: String]] {
        Pattern(parts).matches(text, known: known) { field, value in
            allowed[field].map { $0.contains(value) } ?? (!value.isEmpty && value.utf8.count <= 64)
        }
    }

    @Test func `a text has the form of a pattern, and says what the fields are`() {
        #expect(matches([.text("Unit "), .field("device")], "Unit 7") == [["device": "7"]])
        #expect(matches([.text("Unit "), .field("device")], "Unit ").isEmpty)
        #expect(matches([.text("Unit "), .field("device")], "unit 7").isEmpty)
        #expect(matches([.text("Unit")], "Unit") == [[:]])
        #expect(matches([.text("Unit")], "Unit 7").isEmpty)
        #expect(matches([.field("device"), .text(" of Acme")], "7 of Acme") == [["device": "7"]])
    }

    @Test func `a field says the same wherever it comes`() {
        let parts: [TemplatePart] = [.field("device"), .text("/"), .field("device")]
        #expect(matches(parts, "ab/ab") == [["device": "ab"]])
        #expect(matches(parts, "ab/ac").isEmpty)
        #expect(matches([.field("device")], "7", known: ["device": "7"]) == [["device": "7"]])
        #expect(matches([.field("device")], "8", known: ["device": "7"]).isEmpty)
    }

    @Test func `fields beside each other are told apart by what they may be, and every reading is followed`() {
        let parts: [TemplatePart] = [.text("Acme "), .field("product"), .text(" "), .field("device")]
        #expect(
            matches(parts, "Acme 8000 00 1", allowed: ["product": ["8000", "8001"]]) == [["product": "8000", "device": "00 1"]])
        #expect(matches(parts, "Acme 9000 1", allowed: ["product": ["8000"]]).isEmpty)
        #expect(matches([.field("a"), .field("b")], "xy") == [["a": "x", "b": "y"]])
        #expect(matches([.field("a"), .text("-"), .field("b")], "1-2-3") == [["a": "1", "b": "2-3"], ["a": "1-2", "b": "3"]])
        // Hostile texts cost little.
        let hostile = String(repeating: "a-", count: 400)
        #expect(matches([.field("a"), .text("-"), .field("b"), .text("-"), .field("c"), .text("!")], hostile).isEmpty)
        #expect(matches([.field("a")], String(repeating: "a", count: 2000)).isEmpty)
    }
}

/// Terms that the policy of the bench does not have, compared with devices of openssl's making.
@Suite struct TermTests {
    private func judge(
        _ wish: HandoverBench.DeviceWish = HandoverBench.DeviceWish(), _ change: (inout Contract) -> Void
    ) throws -> [DeviceCheck: Finding] {
        let bench = try HandoverBench.shared.get()
        let handover = try bench.read()
        var contract = handover.contract
        change(&contract)
        // What is changed reads back as it was written.
        #expect(try Contract(contract.bytes, at: "contract") == contract)
        let checks = TermChecks(
            device: try bench.device(wish).certificate(), issuer: handover.chain[0], contract: contract, time: .now())
        return Dictionary(uniqueKeysWithValues: checks.findings)
    }

    private func expect(_ finding: Finding?, failing words: String? = nil) {
        switch finding {
        case .ok(let text): #expect(words == nil, "\(text)")
        case .failed(let text): #expect(words.map { text.contains($0) } == true, "\(text)")
        case .skipped, nil: Issue.record("not looked at")
        }
    }

    @Test func `devices begin when the factory signs`() throws {
        let now = Timestamp.now()
        func window(_ from: Int64, _ until: Int64) throws -> DeviceTerms.Window {
            DeviceTerms.Window(
                from: try #require(now.adding(seconds: from)), until: try #require(now.adding(seconds: until)))
        }
        let (open, early, late) = (try window(-3600, 3600), try window(3600, 7200), try window(-7200, -3600))
        expect(try judge { $0.device.issuing = open }[.term])
        expect(try judge { $0.device.issuing = early }[.term], failing: "and the factory signs from")
        expect(try judge { $0.device.issuing = late }[.term], failing: "and the factory signs from")
        expect(try judge { $0.device.issuing = nil }[.term])
    }

    @Test func `no device outlives what stands above it`() throws {
        let soon = try #require(Timestamp.now().adding(seconds: 86_400))
        expect(try judge { $0.chain[0].notAfter = soon }[.term], failing: "longer than factory-shenzhen-2")
        expect(try judge { $0.chain[1].notAfter = soon }[.term], failing: "longer than G1")
    }

    @Test func `a hardware module is named once, as the contract has it, for the same device`() throws {
        let module = DeviceTerms.HardwareModule(type: "1.3.6.1.4.1.32473.5.1", serial: Pattern([.text("SN-"), .field("device")]))
        func wish(_ serial: String, _ type: String = "1.3.6.1.4.1.32473.5.1") -> HandoverBench.DeviceWish {
            var wish = HandoverBench.DeviceWish()
            // A section of the file beside the device's.
            wish.extensions["subjectAltName"] = "otherName:1.3.6.1.5.5.7.8.4;SEQUENCE:hmn\n[hmn]\ntype = OID:\(type)\n"
                + "serial = FORMAT:ASCII,OCT:\(serial)\n[rest]"
            return wish
        }
        expect(try judge(wish("SN-0001")) { $0.device.hardwareModule = module }[.identity])
        expect(try judge(wish("SN-0002")) { $0.device.hardwareModule = module }[.identity], failing: "serial number is \"SN-0002\"")
        expect(
            try judge(wish("SN-0001", "1.3.6.1.4.1.32473.5.2")) { $0.device.hardwareModule = module }[.identity],
            failing: "is not the HardwareModuleName")
        expect(try judge { $0.device.hardwareModule = module }[.identity], failing: "is not the HardwareModuleName")
    }

    @Test func `addresses of the issuer's certificate are those of the contract`() throws {
        var wish = HandoverBench.DeviceWish()
        wish.extensions["authorityInfoAccess"] = "caIssuers;URI:http://pki.test.example/ca.cer"
        expect(try judge(wish) { _ in }[.extensions], failing: "caIssuers: the contract wants none")
        expect(try judge(wish) { $0.device.authorityInformationAccess = ["http://pki.test.example/ca.cer"] }[.extensions])
        wish.extensions["authorityInfoAccess"]? += ",OCSP;URI:http://ocsp.test.example"
        expect(
            try judge(wish) { $0.device.authorityInformationAccess = ["http://pki.test.example/ca.cer"] }[.extensions],
            failing: "more than the contract's addresses")
    }

    @Test func `a field with listed values has one of them`() throws {
        func listed(_ values: [String]) -> (inout Contract) -> Void {
            { $0.device.fields = [DeviceTerms.OpenField(name: "device", kind: .text, allowed: values)] }
        }
        expect(try judge(HandoverBench.DeviceWish(), listed(["0001", "0002"]))[.identity])
        expect(try judge(HandoverBench.DeviceWish(), listed(["0002"]))[.identity], failing: "the contract wants")
    }
}

/// A factory under a root that took the place of another: the record key's certificate is the first root's.
@Suite struct RolloverHandoverTests {
    @Test func `a signer is known under the next root, through the certificate that it gave the one before`() throws {
        let authority = try RolloverRunTests.replaced.get()
        let state = authority.state
        let folder = try TemporaryFolder.inMemory
        for (root, product) in [("G1", "product-p1"), ("G2", "product-p2")] {
            let fingerprint = try #require(state.certificates[root]?.fingerprint)
            let time = max(.now(), try #require(state.lists[root]?.last?.planned.thisUpdate))
            let path = "\(folder.path)/\(root)"
            let ledger = try LedgerReader.read("\(authority.path)/ledger.jsonl")
            let approver = ledger.events.last { $0.event == "approval" && $0.fields["operator"] != "dee" }
            let signer = try #require(approver?.fields["operator"]?.string)
            try HandoverBench.pack(
                authority.path, fingerprint, by: authority.operators[signer], to: path, intermediate: product, at: time)
            let handover = try Handover(folder: path, root: fingerprint, at: time)
            #expect(handover.contract.signer.operator == signer)
            // No bundle was published since, so there is one that the first root's devices can verify, and none for the next.
            #expect((handover.bundle != nil) == (root == "G1"))
            let record = try PEM.decodeAll(Files.read("\(path)/evidence/record.pem"))
            #expect(record.count == (root == "G1" ? 1 : 2))
            // Under the other root nothing of it holds.
            let other = try #require(state.certificates[root == "G1" ? "G2" : "G1"]?.fingerprint)
            let error = #expect(throws: PlanError.self) { try Handover(folder: path, root: other, at: time) }
            #expect(error?.control == .rootFingerprint)
        }
    }
}
