import Foundation
import Testing

/// The token goes in the middle of a ceremony: whatever is lost with it, the record goes on.
@Suite struct LostTokenTests {
    /// Two ceremonies were held; the third generates a key, certifies it, and signs a CRL and a bundle.
    private static func stage() throws -> Stage {
        let stage = try World.grown.stage()
        try stage.needPlan(Operations.product("p5", isGenerated: true) + Operations.crl + Operations.bundle, named: "mint")
        try stage.approve("ana", "cy", plan: "mint")
        return stage
    }

    /// How often a whole run calls the token.
    private static func calls(_ original: Stage) throws -> Int {
        let stage = try Stage(copying: original)
        _ = try Stage.need(try stage.runOddly("nothing", "mint", settings: ["ODD_CALLED": stage.absolute("called")]))
        return try stage.read("called").count
    }

    @Test(arguments: ["failing", "removed"])
    func `a run whose token goes says what is open, and the same command goes on`(_ oddity: String) throws {
        let original = try Self.stage()
        let calls = try Self.calls(original)
        let parts = 12
        var opened = 0
        for part in 0..<parts {
            let stage = try Stage(copying: original)
            let most = calls * part / parts
            let lost = try stage.runOddly(oddity, "mint", settings: ["ODD_CALLS": String(most)])
            let place = "after \(most) of \(calls) calls: \(lost.talk)"
            #expect(lost.code == 69, "\(place)")
            // Only of a ceremony that is open is it said.
            let isClosed = try stage.text("authority/ledger.jsonl").split(separator: "\n")
                .contains { $0.contains("\"ceremony-closed\"") && $0.contains("\"ceremony\":3") }
            let words = (isClosed
                ? "Everything of ceremony 3 is on record; only its checkpoint is not signed."
                : "Ceremony 3 is open, and nothing on record is lost.")
                + " Once the token answers again, the same command goes on where the record stops.\n"
            #expect(lost.talk.hasSuffix(words) == lost.hasChangedLedger, "\(place)")
            #expect(lost.talk.contains("the same command") == lost.hasChangedLedger, "\(place)")
            if lost.hasChangedLedger { opened += 1 }

            // It goes once more, later.
            if lost.hasChangedLedger, part.isMultiple(of: 3) {
                let again = try stage.runOddly(oddity, "mint", settings: ["ODD_CALLS": String(calls / 2)])
                #expect(again.code == 69 && again.talk.hasSuffix(words), "\(place), then: \(again.talk)")
            }
            let whole = try stage.runOddly("nothing", "mint")
            #expect(whole.code == 0, "\(place), then: \(whole.talk)")
            #expect(!whole.talk.contains("is open"))
            let verified = try stage.verify()
            #expect(verified.code == 0, "\(place), then: \(verified.talk)\(verified.output)")
        }
        #expect(opened > 2 && opened < parts)
    }
}
