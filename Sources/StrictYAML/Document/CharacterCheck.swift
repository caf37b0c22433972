/// The first look at a file: its size, its encoding and its characters.
enum CharacterCheck {
    static func check(_ bytes: [UInt8], file: String, limits: YAMLLimits) throws(YAMLError) {
        guard bytes.count <= limits.maximumBytes else {
            throw YAMLError(
                file: file, mark: YAMLMark(line: 1, column: 1), path: "",
                problem: "the file has \(bytes.count) bytes.", remedy: "At most \(limits.maximumBytes) are read.")
        }
        var decoder = UTF8()
        var input = bytes.makeIterator()
        var line = 1
        var column = 1
        while true {
            switch decoder.decode(&input) {
            case .emptyInput: return
            case .error:
                throw YAMLError(
                    file: file, mark: YAMLMark(line: line, column: column), path: "",
                    problem: "the bytes here are not UTF-8.", remedy: "Save the file as UTF-8.")
            case .scalarValue("\n"):
                line += 1
                column = 1
            case .scalarValue(let scalar):
                let mark = YAMLMark(line: line, column: column)
                if let forbidden = ForbiddenCharacter(scalar) {
                    throw YAMLError(
                        file: file, mark: mark, path: "", problem: forbidden.problem(scalar), remedy: forbidden.remedy)
                }
                // Inside a document such a line could only continue a text; a directive would change how the rest is
                // read.
                if column == 1, scalar == "%" {
                    throw YAMLError(
                        file: file, mark: mark, path: "", problem: "a directive (%) stands here.",
                        remedy: "Remove it.")
                }
                column += 1
            }
        }
    }
}
