import Groundwork
import PKIX

extension BundlePayload {
    /// The longest store id, environment and title, in bytes of UTF-8.
    static let maximumTextByteCount = 64
    /// The longest subjectKeyIdentifier, in bytes; method 1 of RFC 5280 section 4.2.1.2 makes 20.
    static let maximumKeyIdentifierByteCount = 64

    /// Refuses what no bundle may say. Both the making and the reading of a bundle pass through here.
    func validate() throws(BundleError) {
        try Self.check(text: storeID, .storeID)
        try Self.check(text: environment, .environment)
        guard sequence > 0 else { throw Self.error(.sequence, "must be 1 or more") }
        guard issued.secondsSinceEpoch >= 0 else { throw Self.error(.issued, "must not be before 1970") }
        guard (1...Self.maximumThreshold).contains(threshold) else {
            throw Self.error(.threshold, "must be 1 to \(Self.maximumThreshold)")
        }
        if let expires, expires <= issued { throw Self.error(.expires, "must be after the time of issue") }

        guard !anchors.isEmpty else { throw Self.error(.anchors, "must not be empty") }
        for (index, anchor) in anchors.enumerated() {
            guard !anchor.bytes.isEmpty else { throw Self.error(.anchors, index, "is empty") }
            if let title = anchor.title { try Self.check(text: title, .anchors, index) }
        }
        try Self.checkUnique(anchors.map(\.bytes), .anchors)
        for (index, bytes) in intermediates.enumerated() where bytes.isEmpty {
            throw Self.error(.intermediates, index, "is empty")
        }
        try Self.checkUnique(intermediates, .intermediates)
        for (index, entry) in minimumCRLNumbers.enumerated() {
            try Self.check(keyIdentifier: entry.issuerKeyIdentifier, .minimumCRLNumbers, index)
        }
        try Self.checkUnique(minimumCRLNumbers.map(\.issuerKeyIdentifier), .minimumCRLNumbers)
        for (index, entry) in renderings.enumerated() {
            guard RenderingReference.isSafe(entry.path) else {
                throw Self.error(.renderings, index, "has a path that is not a plain relative one")
            }
        }
        // File systems that fold case would take two such paths for one.
        try Self.checkUnique(renderings.map { $0.path.lowercased() }, .renderings)
        for (index, entry) in denyList.enumerated() {
            try Self.check(keyIdentifier: entry.issuerKeyIdentifier, .denyList, index)
            guard (try? SerialNumber.check(entry.serial)) != nil else {
                throw Self.error(
                    .denyList, index, "has a serial that is not the content of a positive DER INTEGER of 1 to 20 bytes")
            }
        }
        try Self.checkUnique(denyList, .denyList)
    }

    static func error(_ key: PayloadKey, _ problem: String) -> BundleError {
        BundleError(.encoding, "The payload's \(key.name) (key \(key.rawValue)) \(problem).")
    }

    static func error(_ key: PayloadKey, _ index: Int, _ problem: String) -> BundleError {
        BundleError(.encoding, "The payload's \(key.name)[\(index)] (key \(key.rawValue)) \(problem).")
    }

    private static func check(text: String, _ key: PayloadKey, _ index: Int? = nil) throws(BundleError) {
        let isPrintable = text.unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: false
            default: true
            }
        }
        guard isPrintable, (1...maximumTextByteCount).contains(text.utf8.count) else {
            let problem = "must be printable text of 1 to \(maximumTextByteCount) bytes"
            throw index.map { error(key, $0, problem) } ?? error(key, problem)
        }
    }

    private static func check(keyIdentifier: [UInt8], _ key: PayloadKey, _ index: Int) throws(BundleError) {
        guard (1...maximumKeyIdentifierByteCount).contains(keyIdentifier.count) else {
            throw error(
                key, index, "has a key identifier that is not of 1 to \(maximumKeyIdentifierByteCount) bytes")
        }
    }

    private static func checkUnique<Element: Hashable>(_ elements: [Element], _ key: PayloadKey) throws(BundleError) {
        var seen: Set<Element> = []
        for (index, element) in elements.enumerated() where !seen.insert(element).inserted {
            throw error(key, index, "stands there twice")
        }
    }
}
