import Foundation
import Testing

@Suite("anchorite rehearse")
struct RehearseTests {
    @Test(arguments: [
        ("root-g2", ["root-g1-with-successor"]), ("root-g1-ends", ["root-g1-with-successor", "root-g2"]),
        ("factory-compromise", ["first-year"]), ("renew-bundle-signer", ["first-year"]),
    ])
    func `a ceremony that begins with nothing is told which ones come before it`(name: String, before: [String]) async throws {
        func path(_ name: String) -> String { Repository.path("Ceremonies/\(name).yaml") }
        let refused = try await BuiltCommand.run("rehearse", path(name))
        #expect(refused.code == 64)
        let words = refused.talk.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("anchorite rehearse \((before + [name]).map(path).joined(separator: " "))."), "\(words)")
    }

    @Test func `a device is taken through a change of roots, and one that slept is told its way`() async throws {
        let scratch = try ReadScratch()
        let after = try scratch.write("after.yaml", Array("""
            anchorite: ceremony/1
            title: After the end of G1
            authority: acme-devices
            environment: production
            policy: \(Repository.path("Policies/production.yaml"))
            requester: erik
            operations:
              - operation: publish-bundle

            """.utf8))
        let outcome = try await BuiltCommand.run(
            "rehearse", "--folder", "\(scratch.path)/r", Repository.path("Ceremonies/root-g1-with-successor.yaml"),
            Repository.path("Ceremonies/root-g2.yaml"), Repository.path("Ceremonies/root-g1-ends.yaml"), after)
        #expect(outcome.code == 0, Comment(rawValue: outcome.talk))
        for words in [
            "bundle 2  taken: the device now trusts G1 and G2", "bundle 3  taken: the device now trusts G2",
            "a device that slept since bundle 1 refuses it (SIGNER_UNTRUSTED), and takes bundle 3 first",
        ] {
            #expect(outcome.talk.contains(words), "\(words)")
        }
        // There is no intermediate, so there is no device for openssl.
        #expect(!outcome.talk.contains("openssl verify"))
        #expect(outcome.output.contains("G2-by-G1  cross-certificate"))
    }
}
