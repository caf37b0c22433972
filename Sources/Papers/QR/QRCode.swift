import CQREncode
import Glibc

/// A QR code (ISO/IEC 18004), arranged by libqrencode.
///
/// The library's own buffers are freed and not wiped: who encodes a secret does so in a process that leaves no core dump
/// and on a machine without swap.
public struct QRCode: Sendable {
    /// How much of the code may be unreadable: about 7, 15, 25 or 30 per cent.
    public enum Correction: Sendable { case low, medium, quartile, high }

    /// Modules along an edge, without the quiet zone.
    public let width: Int
    /// Row by row from the top left: whether the module is dark.
    public let modules: [Bool]

    /// - Returns: nil for nothing, and for more than the largest code holds (2331 bytes with medium correction).
    public init?(_ bytes: [UInt8], correction: Correction = .medium) {
        let level: QRecLevel =
            switch correction {
            case .low: QR_ECLEVEL_L
            case .medium: QR_ECLEVEL_M
            case .quartile: QR_ECLEVEL_Q
            case .high: QR_ECLEVEL_H
            }
        guard !bytes.isEmpty, let size = Int32(exactly: bytes.count) else { return nil }
        let encoded = bytes.withUnsafeBufferPointer { QRcode_encodeData(size, $0.baseAddress, 0, level) }
        guard let encoded else { return nil }
        defer { QRcode_free(encoded) }
        let width = Int(encoded.pointee.width)
        guard let data = encoded.pointee.data, width > 0 else { return nil }
        self.width = width
        // The lowest bit is the colour; the others say what the module is for.
        modules = UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 }
        explicit_bzero(data, width * width)
    }

    /// - Returns: nil for an empty text, and for one that is too long.
    public init?(_ text: String, correction: Correction = .medium) {
        self.init(Array(text.utf8), correction: correction)
    }

    /// The code as a drawing, dark on white with the quiet zone of 4 modules that readers want, whatever the page's
    /// colours are.
    ///
    /// - Parameter label: what the code holds, for those who cannot see it.
    public func drawing(label: String) -> Node {
        let quiet = 4
        let edge = width + 2 * quiet
        var outline = Outline()
        for row in 0..<width {
            var column = 0
            while column < width {
                let start = column
                while column < width, modules[row * width + column] { column += 1 }
                if column > start { outline.bar(start + quiet, row + quiet, width: column - start) } else { column += 1 }
            }
        }
        return .element(
            .svg, [.look([.qr]), .viewBox(width: edge, height: edge), .crisp, .label(label)],
            [
                .element(.rect, [.look([.qrPaper]), .drawing(.width, edge), .drawing(.height, edge)], []),
                .element(.path, [.look([.qrInk]), .outline(outline)], []),
            ])
    }
}
