import Groundwork
import Testing

@testable import Authority
@testable import anchorite

/// What the tree says of certificates that only a CRL made from a file revokes.
@Suite struct ListedStatusTests {
    private func sheet(entries: [String: ListedRevocations.Entry], unreadable: [ListedRevocations.Unreadable]) async throws -> Sheet {
        let reading = try AuthorityReading.state(of: AuthorityDirectory("\(await ReadFolder.shared.path())/authority"))
        let status = AuthorityStatus(
            try #require(reading.state), openCeremony: nil, at: .now(), notice: try #require(CalendarDuration("0d")),
            listed: ListedRevocations(entries: entries, unreadable: unreadable))
        return StatusFacts(status: status, reading: reading).sheet
    }

    @Test func `they are shown as revoked by that CRL, with date and reason`() async throws {
        let entry = ListedRevocations.Entry(
            title: "CRL 4 of factory-tallinn-2027, shard 2 of 4", number: 4, reason: .keyCompromise,
            date: try #require(Timestamp(rfc3339: "2026-11-20T10:00:00Z")))
        let sheet = try await sheet(entries: ["sample-device-tallinn-TLL-000001": entry], unreadable: [])
        let lines = sheet.lines()
        let line = try #require(lines.first { $0.contains("sample-device-tallinn-TLL-000001") })
        #expect(line.contains("REVOKED") && line.contains("2026-11-20"), "\(line)")
        #expect(lines.joined(separator: " ").contains("keyCompromise, by CRL 4 of factory-tallinn-2027"))
        let json = sheet.json.prettyPrinted
        #expect(json.contains("\"crl-title\": \"CRL 4 of factory-tallinn-2027, shard 2 of 4\"") && json.contains("\"crl\": 4"))
    }

    @Test func `where the CRL cannot be read, nobody is called live by it`() async throws {
        let gone = ListedRevocations.Unreadable(
            issuer: "factory-tallinn-2027", shard: nil, title: "CRL 4 of factory-tallinn-2027", path: "crls/x.crl", reason: "it is gone")
        let sheet = try await sheet(entries: [:], unreadable: [gone])
        let line = try #require(sheet.lines().first { $0.contains("sample-device-tallinn-TLL-000001") })
        #expect(line.contains("NOT KNOWN") && !line.contains("live"), "\(line)")
        #expect(sheet.json.prettyPrinted.contains("\"state\": \"unknown\""))
        #expect(sheet.lines().joined(separator: " ").contains("CRL 4 of factory-tallinn-2027 in crls/x.crl cannot be read"))
    }
}
