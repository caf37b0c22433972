import Foundation
import Groundwork
import Testing

@testable import SecretSharing

/// `Vectors/slip39.json`: the 45 vectors of the standard, `vectors.json` of github.com/trezor/python-shamir-mnemonic
/// unchanged. Each has a description, shares, the master secret in hexadecimal or nothing where they must be refused,
/// and a BIP-32 key that is of no use here. The passphrase of all is TREZOR.
struct OfficialVectorTests {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let shares: [String]
        let secret: String

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            name = try fields.decode(String.self)
            shares = try fields.decode([String].self)
            secret = try fields.decode(String.self)
        }

        var testDescription: String { name }
    }

    static let vectors: [Vector] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/slip39.json")
        return (try? JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))) ?? []
    }()

    private static func combine(_ texts: [String]) throws -> SecretBytes {
        var set = ShareSet()
        for text in texts { try set.add(Share(text)) }
        return try set.combine(passphrase: .of("TREZOR"))
    }

    @Test func allAreHere() {
        #expect(Self.vectors.count == 45)
        #expect(Self.vectors.count { $0.secret.isEmpty } == 30)
    }

    @Test(arguments: vectors.filter { !$0.secret.isEmpty })
    func goodSharesGiveTheSecret(_ vector: Vector) throws {
        #expect(try Self.combine(vector.shares).hex == vector.secret)
        #expect(try Self.combine(vector.shares.reversed()).hex == vector.secret)
        for text in vector.shares { #expect(try Share(text).text().string == text) }
    }

    private static let end = "One of them is forged or of another set."

    /// By the number of the vector with 128 bits; that with 256 bits is 19 further on.
    static let sentences: [Int: String] = [
        2: "The share's checksum is wrong. At least one word is not what was written down, or words changed places.",
        3: "The share's padding is not zero. Its checksum holds, so it was made so; use another share.",
        5: "Shares are missing: 1 share.",
        6: #"The share belongs to another set: it begins with "adequate stay", the shares before it with "#
            + #""adequate smoking". Use shares of one set."#,
        7: #"The share belongs to another set: it begins with "peasant leader", the shares before it with "#
            + #""peasant leaves". Use shares of one set."#,
        8: "The share says that 1 group is needed, those before it 2. \(end)",
        9: "The share says that there is 1 group, those before it 3. \(end)",
        10: "The share asks for 2 groups of 1. Its checksum holds, so it was made so; use another share.",
        11: "Another share 3 of group 1 is here already. One of the two is forged or of another set.",
        12: "The share says that 2 shares of group 1 are needed, those before it 1. \(end)",
        13: "The shares of group 1 do not belong together. At least one is forged or of another set.",
        14: "Shares are missing: 1 more group of 4 (group 2 is complete).",
        15: "Shares are missing: 1 more group of 4 (group 4 is complete).",
        16: "Shares are missing: 1 more group of 4 (group 2 is complete, group 4 lacks 1 share).",
        25: #"The share belongs to another set: it begins with "smear isolate", the shares before it with "#
            + #""smear husband". Use shares of one set."#,
        26: #"The share belongs to another set: it begins with "finger traffic", the shares before it with "#
            + #""finger trash". Use shares of one set."#,
        39: "The share has 19 words, shares have 20 or more. Enter all of them.",
        40: "No share has 21 words. One was left out or written twice: a share of 128 bits has 20, one of 256 bits 33.",
    ]

    @Test(arguments: vectors.filter(\.secret.isEmpty))
    func badSharesAreRefusedForTheirReason(_ vector: Vector) throws {
        let number = try #require(Int(vector.name.prefix { $0 != "." }))
        let sentence = try #require(Self.sentences[number] ?? Self.sentences[number - 19])
        let error = #expect(throws: (any Error).self) { try Self.combine(vector.shares) }
        #expect(error.map { "\($0)" } == sentence)
    }
}
