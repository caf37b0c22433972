import Authority
import Groundwork
import Testing

/// How a run asks people between its steps.
@Suite struct GuideTests {
    private final class Room: CeremonyGuide {
        var seen: [CeremonyStage] = []
        var decisions: (CeremonyStage) -> CeremonyDecision
        var people: [Participant]?
        var reason: (by: String, reason: String)?

        init(
            people: [Participant]? = [], reason: (by: String, reason: String)? = ("ana", "after lunch"),
            _ decisions: @escaping (CeremonyStage) -> CeremonyDecision = { _ in .goOn }
        ) {
            self.people = people
            self.reason = reason
            self.decisions = decisions
        }

        func participants(under policy: Policy) throws -> [Participant]? { people }
        func resumption(of ceremony: CeremonyProgress, under policy: Policy) throws -> (by: String, reason: String)? {
            reason
        }
        func before(_ stage: CeremonyStage) throws -> CeremonyDecision {
            seen.append(stage)
            return decisions(stage)
        }
    }

    private static let operations = Operations.root + Operations.product("p1", isGenerated: true) + Operations.bundle

    @Test func `a plan of few steps has a stage for each, and the close`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Self.operations)
        let room = Room(people: [try Participant(typed: "cy", under: workshop.policy)])
        try workshop.run(plan, guide: room)
        try workshop.expectVerifies()
        #expect(room.seen == CeremonyStage.stages(of: plan))
        #expect(room.seen.count == plan.steps.count + 1)
        #expect(room.seen.map(\.number) == Array(1...room.seen.count))
        #expect(room.seen.last?.work == .close)
        let opening = try #require(try workshop.ledger().first { $0.event == "ceremony-opened" })
        #expect(opening.fields["participants"] == [["name": "Cy", "role": "witness", "operator": "cy"]])
    }

    @Test func `a plan of many steps is grouped, and every step is in one stage`() throws {
        let one = try Workshop().plan(Self.operations)
        let (root, product, bundle) = (one.operations[0], one.operations[1], one.operations[2])
        let plans: [([PlannedOperation], Int)] = [
            (Array(repeating: product, count: 10), 11), (Array(repeating: product, count: 11), 12),
            (Array(repeating: product, count: 2000), 2), ([root] + Array(repeating: product, count: 40) + [bundle], 4),
            (Array(repeating: [product, bundle], count: 1000).flatMap(\.self), 31),
        ]
        for (operations, count) in plans {
            var plan = one
            plan.operations = operations
            let stages = CeremonyStage.stages(of: plan)
            #expect(stages.count == (plan.steps.count > 30 ? count : plan.steps.count + 1))
            var next = 0
            for stage in stages {
                guard case .steps(let range) = stage.work else { continue }
                #expect(range.lowerBound == next && !range.isEmpty)
                next = range.upperBound
            }
            #expect(next == plan.steps.count)
        }
    }

    @Test func `a ceremony is suspended and resumed before every stage, and nothing is signed twice`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Self.operations)
        let count = CeremonyStage.stages(of: plan).count
        for number in 1...count {
            let room = Room { $0.number == number ? .suspend(by: "bo", reason: "stage \(number)") : .goOn }
            let error = expectRefusal(.interrupted, "ceremony 1 is suspended by bo") {
                try workshop.run(plan, guide: room)
            }
            #expect(error?.reason.hasSuffix(": stage \(number)") == true)
            #expect(room.seen.map(\.number) == (number == 1 ? [1] : [number - 1, number]))
            let report = try workshop.verify()
            #expect(report.holds, "\(report.failures)")
            #expect(report.openCeremony?.suspension?.by == "bo")
        }
        try workshop.run(plan)
        try workshop.expectVerifies()
        let events = try workshop.ledger()
        #expect(events.count { $0.event == "ceremony-suspended" } == count)
        let resumed = events.filter { $0.event == "ceremony-resumed" }.map { $0.fields["by"]?.string }
        #expect(resumed == Array(repeating: "ana", count: count - 1) + ["anchorite"])
        #expect(try workshop.account().repeats == 0)
        #expect(try workshop.account().signatures == plan.signatures)
    }

    @Test func `a room that nobody answers in leaves nothing behind`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Self.operations)
        let unlocker = CountingUnlocker(workshop.rehearsal.unlocker)
        try workshop.expectRunRefused(.interrupted, "was stopped on request before it was opened") {
            try workshop.run(plan, unlocker: unlocker, guide: Room(people: nil))
        }
        #expect(unlocker.asked == 0)
        expectRefusal(.interrupted, "before operation 1, step 1") { try workshop.run(plan, guide: Room { _ in .stop }) }
        try workshop.expectRunRefused(.interrupted, "was stopped on request before it was resumed") {
            try workshop.run(plan, guide: Room(reason: nil))
        }
        try workshop.run(plan, guide: Room())
        try workshop.expectVerifies()
    }
}
