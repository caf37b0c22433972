import Groundwork
import Testing

struct JSONObjectReaderTests {
    private let value: JSONValue = [
        "name": "x", "flag": true, "count": 3, "digest": .string(Digest.zero.hex), "hex": "00ff", "base64": "AP8=",
        "time": "2027-03-02T10:00:00Z", "list": ["a", "b"], "inner": ["serial": 5],
        "operations": [["serial": "01"], ["serial": 7]],
    ]

    @Test func membersAreReadByType() throws {
        var reader = try JSONObjectReader(value)
        #expect(try reader.string("name") == "x")
        #expect(try reader.boolean("flag"))
        #expect(try reader.integer("count") == 3)
        #expect(try reader.digest("digest") == .zero)
        #expect(try reader.hex("hex") == [0, 255])
        #expect(try reader.base64("base64") == [0, 255])
        #expect(try reader.timestamp("time").rfc3339 == "2027-03-02T10:00:00Z")
        #expect(try reader.strings("list") == ["a", "b"])
        #expect(try reader.optionalString("absent") == nil)
        var inner = try reader.object("inner")
        #expect(try inner.integer("serial") == 5)
        try inner.finish()
        #expect(try reader.objects("operations").count == 2)
        try reader.finish()
    }

    @Test func anErrorNamesThePlace() throws {
        var reader = try JSONObjectReader(value)
        var operations = try reader.objects("operations")
        #expect(try operations[0].string("serial") == "01")
        func message(_ body: () throws -> Void) -> String? {
            #expect(throws: JSONReadingError.self) { try body() }?.description
        }
        #expect(
            message { _ = try operations[1].string("serial") }
                == "operations[1].serial: expected a string, found an integer")
        #expect(message { _ = try reader.string("missing") } == "missing: missing; expected a string")
        #expect(message { _ = try reader.integer("name") } == "name: expected an integer, found a string")
        #expect(
            message { _ = try reader.digest("hex") }
                == "hex: \"00ff\" is not a SHA-256 digest of 64 lower-case hex digits")
        #expect(message { _ = try reader.objects("list") } == "list[0]: expected an object, found a string")
        #expect(message { _ = try reader.strings("operations") } == "operations[0]: expected a string, found an object")
        #expect(message { _ = try JSONObjectReader(["a"]) } == "expected an object, found an array")
    }

    @Test func anUnknownMemberIsRefusedWithTheNearestName() throws {
        var reader = try JSONObjectReader(["serail": "01", "name": "x"], path: "operations[3]")
        _ = try reader.string("name")
        _ = try reader.optionalString("serial")
        let error = #expect(throws: JSONReadingError.self) { try reader.finish() }
        #expect(
            error?.description
                == "operations[3].serail: unknown member; allowed are name, serial; did you mean \"serial\"?")
    }
}
