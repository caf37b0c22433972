import Testing

@testable import SecretSharing

struct ShareWordsTests {
    @Test func theListIsSortedAndKnownByFourLetters() {
        #expect(ShareWords.all.count == 1024)
        #expect(ShareWords.all == ShareWords.all.sorted())
        #expect(Set(ShareWords.all.map { $0.prefix(4) }).count == 1024)
        #expect(ShareWords.all.allSatisfy { (4...8).contains($0.utf8.count) })
        #expect(
            ShareWords.all.allSatisfy { $0.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } })
        #expect(ShareWords.all.first == "academic")
        #expect(ShareWords.all.last == "zero")
    }

    @Test func eachWordIsFoundWholeShortenedAndInCapitals() {
        for (index, word) in ShareWords.all.enumerated() {
            #expect(ShareWords.index(of: word) == index)
            #expect(ShareWords.index(of: word.prefix(4)) == index)
            #expect(ShareWords.index(of: word.uppercased()) == index)
        }
    }

    @Test(arguments: [
        "", "aca", "acae", "academia", "academics", "zzzz", "abcd", "äcademic", "acad mic", "ac1d", "acid\0",
    ])
    func otherTextIsNoWord(_ text: String) {
        #expect(ShareWords.index(of: text) == nil)
    }

    @Test func aPrefixIsCompletedWhereItCanBe() {
        #expect(ShareWords.complete("aca") == "academic")
        #expect(ShareWords.complete("ACAD") == "academic")
        #expect(ShareWords.complete("ac") == nil)
        #expect(ShareWords.complete("xy") == nil)
        #expect(
            ShareWords.completions(of: "ac") == [
                "academic", "acid", "acne", "acquire", "acrobat", "activity", "actress",
            ])
        #expect(ShareWords.completions(of: "").count == 1024)
        #expect(ShareWords.completions(of: "acx").isEmpty)
    }

    @Test func theNearestWordIsFound() {
        #expect(ShareWords.nearest(to: "acadmic") == "academic")
        #expect(ShareWords.nearest(to: "Keybaord") == "keyboard")
        #expect(ShareWords.nearest(to: "qqqqqqqq") == nil)
    }
}
