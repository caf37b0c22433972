/// ESP-IDF's `x509_crt_bundle`: the subject and the key of each anchor, sorted by the subject's DER for a binary
/// search. It holds no validity, no constraints and no revocation.
///
///     legacy, to ESP-IDF 5.3, big-endian: u16 count, then the entries
///     v5_4, from ESP-IDF 5.4, little-endian: a u32 for each entry, its offset from the start, then the entries
///     entry: u16 length of name, u16 length of key, Name, SubjectPublicKeyInfo
public struct ESPCertificateBundle: Rendering {
    public enum Layout: String, CaseIterable, Sendable {
        case v5_4 = "5.4"
        case legacy
    }

    public let layout: Layout

    public init(_ layout: Layout) { self.layout = layout }

    public func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
        let entries = try Self.sortedEntries(contents.anchors)
        var bytes: [UInt8] = []
        switch layout {
        case .legacy:
            bytes = try number(entries.count, bytes: 2)
        case .v5_4:
            var offset = 4 * entries.count
            for entry in entries {
                bytes += try number(offset, bytes: 4)
                offset += 4 + entry.name.count + entry.key.count
            }
        }
        for entry in entries {
            bytes += try number(entry.name.count, bytes: 2) + number(entry.key.count, bytes: 2) + entry.name + entry.key
        }
        return [RenderedFile(path: "esp-idf/x509_crt_bundle.\(layout.rawValue)", bytes: bytes)]
    }

    private struct Entry {
        let name: [UInt8]
        let key: [UInt8]
    }

    private static func sortedEntries(_ anchors: [NamedCertificate]) throws(BundleError) -> [Entry] {
        var entries: [Entry] = []
        for anchor in anchors {
            let tbs = try anchor.certificate().tbs
            entries.append(Entry(name: tbs.subject.derBytes, key: tbs.subjectPublicKeyInfo))
        }
        entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
        for (entry, next) in zip(entries, entries.dropFirst()) where entry.name == next.name {
            throw BundleError(
                .renderings, "Two anchors have one subject, and the search of ESP-IDF finds only one of them.",
                advice: "Give each generation of a root its own name.")
        }
        return entries
    }

    private func number(_ value: Int, bytes count: Int) throws(BundleError) -> [UInt8] {
        guard value >> (8 * count) == 0 else {
            throw BundleError(
                .renderings, "An anchor or the set of anchors is too large for ESP-IDF's \(layout.rawValue) layout.")
        }
        let littleEndian = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return layout == .legacy ? littleEndian.reversed() : littleEndian
    }
}
