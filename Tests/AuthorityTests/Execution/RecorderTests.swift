import Groundwork
import Testing

@testable import Authority

/// The one door to the ledger.
@Suite struct RecorderTests {
    private static let goodOne = Event.Deviation(by: "ana", text: "a good one", because: "it is", files: [])

    @Test func `what a verifier would refuse is never written`() throws {
        let copy = try FinishedAuthority.small.get().copy()
        let before = try copy.read(AuthorityPaths.ledger)
        let refused: [(Control, Event)] = [
            (.ledgerOrder, .genesis(authority: "example", environment: .development)),
            (.ledgerOrder, .signed(intent: 5, signature: [1])),
            (.ledgerOrder, .ceremonyClosed(ceremony: 2, signatures: 0)),
        ]
        for (control, event) in refused {
            expectRefusal(control) { try Recorder(copy.directory).append([event]) }
            // A good event before it is not written either.
            expectRefusal(control) {
                try Recorder(copy.directory).append([.deviation(Self.goodOne), event])
            }
            expectRefusal(control) { try Recorder(copy.directory).note([event]) }
        }
        #expect(try copy.read(AuthorityPaths.ledger) == before)
        #expect(try copy.verify().holds)

        #expect(try Recorder(copy.directory).append([.deviation(Self.goodOne)]) == 36)
        #expect(try copy.read(AuthorityPaths.ledger).starts(with: before))
        #expect(try copy.read(AuthorityPaths.ledger).count > before.count)
    }
}
