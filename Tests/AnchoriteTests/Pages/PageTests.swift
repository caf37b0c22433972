import Foundation
import Groundwork
import Ledger
import Testing

/// Script and report as files: well-formed, complete in themselves, the same each time, and deaf to hostile names.
struct PageTests {
    @Test(arguments: ["script", "report"])
    func `a page is well-formed, and its links lead somewhere`(name: String) async throws {
        let text = try await PageFolder.shared.text(name)
        #expect(try await Markup.complaints(text) == "")
        let anchors = Markup.anchors(text)
        #expect(Set(anchors).count == anchors.count, "a name is given twice")
        #expect(Markup.targets(text).subtracting(anchors).isEmpty)
    }

    @Test(arguments: ["script", "report"])
    func `a page needs nothing but itself`(name: String) async throws {
        let text = try await PageFolder.shared.text(name)
        for forbidden in ["<script", "<link", "<img", "<iframe", "@import", "url(", " src="] {
            #expect(!text.contains(forbidden), "\(forbidden)")
        }
        #expect(text.firstMatch(of: /<[a-z0-9]+[^>]* on[a-z]+=/) == nil)
        #expect(text.firstMatch(of: /href="[^#]/) == nil)
    }

    @Test func `the same plan and the same record give the same pages`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let root = SHA256Digest.hex(try contents("\(folder)/authority/certificates/G1.cer"))
        _ = try await BuiltCommand.run("script", "\(folder)/plans/1/plan.json", "--output", "\(scratch.path)/s.html")
        _ = try await BuiltCommand.run("report", "\(folder)/authority", "--root", root, "--output", "\(scratch.path)/r.html")
        #expect(try contents("\(scratch.path)/s.html") == contents(try await PageFolder.shared.file("script")))
        #expect(try contents("\(scratch.path)/r.html") == contents(try await PageFolder.shared.file("report")))
    }

    @Test func `a page that exists is not overwritten`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let page = try scratch.write("page.html", Array("mine".utf8))
        #expect(try await BuiltCommand.run("script", "\(folder)/plans/1/plan.json", "--output", page).code == 73)
        #expect(try await BuiltCommand.run("report", "\(folder)/authority", "--output", page).code == 73)
        #expect(try contents(page) == Array("mine".utf8))
    }

    @Test func `a ceremony that is not there is told, and nothing is written`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let page = "\(scratch.path)/report.html"
        let outcome = try await BuiltCommand.run("report", "\(folder)/authority", "--ceremony", "7", "--output", page)
        #expect(outcome.code == 64)
        #expect(outcome.talk == "anchorite: There is no ceremony 7 in \(folder)/authority. It has 2 ceremonies.\n")
        #expect(!FileManager.default.fileExists(atPath: page))
    }

    @Test func `the report of one ceremony tells of no other`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let page = "\(scratch.path)/report.html"
        let outcome = try await BuiltCommand.run("report", "\(folder)/authority", "--ceremony", "1", "--output", page)
        #expect(outcome.code == 0)
        let text = String(decoding: try contents(page), as: UTF8.self)
        #expect(text.contains("id=\"ceremony-1\"") && !text.contains("id=\"ceremony-2\""))
        // The hierarchy, and the root at the head of each page, are those of its end.
        #expect(!text.contains("REVOKED"))
        let note = try String(contentsOfFile: "\(folder)/authority/checkpoints/0001.note", encoding: .utf8).split(separator: "\n")
        let root = try #require(Base64.decode(note[2]))
        #expect(text.contains("@top-right { content: \"\(Hex.encode(root))\"; }"))
        #expect(try await Markup.complaints(text) == "")
    }

    @Test func `the script holds the digest in hex and words, all persons and every step's fields`() async throws {
        let folder = try await ReadFolder.shared.path()
        let plan = try contents("\(folder)/plans/1/plan.json")
        let text = try await PageFolder.shared.text("script")
        let digest = Digest(of: plan)
        #expect(text.contains("@top-right { content: \"\(digest.hex)\"; }"))
        for word in digest.words { #expect(text.contains("<td>\(word)</td>")) }
        for name in ["Ingrid Solberg", "Mateus Carvalho", "Bo Lindqvist", "Tomas Novak", "Erik Brandt"] {
            #expect(text.contains(name))
        }
        let steps = text.matches(of: /id="step-([0-9]+)"/).compactMap { Int($0.1) }
        #expect(steps == Array(1...steps.count))
        #expect(text.matches(of: /initials, witness/).count == steps.count)
        for operation in 1...5 { #expect(text.contains("id=\"operation-\(operation)\"")) }
    }

    @Test func `the report holds every line, key, certificate and file of the record`() async throws {
        let folder = try await ReadFolder.shared.path()
        let text = try await PageFolder.shared.text("report")
        let ledger = try LedgerReader.read("\(folder)/authority/ledger.jsonl")
        for line in 1...ledger.count { #expect(text.contains("id=\"line-\(line)\"")) }
        #expect(text.contains(ledger.root.hex))
        for event in ledger.events {
            for digest in [event.fields["sha256"]?.string].compactMap(\.self) where event.event == "intent" {
                #expect(text.contains(digest) || event.fields["object"]?.string == "generate-key", "line \(event.line)")
            }
            if event.event == "key-generated", let spki = event.fields["spki"]?.string.flatMap({ Base64.decode($0) }) {
                #expect(text.contains(Digest(of: spki).hex))
            }
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/authority/certificates")
        where name.hasSuffix(".cer") {
            #expect(text.contains(SHA256Digest.hex(try contents("\(folder)/authority/certificates/\(name)"))), "\(name)")
        }
        #expect(text.contains("Everything holds: \(ledger.count) lines"))
    }

    @Test func `an event that is not known, and a record that does not hold, are told`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let authority = try scratch.copy("\(folder)/authority", as: "authority")
        let writer = try LedgerWriter.open("\(authority)/ledger.jsonl")
        let person: JSONValue = "<i>Mallory</i>"
        _ = try writer.append(
            [
                ("ceremony-suspended", ["ceremony": 2, "by": person, "reason": "</td><b>lunch"]),
                ("deviation", ["by": person, "text": "a < b", "because": "&amp;", "files": []]),
                ("coffee-spilled", ["where": "<script>alert(1)</script>", "cups": 3]),
            ], time: .now())
        let page = "\(scratch.path)/report.html"
        let outcome = try await BuiltCommand.run("report", authority, "--output", page)
        #expect(outcome.code == 1)
        let text = String(decoding: try contents(page), as: UTF8.self)
        #expect(try await Markup.complaints(text) == "")
        #expect(text.contains("DOES NOT HOLD"))
        #expect(text.contains("coffee-spilled") && text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(text.contains("&lt;i&gt;Mallory&lt;/i&gt;") && text.contains("&lt;/td&gt;&lt;b&gt;lunch"))
        #expect(text.contains("a &lt; b") && text.contains("&amp;amp;"))
        #expect(!text.contains("<script") && !text.contains("<i>") && !text.contains("<b>"))
    }

    @Test func `rejections, shares, logins by shares, witnesses and breaks have their parts`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let authority = try scratch.copy("\(folder)/authority", as: "authority")
        let digest = String(repeating: "ab", count: 32)
        let custody = #"""
            {"anchorite":"custody/1","groups":[{"members":[{"commitment":"\#(digest)","custodians":["bo","leila"]}],"role":"witness","threshold":1}],"pin-length":16,"serial":"17","set":4711,"token":"vault"}
            """#
        try FileManager.default.createDirectory(atPath: "\(authority)/custody", withIntermediateDirectories: false)
        _ = try scratch.write("authority/custody/vault-0001.json", Array(custody.utf8))
        let file: JSONValue = ["path": "custody/vault-0001.json", "sha256": .string(digest)]
        let writer = try LedgerWriter.open("\(authority)/ledger.jsonl")
        _ = try writer.append(
            [
                (
                    "rejection",
                    [
                        "ceremony": 3, "operator": "ingrid", "key": "SHA256:x", "plan": .string(digest),
                        "because": "the window is too long", "file": file,
                    ]
                ),
                ("custody", ["token": "vault", "serial": "17", "set": 4711, "file": file]),
                (
                    "login",
                    [
                        "token": "vault", "label": "l", "serial": "17", "manufacturer": "Maker", "model": "Model 5",
                        "firmware": "3.2", "method": "shares", "custodians": ["bo", "mateus"], "set": 4711,
                        "attestation": "two cards were shown",
                    ]
                ),
                ("witnessed", ["ceremony": 2, "operator": "erik", "key": "SHA256:y", "file": file]),
                ("ceremony-suspended", ["ceremony": 3, "by": "yuki", "reason": "fire alarm"]),
            ], time: .now())
        let page = "\(scratch.path)/report.html"
        #expect(try await BuiltCommand.run("report", authority, "--output", page).code == 1)
        let text = String(decoding: try contents(page), as: UTF8.self)
        #expect(try await Markup.complaints(text) == "")
        func part(_ name: String) throws -> Substring {
            let start = try #require(text.range(of: "<section id=\"\(name)\""))
            let rest = text[start.lowerBound...]
            return rest[..<(rest.range(of: "</section>")?.lowerBound ?? rest.endIndex)]
        }
        #expect(try part("ceremony-none-rejections").contains("the window is too long"))
        #expect(try part("ceremony-none-breaks").contains("fire alarm"))
        let shares = try part("ceremony-none-custody")
        for words in ["4711", "witness", "1 of 1", "Bo Lindqvist and Leila Haddad"] { #expect(shares.contains(words), "\(words)") }
        let logins = try part("ceremony-none-logins")
        for words in ["Maker, Model 5, firmware 3.2", "Bo Lindqvist and Mateus Carvalho", "two cards were shown", "4711"] {
            #expect(logins.contains(words), "\(words)")
        }
        #expect(try part("ceremony-2-closing").contains("Erik Brandt"))
        #expect(!text.contains("Other events"))
    }

    @Test func `hostile names in policy and ceremony stay text`() async throws {
        let scratch = try ReadScratch()
        let hostile = "</title></style><script>alert('x')</script>&quot;"
        let policy = try String(contentsOfFile: Repository.path("Policies/minimal.yaml"), encoding: .utf8)
            .replacing(/\n    name: [^\n]*/) { _ in "\n    name: \"\(hostile)\"" }
        #expect(policy.contains(hostile))
        _ = try scratch.write("policy.yaml", Array(policy.utf8))
        let ceremony = """
            anchorite: ceremony/1
            title: "\(hostile) } @page {"
            purpose: "\(hostile)"
            authority: example
            environment: development
            policy: policy.yaml
            operations:
              - {operation: create-root, name: G1, profile: root, token: desk}

            """
        let file = try scratch.write("hostile.yaml", Array(ceremony.utf8))
        let planned = try await BuiltCommand.run(
            "plan", file, "--authority", "\(scratch.path)/none", "--output", "\(scratch.path)/plan")
        try #require(planned.code == 0, Comment(rawValue: planned.talk))
        let page = "\(scratch.path)/script.html"
        let outcome = try await BuiltCommand.run("script", "\(scratch.path)/plan/plan.json", "--output", page)
        #expect(outcome.code == 0, Comment(rawValue: outcome.talk))
        let text = String(decoding: try contents(page), as: UTF8.self)
        #expect(try await Markup.complaints(text) == "")
        #expect(!text.contains("<script"))
        #expect(text.matches(of: /<\/style>/).count == 1 && text.matches(of: /<\/title>/).count >= 1)
        #expect(text.contains("alert(&#39;x&#39;)"))
        // In the sheet's own language the same text is written by numbers.
        #expect(text.contains("\\3c script\\3e "))
    }
}
