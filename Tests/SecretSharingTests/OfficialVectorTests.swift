import Foundation
import Groundwork
import Testing

@testable import SecretSharing

/// `Vectors/slip39.json`: the 45 vectors of the standard, from `vectors.json` of github.com/trezor/python-shamir-mnemonic,
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
}
