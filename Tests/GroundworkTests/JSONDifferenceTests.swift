import Groundwork
import Testing

@Suite struct JSONDifferenceTests {
    @Test func theFirstPlaceThatDiffersIsNamed() {
        let value: JSONValue = ["a": 1, "b": ["x", ["c": "d", "e": [true]]]]
        #expect(value.firstDifference(from: value) == nil)
        #expect(value.firstDifference(from: ["a": 2, "b": "x"]) == "a")
        #expect(value.firstDifference(from: ["a": 1, "b": ["x", ["c": "d", "e": [false]]]]) == "b[1].e[0]")
        #expect(value.firstDifference(from: ["a": 1, "b": ["x"]]) == "b[1]")
        #expect(value.firstDifference(from: ["a": 1, "b": ["x", ["c": "D", "e": [true]]]]) == "b[1].c")
        #expect(value.firstDifference(from: ["a": 1]) == "b")
        #expect(JSONValue.string("a").firstDifference(from: 1) == "")
    }
}
