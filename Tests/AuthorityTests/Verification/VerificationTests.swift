import Authority
import Testing

@Suite struct VerificationTests {
    @Test func `a finished authority verifies`() throws {
        for authority in [try FinishedAuthority.small.get(), try FinishedAuthority.full.get()] {
            let report = try authority.copy().verify()
            #expect(report.holds, "\(report.failures)")
        }
    }
}
