import Foundation
import Testing

/// What leaves an authority, or stands beside it, as `anchorite show` tells of it.
@Suite("anchorite show, beyond the record")
struct ShowOutsideTests {
    private func show(_ arguments: String...) async throws -> BuiltCommand.Outcome {
        try await BuiltCommand.run(["show"] + arguments)
    }

    private func expect(_ sentences: [String], in outcome: BuiltCommand.Outcome) {
        #expect(outcome.code == 0, "\(outcome.talk)")
        let words = outcome.output.replacing(#/\s+/#, with: " ")
        for sentence in sentences { #expect(words.contains(sentence), "missing: \(sentence) in \(outcome.output)") }
    }

    @Test func `a drill says what is rehearsed, who takes how long, and which commands it runs`() async throws {
        let path = Repository.path("Ceremonies/drill-factory-compromise.yaml")
        expect(
            [
                "Drill file: The HSM of a factory is missing", "factory shenzhen-2, year 2027: keyCompromise, perhaps since 16h",
                "erik after 3h", "approved 8h", "openssl: sh -c curl -fsS", "It touches nothing real",
            ], in: try await show(path))
        let json = try await show(path, "--json")
        #expect(json.json?["file"] as? String == "drill")
        #expect((json.json?["targets"] as? [String: String])?["total"] == "12h")
    }

    @Test func `a sealed package says what it revokes and who opens it, and nothing of its box`() async throws {
        let scratch = try ReadScratch()
        let made = try await BuiltCommand.run(
            "rehearse", "--brief", "--folder", "\(scratch.path)/held", Repository.path("Ceremonies/first-year.yaml"),
            Repository.path("Ceremonies/prepare-break-glass.yaml"))
        try #require(made.code == 0, "\(made.talk)")
        let authority = "\(scratch.path)/held/authority"
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "\(authority)/break-glass").sorted().first { $0.hasSuffix(".sealed") })
        let path = "\(authority)/break-glass/\(name)"
        expect(
            [
                "Sealed break-glass package \(name.dropLast(7)) of acme-devices (development)", "1 of incident-responder: ",
                "1 of security-officer: ", "octets, which only the shares open", "yes: it is the file that the ledger names",
            ], in: try await show(path))
        let json = try await show(path, "--json")
        #expect(json.json?["recorded"] as? Bool == true && json.json?["can-be-opened"] as? Bool == true)
        #expect((json.json?["certificates"] as? [[String: Any]])?.count == 1)

        // Away from its authority nothing is known of that; and a box of other bytes looks the same.
        let alone = try await show(try scratch.write("alone.sealed", contents(path)))
        expect(["not known: name the authority"], in: alone)
        var bytes = try contents(path)
        bytes[bytes.count - 20] ^= 1
        let changed = try scratch.write("changed.sealed", bytes)
        #expect(try await show(changed).output == alone.output)
        let compared = try await show(changed, "--authority", authority)
        #expect(compared.code == 1 && compared.output.contains("NO: BREAK-GLASS-OPENED"), "\(compared.output)")
        let other = try await show(path, "--authority", "\(try await ReadFolder.shared.path())/authority")
        #expect(other.code == 1 && other.output.contains("has no package"))
        let cut = try await show(try scratch.write("cut.sealed", Array(bytes.prefix(300))))
        #expect(cut.code == 1 && cut.output.isEmpty && cut.talk.contains("BREAK-GLASS-SEALED"))
    }

    @Test func `a publication's manifest says what there should be`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let root = SHA256Digest.hex(try contents("\(folder)/authority/certificates/G1.cer"))
        let published = try await BuiltCommand.run("publish", "\(folder)/authority", "\(scratch.path)/pki", "--root", root)
        try #require(published.code == 0, "\(published.talk)")
        let path = "\(scratch.path)/pki/current/manifest.json"
        expect(
            [
                "Manifest of a publication of acme-devices (development)", "up to ceremony 2", "G1 number 2, until",
                "factory-tallinn-2027, intermediate, until", "It is not signed",
            ], in: try await show(path))
        #expect(try await show(path, "--json").json?["file"] as? String == "publication")
        let text = String(decoding: try contents(path), as: UTF8.self)
        let odd = try await show(try scratch.write("odd.json", Array(text.replacing("\"issuers\":", with: "\"issuer\":").utf8)))
        #expect(odd.code != 0 && odd.output.isEmpty && odd.talk.contains("is not a manifest"))
    }

    @Test func `the files of a handover say what they are, and a contract whether it is signed`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let root = SHA256Digest.hex(try contents("\(folder)/authority/certificates/G1.cer"))
        let place = "\(scratch.path)/tallinn"
        let packed = try await BuiltCommand.run(
            "handover", "--authority", "\(folder)/authority", "--root", root, "--key", "\(folder)/operators/ingrid", "--factory",
            "tallinn", "--profile", "sample-device", "--to", place)
        try #require(packed.code == 0, "\(packed.talk)")
        expect(
            [
                "Contract of acme-devices (development) with a factory", "factory tallinn", "profile sample-device",
                "keyUsage critical: digitalSignature", "Ingrid Solberg (ingrid)", "signed by the key that it names",
            ], in: try await show("\(place)/contract.json"))
        expect(["Manifest of a handover of acme-devices", "evidence/approval.json"], in: try await show("\(place)/manifest.json"))
        expect(["Evidence of a handover: one line of the ledger", "\"operator\":\"ingrid\""], in: try await show("\(place)/evidence/approval.json"))
        let challenge = try await BuiltCommand.run("device", "challenge", "--output", "\(scratch.path)/challenge.json")
        try #require(challenge.code == 0)
        expect(["Challenge for a device", "good until"], in: try await show("\(scratch.path)/challenge.json"))

        let text = String(decoding: try contents("\(place)/contract.json"), as: UTF8.self)
        try Data(text.replacing("\"authority\":\"acme-devices\"", with: "\"authority\":\"acme-device\"").utf8)
            .write(to: URL(filePath: "\(place)/contract.json"))
        let forged = try await show("\(place)/contract.json", "--json")
        #expect(forged.code == 1 && forged.json?["signed"] as? Bool == false)
        let alone = try await show(try scratch.write("contract.json", Array(text.utf8)))
        expect(["not known: there is no contract.json.sig beside it"], in: alone)
    }

    @Test func `a file that is none of ours is told what it is not, and a private key is not shown`() async throws {
        let scratch = try ReadScratch()
        for (text, core) in [
            ("{\"anchorite\":\"recipe/9\"}", "of the form \"recipe/9\", which this program does not read"),
            ("anchorite: recipe/9\n", "of the form \"recipe/9\""),
            ("-----BEGIN CAT-----\n", "PEM of the kind \"CAT\""),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n", "a private key, of which nothing is shown"),
            ("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n", "a private key, of which nothing is shown"), ("hello\n", "nothing that this program knows"),
        ] {
            let shown = try await show(try scratch.write("file", Array(text.utf8)))
            #expect(shown.code == 65 && shown.output.isEmpty)
            #expect(shown.talk.contains(core) && !shown.talk.contains("c2VjcmV0"), "\(shown.talk)")
            #expect(shown.talk.contains("It is none of these: plan, policy, "), "\(shown.talk)")
        }
    }
}
