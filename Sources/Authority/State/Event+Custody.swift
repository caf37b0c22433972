import Groundwork

extension Event.Custody {
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "token": .string(token), "serial": .string(serial), "set": .integer(set), "file": file.json,
        ]
        fields["step"] = step?.json
        return fields
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            step: try reader.optionalValue("step") == nil ? nil : reader.stepID("step"),
            token: try reader.string("token"), serial: try reader.string("serial"), set: try reader.integer("set"),
            file: try reader.artifactFile("file"))
    }
}
