import Groundwork
import Testing

@testable import SecretSharing

struct ShareTests {
    /// The first of the official vectors.
    static let text =
        "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode "
        + "duke ajar critical decision keyboard"

    @Test func aShareTellsWhatItIs() throws {
        let secret = try SecretBytes.random(count: 32)
        let groups = try SecretSharing.split(secret, [(2, 3), (1, 1), (3, 16)], groupThreshold: 2)
        for (groupIndex, group) in groups.enumerated() {
            #expect(group.count == [3, 1, 16][groupIndex])
            for (memberIndex, share) in group.enumerated() {
                let read = try Share(share.text())
                #expect(read.isEqual(to: share))
                #expect(read.set == groups[0][0].set)
                #expect(read.set.identifier < 1 << 15)
                #expect(read.set.isExtendable)
                #expect(read.set.iterationExponent == 0)
                #expect((read.set.groupThreshold, read.set.groupCount) == (2, 3))
                #expect((read.groupIndex, read.memberIndex) == (groupIndex, memberIndex))
                #expect(read.memberThreshold == [2, 1, 3][groupIndex])
                #expect(read.value.count == 32)
                #expect(read.wordCount == 33)
            }
        }
    }

    @Test func theLargestParametersFit() throws {
        let value = try SecretBytes.random(count: 16)
        let set = Share.SetParameters(
            identifier: 0x7fff, isExtendable: true, iterationExponent: 15, groupThreshold: 16, groupCount: 16)
        let share = Share(set: set, groupIndex: 15, memberIndex: 15, memberThreshold: 16, value: value)
        #expect(try Share(share.text()).isEqual(to: share))
        #expect(share.setName == "zero zero")
    }

    @Test(arguments: [(16, 20), (18, 22), (20, 23), (32, 33), (64, 59), (1270, 1023)])
    func wordsAreAsManyAsTheStandardSays(_ bytes: Int, _ words: Int) throws {
        let share = Share(
            set: try Share(Self.text).set, groupIndex: 0, memberIndex: 0, memberThreshold: 1,
            value: try .random(count: bytes))
        #expect(share.wordCount == words)
        let text = try share.text()
        #expect(text.string.split(separator: " ").count == words)
        #expect(try Share(text).isEqual(to: share))
        #expect(share.value.count == bytes)
    }

    @Test func wordsComeOneByOneAsInTheText() throws {
        var words: [String] = []
        try Share(Self.text).forEachWord { position, word in
            #expect(position == words.count + 1)
            words.append(word)
        }
        #expect(words.joined(separator: " ") == Self.text)
    }

    @Test func shortenedWordsAndOddSpacesAreRead() throws {
        let expected = try Share(Self.text)
        let shortened = Self.text.split(separator: " ").map { $0.prefix(4) }
        for text in [
            shortened.joined(separator: "\n"), "\t " + Self.text.uppercased() + "\r\n",
            shortened.joined(separator: "  "),
        ] {
            #expect(try Share(text).isEqual(to: expected))
        }
    }

    @Test func aShareIsDescribedWithoutItsValue() throws {
        let share = try Share(Self.text)
        #expect(share.description == "share 1 of group 1 of the set duckling enlarge")
        #expect(share.setName == "duckling enlarge")
        var dumped = ""
        dump(share, to: &dumped)
        #expect(!dumped.contains("\(share.value.bytes[0]), \(share.value.bytes[1])"))
        #expect(!dumped.contains(share.value.hex))
    }

    @Test func sharesAreEqualOnlyInEverything() throws {
        let share = try Share(Self.text)
        let others = [
            Share(set: share.set, groupIndex: 1, memberIndex: 0, memberThreshold: 1, value: share.value),
            Share(set: share.set, groupIndex: 0, memberIndex: 1, memberThreshold: 1, value: share.value),
            Share(set: share.set, groupIndex: 0, memberIndex: 0, memberThreshold: 2, value: share.value),
            Share(set: share.set, groupIndex: 0, memberIndex: 0, memberThreshold: 1, value: try .random(count: 16)),
        ]
        #expect(share.isEqual(to: try Share(Self.text)))
        #expect(others.allSatisfy { !share.isEqual(to: $0) })
    }

    // MARK: What is refused

