import Authority
import Groundwork
import Ledger
import PKIX
import Publication
import SecretSharing
import Testing

/// Revocations that are signed before they are needed.
@Suite struct BreakGlassRunTests {
    @Test func `packages are prepared for each choice, with numbers that nothing else gets`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let state = try room.state()
        #expect(state.packages.map(\.planned.package) == ["G1-2", "G1-3", "G1-4"])
        #expect(state.packages.map(\.planned.certificates) == [["product-p1"], ["product-p2"], ["product-p1", "product-p2"]])
        #expect(state.packages.map(\.planned.bundle.sequence) == [2, 3, 4])
        #expect(state.packages.allSatisfy { $0.sealed != nil })
        // Nothing is revoked, and CRL and bundle are those of the ceremony.
        #expect(state.revoked(by: "G1").isEmpty)
        #expect(state.lists["G1"]?.map(\.planned.number) == [1])
        #expect(state.bundles.map(\.planned.sequence) == [1])
        try room.workshop.expectVerifies()
        // The next ceremony goes on above the packages.
        try room.hold(Operations.crl + Operations.bundle)
        let later = try room.state()
        #expect(later.lists["G1"]?.map(\.planned.number) == [1, 5])
        #expect(later.bundles.map(\.planned.sequence) == [1, 5])
        try room.workshop.expectVerifies()
    }

    @Test func `no signature of a package is in any file but the sealed one, and there only in its box`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let before = try room.workshop.everything()
        let outcome = try room.open("G1-2")
        let opened = try JSONValue(canonical: try Files.read(room.directory.absolute(outcome.opening.path)))
        let signatures = try #require(opened.object?["signatures"]?.array?.compactMap { $0.object?["signature"]?.string })
        #expect(signatures.count == 2)
        for text in signatures {
            let bytes = try #require(Base64.decode(text))
            // The integers r and s, too, whatever stands around them.
            let needles = [Array(text.utf8), bytes, Array(Hex.encode(bytes).utf8), Array(bytes.dropFirst(5).prefix(30))]
            for (path, content) in before {
                for needle in needles { #expect(!Self.contains(content, needle), "\(path) holds a signature") }
            }
        }
        let ledger = try room.workshop.ledger()
        #expect(ledger.count { $0.event == "sealed" } == 6)
        #expect(ledger.count { $0.event == "break-glass-sealed" } == 3)
    }

    private static func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        guard let first = needle.first, bytes.count >= needle.count else { return false }
        return bytes.indices.dropLast(needle.count - 1).contains { start in
            bytes[start] == first && bytes[start..<start + needle.count].elementsEqual(needle)
        }
    }

    // MARK: Opening

    @Test func `a package opens with every choice of enough responders, and with no fewer`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let ana = try room.desk.share(of: "G1-2", "ana")
        let bo = try room.desk.share(of: "G1-2", "bo")
        let witness = try room.desk.share(of: "G1-2", "cy")
        let before = try room.workshop.everything()
        for few in [[], [ana], [ana, bo], [witness], [ana, witness], [bo, witness], [ana, ana, witness]] {
            #expect(throws: ResponderDesk.Closed.self) { try room.open("G1-2", few) }
        }
        #expect(try room.workshop.everything() == before)
        for order in [[ana, bo, witness], [witness, bo, ana], [bo, witness, ana]] {
            let copy = try room.folderCopy()
            room.desk.forget()
            room.desk.bring(order)
            let outcome = try BreakGlassOpener(copy.directory, package: "G1-2", at: try room.now()).run(room.desk)
            #expect(outcome.opening.responders == ["ana", "bo", "cy"])
        }
        try room.open("G1-2")
    }

    @Test func `shares of another package are refused one by one, and the right ones still open it`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let other = try room.desk.share(of: "G1-3", "ana")
        let outcome = try room.open("G1-2", [other] + room.enough(of: "G1-2"))
        #expect(outcome.planned.package == "G1-2")
        #expect(room.desk.refused == [.otherSet(token: "package G1-2", found: other.setName)])
        #expect("\(room.desk.refused[0])".contains("not of the package G1-2"))
    }

    @Test func `what was opened verifies, is published at once, and is entered by the next ceremony`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let copy = try room.folderCopy()
        let fingerprint = try #require(try room.state().roots.first?.fingerprint)
        let unknowing = try VerifiedAuthority(copy.directory, root: fingerprint)
        let target = "\(room.workshop.folder.path)/pki"
        _ = try Publisher(unknowing, Release(unknowing, at: try room.now()), to: DirectoryTarget(target)).publish()
        let outcome = try room.open("G1-2")
        #expect(outcome.paths.contains("crls/G1-000002.crl"))
        #expect(outcome.paths.contains("bundles/000002/bundle.cose"))
        let report = try room.workshop.verify()
        #expect(report.holds, "\(report.failures)")
        #expect(report.notices.contains { $0.contains("The package G1-2 was opened at") })

        let root = try #require(report.state?.roots.first?.fingerprint)
        let authority = try VerifiedAuthority(room.directory, root: root)
        let release = try Release(authority, at: try room.now())
        // A watch counts from the opening, not from the signature.
        let opened = release.manifest.issuers.flatMap(\.lists).compactMap(\.opened)
        #expect(opened.count == 1 && release.manifest.bundles.last?.opened == opened.first)
        #expect(try PublicationManifest(release.manifest.bytes, at: "manifest") == release.manifest)
        #expect(release.manifest.issuers.first { $0.name == "G1" }?.lists.last?.number == 2)
        #expect(release.manifest.bundles.last?.sequence == 2)
        #expect(release.files.contains { $0.path == "bundles/latest/bundle.cose" })
        #expect(try Publisher(authority, release, to: DirectoryTarget(target)).publish().kind == .published)
        // A copy that does not know of it is older now.
        expectRefusal(.publicationNewer, "CRL 2 of G1") {
            try Publisher(unknowing, Release(unknowing, at: try room.now()), to: DirectoryTarget(target)).publish()
        }

        // The next ceremony knows what is revoked, and goes on from there.
        try room.hold(Operations.crl + Operations.bundle)
        try room.workshop.expectVerifies()
        let state = try room.state()
        #expect(try room.pending().isEmpty)
        #expect(state.revoked(by: "G1").map(\.planned.name) == ["product-p1"])
        #expect(state.lists["G1"]?.map(\.planned.number) == [1, 2, 5])
        #expect(state.lists["G1"]?.last?.planned.entries == 1)
        #expect(state.bundles.map(\.planned.sequence) == [1, 2, 5])
        #expect(state.bundles.last?.planned.previous == state.bundles[1].payload)
        #expect(state.bundles.last?.planned.denied.count == 1)
        let event = try #require(try room.workshop.ledger().first { $0.event == "break-glass-opened" })
        #expect(event.fields["responders"] == ["ana", "bo", "cy"])
    }

    @Test func `a plan from before the opening is not run, and a plan from after it not without it`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let early = try room.workshop.plan(Operations.crl)
        try room.open("G1-3")
        expectRefusal(.planHead, "break-glass/G1-3.opened says that a package was opened, and the plan does not know of it") {
            try room.run(early)
        }
        let late = try room.workshop.plan(Operations.crl)
        let path = room.directory.absolute("break-glass/G1-3.opened")
        let bytes = try Files.read(path)
        try Files.remove(path)
        expectRefusal(.planHead, "the plan knows of an opened package that is not here") { try room.run(late) }
        try Files.write(bytes, to: path)
        try room.run(late)
        try room.workshop.expectVerifies()
    }

    @Test func `who has a copy with an opened package approves no plan that does not know of it`() throws {
        let room = try BreakGlassWorkshop.prepared()
        func require(_ plan: Plan, in copy: AuthorityDirectory) throws {
            let before = try #require(try AuthorityReading.state(of: copy, at: plan.head))
            try PlanReview.requireContinuity(plan, digest: plan.digest, before: before, in: copy)
        }
        let unopened = try room.folderCopy()
        let early = try room.workshop.plan(Operations.crl)
        try require(early, in: room.directory)
        try room.open("G1-3")
        expectRefusal(.planHead, "break-glass/G1-3.opened says that a package was opened") {
            try require(early, in: room.directory)
        }
        // A plan that knows of it brings what a copy without it needs.
        let late = try room.workshop.plan(Operations.crl)
        for copy in [room.directory, unopened.directory] { try require(late, in: copy) }
        // Its CRL takes nothing back: without the entry it is refused in either copy.
        guard case .certificateList(var list) = try #require(late.steps.first?.step) else { return }
        #expect(list.entries == 1)
        let (header, _) = try CertificateList.parseTBS(list.template.bytes)
        list.template = ObjectTemplate(bytes: try CertificateListWriter(header).finish().bytes)
        var forged = late
        forged.operations[0].steps = [.certificateList(list)]
        for copy in [room.directory, unopened.directory] {
            expectRefusal(.listContinuity, "it drops the serial number") { try require(forged, in: copy) }
        }
    }

    @Test func `the file that opened a package in another copy opens it here, without shares`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let copy = try room.folderCopy()
        room.desk.bring(try room.enough(of: "G1-2"))
        let outcome = try BreakGlassOpener(copy.directory, package: "G1-2", at: try room.now()).run(room.desk)
        try Files.write(try copy.read(outcome.opening.path), to: room.directory.absolute(outcome.opening.path))
        room.desk.forget()
        let here = try BreakGlassOpener(room.directory, package: "G1-2", at: try room.now()).run(room.desk)
        #expect(here.isResumed && here.opening == outcome.opening)
        for path in outcome.paths { #expect(try copy.read(path) == Files.read(room.directory.absolute(path))) }
    }

    @Test func `no ceremony builds on an opening that was cut off, and the same opening completes it`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let outcome = try room.open("G1-2")
        let plan = try room.workshop.plan(Operations.bundle)
        for path in outcome.paths.dropFirst() {
            let bytes = try Files.read(room.directory.absolute(path))
            try Files.remove(room.directory.absolute(path))
            expectRefusal(.breakGlassOpened, "the opening of the package G1-2 was cut off: \(path) is not there") {
                try room.run(plan)
            }
            let report = try room.workshop.verify()
            #expect(report.holds && report.notices.contains { $0.contains("run anchorite break-glass open G1-2 again") })
            #expect(try room.open("G1-2", []).isResumed)
            #expect(try Files.read(room.directory.absolute(path)) == bytes)
        }
        try room.run(plan)
        try room.workshop.expectVerifies()
    }

    @Test func `temporaries are explained where an opening was being written, and nowhere else`() throws {
        let room = try BreakGlassWorkshop.prepared()
        func failures(with path: String) throws -> [Control] {
            try Files.write([1], to: room.directory.absolute(path))
            defer { try? Files.remove(room.directory.absolute(path)) }
            return try room.workshop.verify().failures.map(\.control)
        }
        #expect(try failures(with: "break-glass/.anchorite-tmp-00") == [])
        #expect(try failures(with: "break-glass/other") == [.files])
        #expect(try failures(with: "crls/.anchorite-tmp-00") == [.files])
        try room.open("G1-2")
        #expect(try failures(with: "crls/.anchorite-tmp-00") == [])
        #expect(try failures(with: "bundles/000002/.anchorite-tmp-00") == [])
        #expect(try failures(with: "bundles/000001/.anchorite-tmp-00") == [.files])
        #expect(try failures(with: "certificates/.anchorite-tmp-00") == [.files])
    }

    @Test func `what happens while shares are typed stops the opening`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let opener = try BreakGlassOpener(room.directory, package: "G1-2", at: try room.now())
        let shares = try room.enough(of: "G1-2")
        do {
            let lock = try LedgerLock(room.directory.ledgerPath)
            defer { withExtendedLifetime(lock) {} }
            room.desk.bring(shares)
            #expect((#expect(throws: FileError.self) { try opener.run(room.desk) })?.kind == .busy)
        }
        try room.hold(Operations.crl)
        room.desk.forget()
        room.desk.bring(shares)
        expectRefusal(.breakGlassOpened, "while the shares of G1-2 were typed") { try opener.run(room.desk) }
        #expect(try !room.directory.list().contains("break-glass/G1-2.opened"))
    }

    // MARK: Defined ways on

    @Test func `after one package only one that revokes more can be opened`() throws {
        let room = try BreakGlassWorkshop.prepared()
        try room.open("G1-2")
        expectRefusal(.breakGlassOpened, "the package G1-3 would take back what G1-2 revoked, which was opened") {
            try room.open("G1-3")
        }
        expectRefusal(.breakGlassOpened, "the package G1-2 was opened at") { try room.requireOpenable("G1-2") }
        try room.open("G1-4")
        #expect(try room.pending().state.revoked(by: "G1").count == 2)
        try room.hold(Operations.crl + Operations.bundle)
        try room.workshop.expectVerifies()
        #expect(try room.state().lists["G1"]?.map(\.planned.number) == [1, 2, 4, 5])
        // Smaller ones are behind for good.
        expectRefusal(.breakGlassOpened, "the package G1-3 is retired: CRL 5 of G1 came after it was prepared") {
            try room.open("G1-3")
        }
    }

    @Test func `both at once are the package of the pair`() throws {
        let room = try BreakGlassWorkshop.prepared()
        try room.open("G1-4")
        expectRefusal(.breakGlassOpened, "would take back what G1-4 revoked") { try room.open("G1-2") }
        #expect(try room.pending().state.revoked(by: "G1").map(\.planned.name).sorted() == ["product-p1", "product-p2"])
    }

    @Test(arguments: [
        (Operations.crl, "is retired: CRL 5 of G1 came after it was prepared"),
        (Operations.bundle, "is retired: bundle 5 came after it was prepared"),
        (BreakGlassWorkshop.prepare, "was replaced by newer ones, such as G1-5"),
    ])
    func `a routine CRL, a bundle or newer packages retire the ones before`(_ operations: String, _ core: String) throws {
        let room = try BreakGlassWorkshop.prepared()
        try room.hold(operations)
        expectRefusal(.breakGlassOpened, "the package G1-2 \(core)") { try room.open("G1-2") }
        try room.workshop.expectVerifies()
    }

    @Test func `a package opens until it expires, and its numbers stay unused`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let expires = try #require(try room.state().package("G1-2")?.planned.expires)
        let late = try #require(expires.adding(seconds: 1))
        expectRefusal(.breakGlassOpened, "the package G1-2 expired at \(expires)") { try room.open("G1-2", at: late) }
        try room.open("G1-2", at: expires)
    }

    // MARK: Refusals

    @Test func `a package of another authority, or a changed one, is not opened`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let other = try BreakGlassWorkshop(
            BreakGlassWorkshop.policy.replacing("authority: test\n", with: "authority: others\n"))
        try other.hold(BreakGlassWorkshop.first + BreakGlassWorkshop.prepare)
        let path = room.directory.absolute("break-glass/G1-2.sealed")
        let good = try Files.read(path)
        try Files.write(try Files.read(other.directory.absolute("break-glass/G1-2.sealed")), to: path)
        expectRefusal(.breakGlassOpened, "is of the authority others (development), not of test") { try room.open("G1-2") }
        var bytes = good
        bytes[bytes.count - 20] ^= 1
        try Files.write(bytes, to: path)
        expectRefusal(.breakGlassOpened, "is not the file that the ledger names") { try room.open("G1-2") }
        #expect(try room.workshop.verify().failures.map(\.control) == [.breakGlassSealed])
        try Files.write(try Files.read(room.directory.absolute("break-glass/G1-3.sealed")), to: path)
        expectRefusal(.breakGlassOpened, "is the package G1-3, not G1-2") { try room.open("G1-2") }
        try Files.write(good, to: path)
        expectRefusal(.breakGlassOpened, "there is no package G1-9") { try room.open("G1-9", []) }
        try room.open("G1-2")
    }

    @Test func `status says what lacks a package, what expires, and what the ledger does not know`() throws {
        let room = try BreakGlassWorkshop.prepared()
        func due(at time: Timestamp) throws -> [DueItem] {
            let pending = try room.pending()
            return AuthorityStatus(
                pending.state, openCeremony: nil, at: time, notice: try #require(CalendarDuration("7d")),
                openings: pending.openings
            ).due.filter { $0.kind == .breakGlass }
        }
        let now = try room.now()
        #expect(try due(at: now).isEmpty)
        let end = try #require(try room.state().package("G1-2")?.planned.expires)
        #expect(try due(at: end.adding(seconds: -86_400) ?? end).first?.reason.hasPrefix("the break-glass packages of G1 expire on") == true)
        #expect(try due(at: end.adding(seconds: 1) ?? end).map(\.reason) == ["no break-glass package revokes product-p1, product-p2"])
        try room.open("G1-2")
        #expect(try due(at: now).contains { $0.reason.hasSuffix("and the ledger does not know of it") })
        try room.hold(Operations.crl + Operations.bundle)
        #expect(try due(at: room.now()).map(\.reason) == ["no break-glass package revokes product-p2"])
    }

    @Test func `an opening that was changed does not verify`() throws {
        let room = try BreakGlassWorkshop.prepared()
        let outcome = try room.open("G1-2")
        let path = room.directory.absolute("crls/G1-000002.crl")
        var bytes = try Files.read(path)
        let good = bytes
        bytes[bytes.count - 1] ^= 1
        try Files.write(bytes, to: path)
        #expect(try room.workshop.verify().failures.map(\.control) == [.breakGlassOpened])
        try Files.write(good, to: path)
        let opened = room.directory.absolute(outcome.opening.path)
        let text = String(decoding: try Files.read(opened), as: UTF8.self)
        try Files.write(Array(text.replacing("\"signature\":\"ME", with: "\"signature\":\"MF").utf8), to: opened)
        #expect(try room.workshop.verify().failures.contains { $0.control == .breakGlassOpened })
    }

    @Test func `without anybody to hand shares to nothing is begun`() throws {
        let room = try BreakGlassWorkshop()
        let plan = try room.workshop.plan(BreakGlassWorkshop.first + BreakGlassWorkshop.prepare)
        try room.workshop.expectRunRefused(.breakGlassSealed, "there is nobody to hand them to") {
            try room.workshop.run(plan, unlocker: DeskUnlocker(room.workshop.rehearsal.unlocker, nil))
        }
    }

    @Test func `packages that their own ceremony would retire are not planned, nor too many`() throws {
        let room = try BreakGlassWorkshop()
        let root = Operations.root + Operations.product("p1")
        for after in [Operations.bundle] {
            expectRefusal(.breakGlassPrepared, "the ceremony would retire its own package") {
                try room.workshop.plan(root + BreakGlassWorkshop.prepare + after)
            }
        }
        expectRefusal(.breakGlassPrepared, "no live intermediate is under G1") {
            try room.workshop.plan(Operations.root + BreakGlassWorkshop.prepare)
        }
        expectRefusal(.breakGlassPrepared, "prepares packages of G1 already") {
            try room.workshop.plan(root + BreakGlassWorkshop.prepare + BreakGlassWorkshop.prepare)
        }
        let narrow = try BreakGlassWorkshop(
            BreakGlassWorkshop.policy.replacing("combinations: 2\n", with: "combinations: 2\n  maximum-packages: 2\n"))
        expectRefusal(.limits, "2 intermediates give 3 packages of up to 2, and the policy allows 2") {
            try narrow.workshop.plan(BreakGlassWorkshop.first + BreakGlassWorkshop.prepare)
        }
        let long = try BreakGlassWorkshop(BreakGlassWorkshop.policy.replacing("valid: 60d", with: "valid: 91d"))
        expectRefusal(.breakGlassPrepared, "and its CRL would have ended on") {
            try long.workshop.plan(BreakGlassWorkshop.first + BreakGlassWorkshop.prepare)
        }
    }

    // MARK: Interruptions

    @Test func `a run that stops while shares are handed out goes on, and makes new ones`() throws {
        let room = try BreakGlassWorkshop()
        let plan = try room.workshop.plan(BreakGlassWorkshop.first + BreakGlassWorkshop.prepare)
        room.desk.handsOutAtMost = 5
        #expect(throws: ResponderDesk.Closed.self) { try room.run(plan) }
        #expect(try room.workshop.verify().holds)
        room.desk.handsOutAtMost = .max
        try room.run(plan)
        try room.workshop.expectVerifies()
        for package in ["G1-2", "G1-4"] { try room.open(package) }
    }

    @Test func `signatures that were sealed and lost in a crash are made again, and accounted for`() throws {
        let room = try BreakGlassWorkshop()
        let plan = try room.workshop.plan(BreakGlassWorkshop.first + BreakGlassWorkshop.prepare)
        room.desk.handsOutAtMost = 8
        #expect(throws: ResponderDesk.Closed.self) { try room.run(plan) }
        // As after a crash between the last signature of the second package and the package.
        let events = try room.workshop.ledger()
        let last = try #require(events.lastIndex { $0.event == "sealed" })
        for cut in [last, last - 1, last - 2, last - 3] {
            let copy = try room.folderCopy()
            let lines = String(decoding: try copy.read("ledger.jsonl"), as: UTF8.self).split(separator: "\n")
            try copy.write(Array(lines[...cut].map { $0 + "\n" }.joined().utf8), "ledger.jsonl")
            #expect(try Verifier.verify(copy.directory, root: nil).holds)
        }
        let lines = String(decoding: try Files.read(room.directory.ledgerPath), as: UTF8.self).split(separator: "\n")
        try Files.write(Array(lines[...last].map { $0 + "\n" }.joined().utf8), to: room.directory.ledgerPath)
        room.desk.handsOutAtMost = .max
        try room.run(plan)
        try room.workshop.expectVerifies()
        #expect(try room.workshop.account().repeats == 2)
        try room.open("G1-4")
    }
}

extension BreakGlassWorkshop {
    final class Copy {
        let folder: TemporaryFolder
        let directory: AuthorityDirectory

        init(_ original: AuthorityDirectory) throws {
            folder = try .inMemory
            directory = AuthorityDirectory("\(folder.path)/authority")
            try Files.copy(original.path, to: directory.path)
        }

        func read(_ relative: String) throws -> [UInt8] { try Files.read(directory.absolute(relative)) }
        func write(_ bytes: [UInt8], _ relative: String) throws { try Files.write(bytes, to: directory.absolute(relative)) }
    }

    func folderCopy() throws -> Copy { try Copy(directory) }

    func requireOpenable(_ package: String) throws {
        try BreakGlassOpener(directory, package: package, at: try now()).requireOpenable()
    }
}
