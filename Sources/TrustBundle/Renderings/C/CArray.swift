import Groundwork

/// The text of a C array of bytes.
enum CArray {
    /// `0x30, 0x82, …`, in lines of `perLine` bytes, each behind `indent`.
    static func lines(_ bytes: [UInt8], perLine: Int = 12, indent: String = "    ") -> String {
        stride(from: 0, to: bytes.count, by: perLine).map { start in
            indent + bytes[start..<min(start + perLine, bytes.count)].map { "0x\(Hex.encode([$0]))," }
                .joined(separator: " ")
        }.joined(separator: "\n")
    }

    /// The whole definition, such as `const unsigned char name[2] = { … };`. `bytes` are not empty, since no array of C
    /// is.
    static func definition(_ declaration: String, _ bytes: [UInt8]) -> String {
        "\(declaration) = {\n\(lines(bytes))\n};\n"
    }
}
