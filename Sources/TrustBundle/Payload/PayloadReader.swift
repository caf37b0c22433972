import Groundwork

/// Typed reading of one CBOR item that remembers where in the payload it stands.
struct PayloadReader {
    let value: CBORValue
    /// Such as `anchors[0][1]`.
    let path: String
    let key: PayloadKey

    func error(_ problem: String) -> BundleError {
        BundleError(.encoding, "The payload's \(path) (key \(key.rawValue)) \(problem).")
    }

    func unsigned() throws(BundleError) -> UInt64 {
        guard case .unsigned(let number) = value else { throw error("must be an unsigned number") }
        return number
    }

    func bytes() throws(BundleError) -> [UInt8] {
        guard case .bytes(let bytes) = value else { throw error("must be a byte string") }
        return bytes
    }

    func text() throws(BundleError) -> String {
        guard case .text(let text) = value else { throw error("must be text") }
        return text
    }

    func digest() throws(BundleError) -> Digest {
        guard let digest = Digest(bytes: try bytes()) else { throw error("must be a SHA-256 digest of 32 bytes") }
        return digest
    }

    func timestamp() throws(BundleError) -> Timestamp {
        guard let seconds = Int64(exactly: try unsigned()), let time = Timestamp(secondsSinceEpoch: seconds) else {
            throw error("must be a time in Unix seconds before the year 10000")
        }
        return time
    }

    /// The elements of an array with as many as `counts` allows.
    func elements(_ counts: ClosedRange<Int>) throws(BundleError) -> [PayloadReader] {
        guard case .array(let elements) = value, counts.contains(elements.count) else {
            let wanted = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
            throw error("must be an array of \(wanted) elements")
        }
        return readers(elements)
    }

    /// The elements of a list, which is left out when it is empty.
    func list<Element>(
        _ read: (PayloadReader) throws(BundleError) -> Element
    ) throws(BundleError) -> [Element] {
        guard case .array(let elements) = value else { throw error("must be an array") }
        guard !elements.isEmpty else { throw error("must be left out when it is empty") }
        var result: [Element] = []
        for reader in readers(elements) { result.append(try read(reader)) }
        return result
    }

    private func readers(_ elements: [CBORValue]) -> [PayloadReader] {
        elements.enumerated().map { PayloadReader(value: $0.element, path: "\(path)[\($0.offset)]", key: key) }
    }
}
