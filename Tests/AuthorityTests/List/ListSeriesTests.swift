import Foundation
import Groundwork
import PKIX
import Publication
import Testing

@testable import Authority

/// CRLs that are signed ahead: which of them counts, and what becomes of them.
@Suite struct ListSeriesTests {
    static let policy = TestPolicy.text
        .replacing("  root: {next-update: 90d, overlap: 14d}", with: "  root: {next-update: 120d, overlap: 14d, series: 4}")

    /// G1 and a product, then four CRLs signed ahead, the first of which begins at once.
    static let ahead = Result { () throws -> PaperAuthority in
        var authority = try PaperAuthority(policy)
        try authority.hold(Operations.root + Operations.product("p1") + Operations.product("p2") + Operations.bundle)
        try authority.hold(Operations.series(4, "3mo"))
        return authority
    }

    @Test func `a series has ascending numbers, staggered beginnings, and ends with the overlap`() throws {
        var authority = try PaperAuthority(Self.policy)
        try authority.hold(Operations.root)
        let plan = try authority.plan(Operations.series(4, "3mo"), at: try time("2027-03-31T10:00:00Z"))
        let lists = plan.certificateLists
        #expect(lists.map(\.number) == [2, 3, 4, 5])
        #expect(lists.map(\.thisUpdate.rfc3339) == [
            "2027-03-31T10:00:00Z", "2027-06-30T10:00:00Z", "2027-09-30T10:00:00Z", "2027-12-31T10:00:00Z",
        ])
        #expect(lists.map(\.nextUpdate.rfc3339) == [
            "2027-07-14T10:00:00Z", "2027-10-14T10:00:00Z", "2028-01-14T10:00:00Z", "2028-04-14T10:00:00Z",
        ])
        #expect(lists.map(\.isPreSigned) == [false, true, true, true])
        #expect(plan.operations[0].title == "Issue CRLs 2 to 5 of G1, one for every 3mo, good until 2028-04-14T10:00:00Z; "
            + "who revokes something before then must also publish a bundle")
        // The plan says so, and reads back.
        let again = try Plan(canonical: plan.canonicalBytes)
        #expect(again == plan)
        _ = try PlanReview.simulate(plan, state: authority.state)
    }

    @Test func `the policy says how many may be signed ahead, and for how long one is good`() throws {
        var authority = try PaperAuthority(Self.policy)
        try authority.hold(Operations.root + Operations.product("p3", isGenerated: true))
        expectRefusal(.limits, "the ceremony signs 5 CRLs of G1 ahead, and the policy allows 4") {
            try authority.plan(Operations.series(5, "3mo"))
        }
        expectRefusal(.limits, "the policy allows no series. Write a smaller count, or change crl.intermediate.series") {
            try authority.plan(Operations.series(2, "7d", of: "{product: p3}"))
        }
        expectRefusal(.limits, "with the overlap of 14d; the policy allows") { try authority.plan(Operations.series(2, "4mo")) }
        _ = try authority.plan(Operations.series(4, "3mo"))
        _ = try authority.plan(Operations.series(2, "106d"))
        expectRefusal(.limits, "with the overlap of 14d") { try authority.plan(Operations.series(2, "107d")) }
        expectRefusal(.ceremonyForm, "a CRL that never ends has none after it") {
            do { return try authority.plan(Operations.series(2, "3mo") + "    last: yes\n") } catch let error as Authority.PlanError {
                throw error
            } catch { throw PlanError(.ceremonyForm, "\(error)") }
        }
    }

    @Test func `of those that have begun, the one with the greatest number counts`() throws {
        let state = try #require(try Self.ahead.get().state)
        let begins = try #require(state.lists["G1"]?.map(\.planned.thisUpdate))
        func number(_ time: Timestamp?) throws -> Int64? { state.list(of: "G1", inForceAt: try #require(time))?.planned.number }
        #expect(try number(begins[1]) == 2)
        #expect(try number(begins[2].adding(seconds: -1)) == 2)
        #expect(try number(begins[2]) == 3)
        #expect(try number(begins[4].adding(seconds: -1)) == 4)
        #expect(try number(begins[4]) == 5)
        #expect(try number(.latest) == 5)
        #expect(state.upcomingLists(of: "G1", after: begins[2]).map(\.planned.number) == [4, 5])
        #expect(state.retiredLists(of: "G1").isEmpty)
    }

    @Test func `the next CRL has a number above all of them, and retires those that have not begun`() throws {
        var authority = try Self.ahead.get()
        authority.clock = try #require(authority.state?.lists["G1"]?[3].planned.thisUpdate.adding(seconds: 60))
        let plan = try authority.hold(Operations.crl)
        #expect(plan.certificateLists.map(\.number) == [6])
        #expect(plan.operations[0].title.contains("; CRL 5, signed ahead, is retired: a copy could still deceive devices from"))
        let state = try #require(authority.state)
        #expect(state.retiredLists(of: "G1").map(\.planned.number) == [5])
        #expect(state.upcomingLists(of: "G1", after: authority.clock).isEmpty)
        // Also at the time when the fifth would begin.
        #expect(state.list(of: "G1", inForceAt: .latest)?.planned.number == 6)
        // A further series begins above.
        #expect(try authority.plan(Operations.series(2, "3mo")).certificateLists.map(\.number) == [7, 8])
    }

    @Test func `a revocation while CRLs are signed ahead needs a bundle that demands the new one`() throws {
        let authority = try Self.ahead.get()
        let words = "the ceremony revokes product-p1, and publishes no bundle that demands CRL 6 of G1: CRLs 3 to 5, signed "
            + "ahead, could deceive devices until"
        expectRefusal(.revocationPublished, words) { try authority.plan(Operations.revoke("p1") + Operations.crl) }
        // The bundle comes after the CRL, else it demands an older one.
        expectRefusal(.revocationPublished, words) {
            try authority.plan(Operations.revoke("p1") + Operations.bundle + Operations.crl)
        }
        let plan = try authority.plan(Operations.revoke("p1") + Operations.crl + Operations.bundle)
        #expect(plan.bundles.first?.minimumCRLs.contains { $0.issuer == "G1" && $0.number == 6 } == true)
        #expect(plan.certificateLists.map(\.entries) == [1])
        // Another series in the place of the old one is as good; devices are asked for its first only.
        let series = try authority.plan(Operations.revoke("p1") + Operations.series(4, "3mo") + Operations.bundle)
        #expect(series.certificateLists.map(\.number) == [6, 7, 8, 9])
        #expect(series.certificateLists.map(\.entries) == [1, 1, 1, 1])
        #expect(series.bundles.first?.minimumCRLs.first { $0.issuer == "G1" }?.number == 6)
        // Once all have begun, a CRL alone will do.
        let late = try #require(authority.state?.lists["G1"]?.last?.planned.thisUpdate.adding(seconds: 1))
        _ = try authority.plan(Operations.revoke("p1") + Operations.crl, at: late)
    }

    @Test func `a bundle demands the CRL that is in force, not one that devices cannot have`() throws {
        let authority = try Self.ahead.get()
        let lists = try #require(authority.state?.lists["G1"])
        for (time, number) in [(authority.clock, Int64(2)), (lists[3].planned.thisUpdate, 4)] {
            let plan = try authority.plan(Operations.bundle, at: time)
            #expect(plan.bundles.first?.minimumCRLs.first { $0.issuer == "G1" }?.number == number)
        }
    }

    @Test func `status counts on what is signed ahead`() throws {
        let authority = try Self.ahead.get()
        let state = try #require(authority.state)
        func status(_ time: Timestamp) throws -> (list: ListStatus, due: [DueItem]) {
            let status = AuthorityStatus(state, openCeremony: nil, at: time, notice: try #require(CalendarDuration("0d")))
            return (try #require(status.roots.first?.list), status.due.filter { $0.kind == .list && $0.subject == "G1" })
        }
        let lists = try #require(state.lists["G1"]).map(\.planned)
        let now = try status(authority.clock)
        #expect(now.list.number == 2 && now.list.nextUpdate == lists[1].nextUpdate && now.due.isEmpty)
        #expect(now.list.upcoming.map(\.number) == [3, 4, 5] && now.list.signedUntil == lists[4].nextUpdate)
        let end = try status(try #require(lists[4].nextUpdate.adding(seconds: -13 * 86_400)))
        #expect(end.list.number == 5 && end.list.upcoming.isEmpty && end.due.count == 1)
    }

    @Test func `a series is signed on a token, published by the clock, and each of it verifies`() throws {
        let workshop = try Workshop(Self.policy)
        workshop.inputs["p1.csr"] = try TestRequest.make()
        try workshop.hold(Operations.root + Operations.product("p1") + Operations.bundle)
        try workshop.hold(Operations.series(3, "1mo") + Operations.bundle)
        try workshop.expectVerifies()
        let state = try #require(try workshop.state())
        let lists = try #require(state.lists["G1"]).map(\.planned)
        #expect(lists.map(\.number) == [1, 2, 3, 4])

        func published(_ time: Timestamp) throws -> (numbers: [Int64], notices: [String]) {
            let authority = try VerifiedAuthority(workshop.directory, root: try #require(state.roots.first?.fingerprint))
            let release = try Release(authority, at: time)
            let issuer = try #require(release.manifest.issuers.first { $0.name == "G1" })
            return (issuer.lists.map(\.number), release.notices)
        }
        let now = try published(.now())
        #expect(now.numbers == [1, 2])
        #expect(now.notices.contains("CRL 3 of G1 begins at \(lists[2].thisUpdate): publish again then."))
        // Not a second early: devices refuse a CRL that is not valid yet.
        #expect(try published(try #require(lists[2].thisUpdate.adding(seconds: -1))).numbers == [1, 2])
        #expect(try published(lists[2].thisUpdate).numbers == [1, 2, 3])
        let last = try published(lists[3].thisUpdate)
        #expect(last.numbers == [1, 2, 3, 4] && !last.notices.contains { $0.contains("begins at") })

        try workshop.hold(Operations.revoke("p1") + Operations.crl + Operations.bundle)
        try workshop.expectVerifies()
        // What was retired never comes out, also when its time has come.
        #expect(try published(lists[3].thisUpdate).numbers == [1, 2, 5])
    }

    @Test func `an interrupted series goes on where it stopped`() throws {
        let workshop = try Workshop(Self.policy)
        try workshop.hold(Operations.root)
        let plan = try workshop.plan(Operations.series(4, "3mo"))
        var asked = 0
        expectRefusal(.interrupted) {
            try workshop.run(plan, shouldStop: {
                asked += 1
                return asked > 2
            })
        }
        #expect(try workshop.state()?.lists["G1"]?.count == 3)
        try workshop.run(plan)
        try workshop.expectVerifies()
        #expect(try workshop.state()?.lists["G1"]?.map(\.planned.number) == [1, 2, 3, 4, 5])
    }
}

extension Operations {
    static func series(_ count: Int, _ every: String, of issuer: String = "G1") -> String {
        "  - operation: issue-crl\n    issuer: \(issuer)\n    series: {count: \(count), every: \(every)}\n"
    }
}
