extension YAMLDocument {
    /// The file's bytes with other values at some paths, and every other byte as it was. What is replaced is a scalar
    /// or a list or mapping in brackets; the new text is YAML, quoted by the caller where it must be.
    public func replacing(_ texts: [String: String]) throws(YAMLError) -> [UInt8] {
        var ranges: [(range: Range<Int>, text: String)] = []
        for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
            guard let node = root.node(at: path) else {
                throw root.sourceMap.error(at: path, "there is nothing here to replace.")
            }
            ranges.append((node.range, text))
        }
        ranges.sort { $0.range.lowerBound < $1.range.lowerBound }

        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var result = String.UnicodeScalarView()
        var position = 0
        for (range, text) in ranges {
            guard range.lowerBound >= position, range.upperBound <= scalars.count else {
                throw root.error("two values that overlap cannot both be replaced.")
            }
            result.append(contentsOf: scalars[position..<range.lowerBound])
            result.append(contentsOf: text.unicodeScalars)
            position = range.upperBound
        }
        result.append(contentsOf: scalars[position...])
        return Array(String(result).utf8)
    }
}

extension YAMLNode {
    /// The value at a path, such as `operators.alice.keys[0]`, seen from the root.
    public func node(at wanted: String) -> YAMLNode? {
        if path == wanted { return self }
        let inside: [YAMLNode]
        switch content {
        case .scalar: return nil
        case .list(let items): inside = items
        case .mapping(let entries): inside = entries.map(\.value)
        }
        for child in inside
        where wanted == child.path || wanted.hasPrefix(child.path + ".")
            || wanted.hasPrefix(child.path + "[")
        {
            if let node = child.node(at: wanted) { return node }
        }
        return nil
    }
}
