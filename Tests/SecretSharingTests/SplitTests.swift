import Groundwork
import Testing

@testable import SecretSharing

struct SplitTests {
    typealias Shape = (groups: [(threshold: Int, count: Int)], needed: Int)

    static let shapes: [Shape] = [
        ([(1, 1)], 1),
        ([(2, 2)], 1),
        ([(2, 3)], 1),
        ([(3, 5)], 1),
        ([(16, 16)], 1),
        ([(2, 16)], 1),
        ([(1, 1), (1, 1)], 1),
        ([(1, 1), (1, 1)], 2),
        ([(2, 3), (3, 5), (1, 1)], 2),
        ([(2, 3), (3, 5), (1, 1)], 3),
        ([(2, 2), (1, 1), (4, 7), (2, 5)], 1),
        (Array(repeating: (2, 3), count: 16), 16),
    ]

    @Test(arguments: shapes.indices) func sharesOfEveryShapeGiveTheSecret(_ index: Int) throws {
        let shape = Self.shapes[index]
        let secret = try SecretBytes.random(count: [16, 18, 32][index % 3])
        let passphrase = index.isMultiple(of: 2) ? nil : "a passphrase ~ of 32 to 126"
        let groups = try SecretSharing.split(
            secret, shape.groups, groupThreshold: shape.needed, passphrase: passphrase, extendable: index % 4 < 2)
        let first = groups.prefix(shape.needed).flatMap { $0.prefix($0[0].memberThreshold) }
        let last = groups.suffix(shape.needed).flatMap { $0.suffix($0[0].memberThreshold) }
        #expect(try ShareSet.combine(first, passphrase: passphrase).isEqual(to: secret))
        #expect(try ShareSet.combine(last.reversed(), passphrase: passphrase).isEqual(to: secret))
    }

    @Test func everyThreeOfFiveAreEnoughAndNoTwoAre() throws {
        let secret = try SecretBytes.random(count: 16)
        let shares = try #require(SecretSharing.split(secret, [(3, 5)]).first)
        for count in 1...2 {
            for chosen in subsets(shares, of: count) {
                #expect(throws: ShareSetError.incomplete(missing: count == 1 ? "2 shares" : "1 share")) {
                    try ShareSet.combine(chosen)
                }
            }
        }
        #expect(subsets(shares, of: 3).count == 10)
        for chosen in subsets(shares, of: 3) { #expect(try ShareSet.combine(chosen).isEqual(to: secret)) }
        for count in 4...5 {
            for chosen in subsets(shares, of: count) {
                #expect(throws: ShareSetError.groupComplete(group: 0)) { try ShareSet.combine(chosen) }
            }
        }
    }

    /// A share that lies about the threshold opens nothing: two of 3 of 5 do not lie on a line with the digest.
    @Test func twoOfThreeOfFiveThatClaimToBeEnoughAreNot() throws {
        let shares = try #require(SecretSharing.split(.random(count: 16), [(3, 5)]).first)
        for chosen in subsets(shares, of: 2) {
            let liars = chosen.map {
                Share(set: $0.set, groupIndex: 0, memberIndex: $0.memberIndex, memberThreshold: 2, value: $0.value)
            }
            #expect(throws: ShareSetError.wrongDigest(group: 0)) { try ShareSet.combine(liars) }
        }
    }

    @Test func anotherPassphraseGivesAnotherSecretWithoutAnError() throws {
        let secret = try SecretBytes.random(count: 16)
        let shares = try #require(SecretSharing.split(secret, [(2, 2)], passphrase: "right").first)
        #expect(try ShareSet.combine(shares, passphrase: "right").isEqual(to: secret))
        for other in ["wrong", "", nil] {
            #expect(try !ShareSet.combine(shares, passphrase: other).isEqual(to: secret))
        }
        let plain = try #require(SecretSharing.split(secret, [(2, 2)]).first)
        #expect(try ShareSet.combine(plain, passphrase: "").isEqual(to: secret))
    }

    @Test func extendableSharesOfAnotherSetUseTheSamePassphrase() throws {
        // Of an extendable set the identifier is no part of the salt, so the encrypted secret is the same in each.
        let secret = try SecretBytes.random(count: 16)
        let value = { (identifier: UInt16, extendable: Bool) in
            let set = Share.SetParameters(
                identifier: identifier, isExtendable: extendable, iterationExponent: 0, groupThreshold: 1, groupCount: 1
            )
            return try MasterSecretCipher(parameters: set, passphrase: .of("word"))
                .encrypt(secret, orThrow: SplitError.self).bytes
        }
        #expect(try value(1, true) == value(2, true))
        #expect(try value(1, false) != value(2, false))
        #expect(try value(1, true) != value(1, false))
    }

    @Test func theExponentIsWrittenAndUsed() throws {
        let secret = try SecretBytes.random(count: 16)
        let shares = try SecretSharing.split(
            secret: secret, groups: [ShareGroup(threshold: 1, count: 1)], groupThreshold: 1, iterationExponent: 2)
        let share = try #require(shares.first?.first)
        #expect(share.set.iterationExponent == 2)
        #expect(try ShareSet.combine([share]).isEqual(to: secret))
        let other = Share.SetParameters(
            identifier: share.set.identifier, isExtendable: true, iterationExponent: 1, groupThreshold: 1, groupCount: 1
        )
        let changed = Share(set: other, groupIndex: 0, memberIndex: 0, memberThreshold: 1, value: share.value)
        #expect(try !ShareSet.combine([changed]).isEqual(to: secret))
    }