    @Test func aChangeOfAnyWordIsCaught() throws {
        let words = Self.text.split(separator: " ").map(String.init)
        for position in words.indices {
            let index = try #require(ShareWords.index(of: words[position]))
            for step in stride(from: 1, to: 1024, by: 31) {
                var changed = words
                changed[position] = ShareWords.all[(index + step) % 1024]
                #expect(throws: ShareError.wrongChecksum, "word \(position + 1)") {
                    try Share(changed.joined(separator: " "))
                }
            }
        }
    }

    @Test func wordsThatChangedPlacesAreCaught() throws {
        let words = Self.text.split(separator: " ").map(String.init)
        for (first, second) in subsets(Array(words.indices), of: 2).map({ ($0[0], $0[1]) })
        where words[first] != words[second] {
            var changed = words
            changed.swapAt(first, second)
            #expect(throws: ShareError.wrongChecksum) { try Share(changed.joined(separator: " ")) }
        }
    }

    /// The checksum covers which of the two customization strings made it.
    @Test func theExtendableFlagIsPartOfTheChecksum() throws {
        var words = Self.text.split(separator: " ").map(String.init)
        let index = try #require(ShareWords.index(of: words[1]))
        words[1] = ShareWords.all[index ^ 16]
        #expect(throws: ShareError.wrongChecksum) { try Share(words.joined(separator: " ")) }
    }

    static let refused: [(text: String, error: ShareError, sentence: String)] = [
        (
            text.replacing("academic academic", with: "academic acadamic"),
            .unknownWord(position: 4, nearest: "academic"),
            "Word 4 is not one of the 1024 words of shares. Compare it with what is written down."
        ),
        (
            "Qqqqqqqq \(text)", .unknownWord(position: 1, nearest: nil),
            "Word 1 is not one of the 1024 words of shares. Compare it with what is written down."
        ),
        (
            text + String(repeating: "x", count: 100_000), .unknownWord(position: 20, nearest: nil),
            "Word 20 is not one of the 1024 words of shares. Compare it with what is written down."
        ),
        ("", .tooFewWords(0), "The share has 0 words, shares have 20 or more. Enter all of them."),
        ("zero", .tooFewWords(1), "The share has 1 word, shares have 20 or more. Enter all of them."),
        (
            text.replacing(" keyboard", with: ""), .tooFewWords(19),
            "The share has 19 words, shares have 20 or more. Enter all of them."
        ),
        (
            text + " zero", .impossibleWordCount(21),
            "No share has 21 words. One was left out or written twice: a share of 128 bits has 20, one of 256 bits 33."
        ),
        (
            String(repeating: "zero ", count: 1024), .tooManyWords,
            "The share has more than 1023 words. Enter one share only."
        ),
        (
            String(repeating: "zero ", count: 50_000), .tooManyWords,
            "The share has more than 1023 words. Enter one share only."
        ),
        (
            text.replacing("keyboard", with: "kidney"), .wrongChecksum,
            "The share's checksum is wrong. At least one word is not what was written down, or words changed places."
        ),
    ]

    @Test(arguments: refused.indices) func whatIsNoShareIsRefusedWithASentence(_ index: Int) throws {
        let (text, error, sentence) = Self.refused[index]
        #expect(throws: error) { try Share(text) }
        #expect(error.description == sentence)
    }

    /// Words with the right checksum for whatever stands before it.
    private func sealed(_ words: [UInt16]) throws -> String {
        var checksum = RS1024(isExtendable: words[1] & 16 != 0)
        words.forEach { checksum.add($0) }
        let seal = [20, 10, 0].map { UInt16(checksum.checksum >> UInt32($0) & 1023) }
        return (words + seal).map { ShareWords.all[Int($0)] }.joined(separator: " ")
    }

    @Test func everyPaddingBitMustBeZero() throws {
        let good = [UInt16](repeating: 0, count: 17)
        #expect(try Share(sealed(good)).value.bytes == [UInt8](repeating: 0, count: 16))
        for bit in 0..<10 {
            var words = good
            words[4] = 1 << UInt16(bit)
            if bit < 8 {
                #expect(try Share(sealed(words)).value.bytes[0] == 1 << UInt8(bit))
            } else {
                #expect(throws: ShareError.paddingNotZero) { try Share(sealed(words)) }
            }
        }
        #expect(
            ShareError.paddingNotZero.description
                == "The share's padding is not zero. Its checksum holds, so it was made so; use another share.")
    }

    @Test func moreGroupsThanThereAreCannotBeNeeded() throws {
        // Group threshold 3 of 2: bits 12...15 hold 2, bits 8...11 hold 1.
        let member = 2 << 12 | 1 << 8
        let words = [0, 0, UInt16(member >> 10), UInt16(member & 1023)] + [UInt16](repeating: 0, count: 13)
        let error = ShareError.groupThresholdAboveCount(threshold: 3, count: 2)
        #expect(throws: error) { try Share(sealed(words)) }
        #expect(
            error.description
                == "The share asks for 3 groups of 2. Its checksum holds, so it was made so; use another share.")
    }
}
