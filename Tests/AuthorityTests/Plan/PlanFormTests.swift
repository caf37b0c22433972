import Authority
import Foundation
import Groundwork
import Testing

/// A plan file is read strictly, and judged against the authority that it is for.
@Suite struct PlanFormTests {
    let authority: FinishedAuthority
    let plan: Plan
    let bytes: [UInt8]

    init() throws {
        authority = try FinishedAuthority.full.get()
        plan = try authority.plan(Operations.revoke("p1") + Operations.crl + Operations.bundle)
        bytes = plan.canonicalBytes
    }

    private func check(
        _ plan: Plan, head: Plan.LedgerHead? = nil, at time: Timestamp? = nil
    ) throws(PlanError) -> AuthorityState {
        try PlanReview.check(plan, state: authority.state, head: head ?? authority.head, time: time ?? plan.created)
    }

    @Test func `a plan survives being written and read`() throws {
        #expect(try Plan(canonical: bytes) == plan)
        _ = try check(plan)
    }

    @Test func `a plan that is not canonical JSON is refused`() throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let variants = [
            text + "\n", " " + text, text.replacingOccurrences(of: "\":", with: "\": "), text + text, "", "[]", "{}",
            "\u{feff}" + text, text.replacingOccurrences(of: "development", with: "d\\u0065velopment"),
        ]
        for variant in variants { expectRefusal(.plan) { try Plan(canonical: Array(variant.utf8)) } }
        // The same members in another order.
        let object = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let sorted = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        #expect(Array(sorted) == bytes, "the canonical form sorts members")
        let pretty = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
        expectRefusal(.plan) { try Plan(canonical: Array(pretty)) }
    }

    @Test func `an unknown member is refused wherever it stands`() throws {
        let value = try JSONValue(canonical: bytes)
        var places = 0
        // Puts a member into every object of the plan in turn.
        func spoil(_ value: JSONValue, _ rebuild: (JSONValue) -> JSONValue) {
            switch value {
            case .object(var members):
                for (key, member) in members {
                    spoil(member) { new in
                        var changed = members
                        changed[key] = new
                        return rebuild(.object(changed))
                    }
                }
                members["surprise"] = .boolean(true)
                places += 1
                expectRefusal(.plan) { try Plan(canonical: rebuild(.object(members)).canonicalBytes) }
            case .array(let items):
                for index in items.indices {
                    spoil(items[index]) { new in
                        var changed = items
                        changed[index] = new
                        return rebuild(.array(changed))
                    }
                }
            case .string, .boolean, .integer: break
            }
        }
        spoil(value) { $0 }
        // A map from fields to values may hold any name; a plan with a strange one is caught when it is derived.
        #expect(places > 12)
    }

    @Test func `a plan names the renderings that its policy does, and no others`() throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let names = #""renderings":["der","pem"]"#
        try #require(text.components(separatedBy: names).count == 2, "the place of the bundle's renderings")
        for other in [#""der""#, #""pem","der""#, #""der","pem","uefi""#, #""der","floppy""#, ""] {
            let changed = text.replacingOccurrences(of: names, with: "\"renderings\":[\(other)]")
            let plan = try Plan(canonical: Array(changed.utf8))
            expectRefusal(.planDerived) { try check(plan) }
        }
        let missing = text.replacingOccurrences(of: names + ",", with: "")
        expectRefusal(.plan) { try Plan(canonical: Array(missing.utf8)) }
    }

    @Test func `a missing member is refused`() throws {
        guard case .object(let members) = try JSONValue(canonical: bytes) else { return }
        for key in members.keys {
            var changed = members
            changed[key] = nil
            expectRefusal(.plan) { try Plan(canonical: JSONValue.object(changed).canonicalBytes) }
        }
        var other = members
        other["anchorite"] = .string("plan/2")
        expectRefusal(.plan, "a plan/1 is expected") { try Plan(canonical: JSONValue.object(other).canonicalBytes) }
    }

    @Test func `one byte changed anywhere makes another plan, or none, and never one that derives`() throws {
        // Every byte of the plan that is not read again by another program: the sweep of the whole authority does that.
        for position in stride(from: 0, to: bytes.count, by: 5) {
            var changed = bytes
            changed[position] ^= 0x01
            do {
                let other = try Plan(canonical: changed)
                #expect(other.digest != plan.digest)
                _ = try check(other)
                // What a plan derives from may change with it: its nonce, its time, its window. Approvals are of its bytes.
                #expect(other.nonce != plan.nonce || other.created != plan.created || other.inputs != plan.inputs
                    || other.ceremony != plan.ceremony, "byte \(position) changes nothing that the plan derives from")
            } catch is PlanError {
            } catch {
                Issue.record("byte \(position): \(error)")
            }
        }
    }

    @Test func `a plan that does more than its ceremony file says is not derived`() throws {
        var more = plan
        more.operations.append(plan.operations[2])
        expectRefusal(.planDerived) { try check(more) }
        var less = plan
        less.operations.removeLast()
        expectRefusal(.planDerived) { try check(less) }
        var weaker = plan
        weaker.operations[0].quorum = QuorumRule(seats: [])
        expectRefusal(.planDerived) { try check(weaker) }
        var elsewhere = plan
        guard case .certificateList(var list) = plan.operations[1].steps[0] else { return }
        list.path = "certificates/G1.cer"
        elsewhere.operations[1].steps[0] = .certificateList(list)
        expectRefusal(.planDerived) { try check(elsewhere) }
        guard case .certificateList(var bytes) = plan.operations[1].steps[0] else { return }
        bytes.template.bytes[40] ^= 1
        elsewhere.operations[1].steps[0] = .certificateList(bytes)
        expectRefusal(.planDerived) { try check(elsewhere) }
        var longer = plan
        longer.closes = try #require(plan.closes.adding(seconds: 1))
        expectRefusal(.planDerived) { try check(longer) }
    }

    @Test func `a plan of another authority, environment or policy is refused`() throws {
        var other = plan
        other.authority = "other"
        expectRefusal(.planAuthority) { try check(other) }
        other = plan
        other.environment = .staging
        expectRefusal(.environment) { try check(other) }
        other = plan
        other.policy.digest = .zero
        expectRefusal(.planPolicy) { try check(other) }
    }

    @Test func `a plan is refused when the ledger has moved on, or is another one`() throws {
        _ = try check(plan, head: authority.head)
        expectRefusal(.planHead) {
            try check(plan, head: Plan.LedgerHead(size: authority.head.size + 1, digest: authority.head.digest))
        }
        expectRefusal(.planHead) { try check(plan, head: Plan.LedgerHead(size: authority.head.size, digest: .zero)) }
        var skipping = plan
        skipping.number += 1
        expectRefusal(.planHead) { try check(skipping) }
        expectRefusal(.planHead, "there is none here") {
            try PlanReview.check(plan, state: nil, head: .empty, time: plan.created)
        }
    }

    @Test func `a spent plan is refused`() throws {
        let spent = try Plan(canonical: Files.read("\(authority.path)/\(AuthorityPaths.plan(1))"))
        expectRefusal(.planOnce, "was held already") { try check(spent) }
    }

    @Test func `a plan is run within its window, both ends included`() throws {
        let skew: Int64 = 300
        _ = try check(plan, at: plan.opens)
        _ = try check(plan, at: plan.closes)
        _ = try check(plan, at: plan.opens.adding(seconds: -skew))
        expectRefusal(.planWindow, "opens at") { try check(plan, at: #require(plan.opens.adding(seconds: -skew - 1))) }
        expectRefusal(.planWindow, "closed at") { try check(plan, at: #require(plan.closes.adding(seconds: 1))) }
    }

    @Test func `a ceremony's own window must lie within the policy's`() throws {
        let closes = { (time: Timestamp?) in "closes: \(time?.rfc3339 ?? "")\n" }
        let created = plan.created, fortnight: Int64 = 14 * 86_400
        let good = try authority.plan(Operations.crl, closes(created.adding(seconds: 3600)), at: created)
        #expect(good.closes == created.adding(seconds: 3600))
        _ = try authority.plan(Operations.crl, closes(created.adding(seconds: fortnight)), at: created)
        expectRefusal(.planWindow, "later than the policy allows") {
            try authority.plan(Operations.crl, closes(created.adding(seconds: fortnight + 1)), at: created)
        }
        expectRefusal(.planWindow, "before it can be used") {
            try authority.plan(Operations.crl, closes(created.adding(seconds: -1)), at: created)
        }
    }

    @Test func `an authority begins with a root`() throws {
        let ceremony = try Workshop.ceremony(Operations.bundle, authority.policy)
        let circumstances = Planner.Circumstances(head: .empty, created: plan.created, nonce: Array(repeating: 1, count: 32))
        expectRefusal(.ledgerOrder, "must create a root") {
            try Planner.plan(ceremony, policy: authority.policy, state: nil, circumstances: circumstances) { _ in [] }
        }
        let root = try Workshop.ceremony(Operations.root, authority.policy)
        let first = try Planner.plan(root, policy: authority.policy, state: nil, circumstances: circumstances) { _ in [] }
        #expect(first.policy.text != nil && first.number == 1)
        _ = try PlanReview.check(first, state: nil, head: .empty, time: first.created)
        var without = first
        without.policy.text = nil
        expectRefusal(.plan) { try PlanReview.check(without, state: nil, head: .empty, time: first.created) }
    }
}