    @Test func whatIsNotSaidIsTheReferenceProgramsChoice() throws {
        let shares = try SecretSharing.split(
            secret: .random(count: 16), groups: [ShareGroup(threshold: 2, count: 3)], groupThreshold: 1)
        let set = try #require(shares.first?.first).set
        #expect(set.isExtendable)
        #expect(set.iterationExponent == 1)
    }

    @Test func twoSplitsHaveNothingInCommon() throws {
        let secret = try SecretBytes.random(count: 16)
        let values = try (0..<8).flatMap { _ in try SecretSharing.split(secret, [(3, 5), (1, 1)], groupThreshold: 2) }
            .joined().map(\.value.hex)
        #expect(values.count == 48)
        #expect(Set(values).count == 48)
    }

    /// With a given source of randomness shares are a function of the secret: nothing else is drawn.
    @Test func allRandomnessComesFromTheSource() throws {
        let secret = try SecretBytes.random(count: 16)
        let make = { (seed: UInt8) in
            var next = seed
            return try withoutActuallyEscaping({ (buffer: UnsafeMutableRawBufferPointer) in
                for index in buffer.indices {
                    next = next &* 5 &+ 3
                    buffer[index] = next
                }
            }) { random in
                try SecretSharing.split(
                    secret: secret, groups: [ShareGroup(threshold: 3, count: 4), ShareGroup(threshold: 2, count: 2)],
                    groupThreshold: 2, passphrase: nil, iterationExponent: 0, extendable: true, random: random
                ).joined().map { try $0.text().string }
            }
        }
        #expect(try make(1) == make(1))
        #expect(try make(1) != make(2))
    }

    static let refused:
        [(secret: Int, groups: [(Int, Int)], needed: Int, exponent: Int, error: SplitError, sentence: String)] = [
            (
                14, [(1, 1)], 1, 0, .secretLength(14),
                "A secret of 14 bytes cannot be shared. It must have an even number of bytes from 16 to 1270."
            ),
            (
                17, [(1, 1)], 1, 0, .secretLength(17),
                "A secret of 17 bytes cannot be shared. It must have an even number of bytes from 16 to 1270."
            ),
            (
                1272, [(1, 1)], 1, 0, .secretLength(1272),
                "A secret of 1272 bytes cannot be shared. It must have an even number of bytes from 16 to 1270."
            ),
            (16, [], 1, 0, .groupCount(0), "There are 0 groups. Give 1 to 16."),
            (16, Array(repeating: (1, 1), count: 17), 1, 0, .groupCount(17), "There are 17 groups. Give 1 to 16."),
            (
                16, [(1, 1), (1, 1)], 0, 0, .groupThreshold(0, groups: 2),
                "0 of 2 groups cannot be needed. Give 1 to 2."
            ),
            (
                16, [(1, 1), (1, 1)], 3, 0, .groupThreshold(3, groups: 2),
                "3 of 2 groups cannot be needed. Give 1 to 2."
            ),
            (16, [(2, 2), (1, 0)], 1, 0, .memberCount(0, group: 1), "Group 2 has 0 shares. Give 1 to 16."),
            (16, [(2, 17)], 1, 0, .memberCount(17, group: 0), "Group 1 has 17 shares. Give 1 to 16."),
            (
                16, [(4, 3)], 1, 0, .memberThreshold(4, members: 3, group: 0),
                "4 of 3 shares of group 1 cannot be needed. Give 2 to 3."
            ),
            (
                16, [(0, 1)], 1, 0, .memberThreshold(0, members: 1, group: 0),
                "0 of 1 shares of group 1 cannot be needed. Give 1."
            ),
            (
                16, [(2, 2), (1, 3)], 1, 0, .oneOfSeveral(members: 3, group: 1),
                "Any 1 of 3 shares of group 2 would be enough, so they would be copies. "
                    + "Ask for 2 or more, or make 1 of 1."
            ),
            (16, [(1, 1)], 1, -1, .iterationExponent(-1), "The iteration exponent is -1. Give 0 to 15."),
            (16, [(1, 1)], 1, 16, .iterationExponent(16), "The iteration exponent is 16. Give 0 to 15."),
        ]

    @Test(arguments: refused.indices) func whatCannotBeSharedIsRefusedWithASentence(_ index: Int) throws {
        let (length, groups, needed, exponent, error, sentence) = Self.refused[index]
        let secret = try SecretBytes.random(count: length)
        #expect(throws: error) {
            try SecretSharing.split(
                secret: secret, groups: groups.map { ShareGroup(threshold: $0.0, count: $0.1) }, groupThreshold: needed,
                iterationExponent: exponent)
        }
        #expect(error.description == sentence)
    }

    @Test(arguments: ["tab\t", "line\n", "é", "\u{7f}", "\0"]) func aPassphraseMustBePrintable(_ passphrase: String)
        throws
    {
        #expect(throws: SplitError.passphraseNotPrintable) {
            try SecretSharing.split(.random(count: 16), [(1, 1)], passphrase: passphrase)
        }
        #expect(throws: ShareSetError.passphraseNotPrintable) {
            try ShareSet.combine([Share(ShareTests.text)], passphrase: passphrase)
        }
        #expect(
            SplitError.passphraseNotPrintable.description
                == "The passphrase holds a character that is not printable ASCII. "
                + "Use letters, digits, signs and spaces."
        )
    }
}
