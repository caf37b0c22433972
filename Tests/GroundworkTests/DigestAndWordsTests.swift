import Groundwork
import Testing

struct DigestAndWordsTests {
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func aDigestIsSHA256() {
        #expect(Digest(of: Array("abc".utf8)).hex == abc)
        #expect(Digest(of: Array("xabc".utf8)[1...]).hex == abc)
        #expect(Digest(of: [UInt8]()).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(hex: abc)?.bytes == Digest(of: Array("abc".utf8)).bytes)
        #expect(Digest(bytes: Digest.zero.bytes) == .zero)
    }

    @Test func aDigestOfAnotherLengthIsRefused() {
        #expect(Digest(hex: abc.uppercased()) == nil)
        #expect(Digest(hex: abc.dropLast()) == nil)
        #expect(Digest(hex: abc + "00") == nil)
        #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    }

    @Test func digestsOrderAsTheirBytesDo() throws {
        let digests = (0..<50 as Range<UInt8>).map { Digest(of: [$0]) }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    }

    @Test func wordsAlternateBetweenTwoAndThreeSyllables() throws {
        // The published example: the first bytes of a fingerprint E582 94F2 E9A2 2748 6E8B 061B 31CC 528F D7FA 3F19.
        let bytes = try #require(Hex.decode("e58294f2e9a227486e8b061b31cc528fd7fa3f19"))
        let words = """
            topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator goldfish Medusa
            afflict bravado chatter revolver Dupont midsummer stopwatch whimsical cowbell bottomless
            """.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(PGPWords.encode(bytes) == words)
        #expect(try PGPWords.decode(words) == bytes)
        #expect(try PGPWords.decode(words.map { $0.uppercased() }) == bytes)
        #expect(Digest.zero.words.count == 32)
    }

    @Test func everyByteHasItsOwnWordInBothPlaces() throws {
        for offset in 0...1 {
            let bytes = [UInt8](repeating: 0, count: offset) + (0...255 as ClosedRange<UInt8>).flatMap { [$0, 0] }
            #expect(try PGPWords.decode(PGPWords.encode(bytes)) == bytes)
        }
    }

    @Test func aMissingDoubledOrMisheardWordIsNoticed() {
        let words = PGPWords.encode([1, 2, 3, 4] as [UInt8])
        let dropped = #expect(throws: PGPWordsError.self) { try PGPWords.decode([words[0]] + words[2...]) }
        #expect(dropped?.position == 2)
        #expect(dropped?.isOutOfStep == true)
        #expect(throws: PGPWordsError.self) { try PGPWords.decode([words[0], words[0]] + words[1...]) }
        #expect(throws: PGPWordsError.self) { try PGPWords.decode([words[1], words[0]]) }
        let misheard = #expect(throws: PGPWordsError.self) { try PGPWords.decode(["aardvarck"]) }
        #expect(misheard?.nearest == "aardvark")
        #expect(misheard?.description.contains("Did you mean \"aardvark\"?") == true)
    }

    @Test func theNearestNameIsWhatWasMeant() {
        let names = ["create-root", "issue-crl", "revoke", "issue-intermediate"]
        #expect(NearestName.nearest(to: "revok", among: names) == "revoke")
        #expect(NearestName.nearest(to: "Create_Root", among: names) == "create-root")
        #expect(NearestName.nearest(to: "isseu-crl", among: names) == "issue-crl")
        #expect(NearestName.nearest(to: "publish", among: names) == nil)
        #expect(NearestName.nearest(to: "", among: names) == nil)
        #expect(NearestName.nearest(to: String(repeating: "x", count: 10_000), among: names) == nil)
    }
}
