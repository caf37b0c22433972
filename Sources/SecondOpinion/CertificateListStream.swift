import CLibCrypto

/// Reads a CRL element by element, with OpenSSL's primitives for each, so that no object outlives its entry.
///
///     CertificateList ::= SEQUENCE { tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier,
///                                    signatureValue BIT STRING }
///     TBSCertList ::= SEQUENCE { version Version OPTIONAL, signature AlgorithmIdentifier, issuer Name,
///                                thisUpdate Time, nextUpdate Time OPTIONAL,
///                                revokedCertificates SEQUENCE OF SEQUENCE {…} OPTIONAL,
///                                crlExtensions [0] EXPLICIT Extensions OPTIONAL }
///
/// `d2i_X509_CRL` on a million entries takes hundreds of megabytes; this takes none.
struct CertificateListStream {
    /// What is done with the entries.
    enum Entries {
        case count
        case check
        case visit((SecondOpinion.RevokedFacts) throws(Disagreement) -> Void)
    }

    private let der: [UInt8]

    init(_ der: [UInt8]) {
        self.der = der
    }

    /// Verifies the signature, then reads. `entries` of the result stays empty.
    func facts(
        signedBy issuer: SecondOpinion.Issuer, entries: Entries
    ) throws(Disagreement) -> SecondOpinion.CertificateListFacts {
        ErrorQueue.clear()
        return try der.withUnsafeBufferPointer { (buffer) throws(Disagreement) in
            var whole = ElementCursor(buffer, place: "CRL")
            let list = try whole.next(V_ASN1_SEQUENCE)
            try whole.finish()
            var outer = ElementCursor(list.contents, place: "CRL")
            let body = try outer.next(V_ASN1_SEQUENCE)
            let outerAlgorithm = try outer.next(V_ASN1_SEQUENCE)
            let signatureValue = try outer.next(V_ASN1_BIT_STRING)
            try outer.finish()
            let algorithm = try Self.algorithm(outerAlgorithm)
            guard let unusedBits = signatureValue.contents.first, unusedBits == 0 else {
                throw Disagreement(
                    .encoding, what: "The signature is not a whole number of bytes", where: "CRL, signature")
            }
            try SecondOpinion.verify(
                key: issuer.key, message: body.encoding,
                signature: UnsafeBufferPointer(rebasing: signatureValue.contents.dropFirst()), algorithm: algorithm,
                where: "CRL, signature")
            return try read(body.contents, outerAlgorithm: outerAlgorithm, algorithm: algorithm, entries: entries)
        }
    }

    private func read(
        _ contents: UnsafeBufferPointer<UInt8>, outerAlgorithm: Element,
        algorithm: SecondOpinion.SignatureAlgorithm, entries: Entries
    ) throws(Disagreement) -> SecondOpinion.CertificateListFacts {
        var fields = ElementCursor(contents, place: "CRL, tbsCertList")
        var version = 1
        if let element = try fields.nextIf(V_ASN1_INTEGER) {
            guard element.contents.count == 1, let value = element.contents.first, value < 128 else {
                throw Disagreement(.content, what: "The version is not a small number", where: "CRL, version")
            }
            version = Int(value) + 1
        }
        let innerAlgorithm = try fields.next(V_ASN1_SEQUENCE)
        guard innerAlgorithm.encoding.elementsEqual(outerAlgorithm.encoding) else {
            throw Disagreement(
                .content, what: "The signature algorithm differs inside and outside", where: "CRL, signatureAlgorithm")
        }
        let issuer = try Self.name(try fields.next(V_ASN1_SEQUENCE))
        guard let thisUpdate = try fields.nextTime("thisUpdate") else {
            throw Disagreement(.encoding, what: "There is no time", where: "CRL, thisUpdate")
        }
        let nextUpdate = try fields.nextTime("nextUpdate")
        var count = 0
        if let revoked = try fields.nextIf(V_ASN1_SEQUENCE) {
            var cursor = ElementCursor(revoked.contents, place: "CRL, revokedCertificates")
            while !cursor.isAtEnd {
                try Self.read(try cursor.next(V_ASN1_SEQUENCE), index: count, entries)
                count += 1
            }
        }
        var stack: OpaquePointer?
        defer { if let stack { clc_extensions_free(stack) } }
        if let wrapped = try fields.nextIf(0, class: V_ASN1_CONTEXT_SPECIFIC) {
            var cursor = wrapped.contents.baseAddress
            stack = d2i_X509_EXTENSIONS(nil, &cursor, CLong(wrapped.contents.count))
            guard stack != nil,
                Reading.encoding({ i2d_X509_EXTENSIONS(stack, $0) })?.elementsEqual(wrapped.contents) == true
            else { throw .queued(.encoding, "The extensions do not parse as DER", where: "CRL, crlExtensions") }
        }
        try fields.finish()
        let extensions = ExtensionReader(stack: stack, place: "CRL, crlExtensions")
        return SecondOpinion.CertificateListFacts(
            version: version, issuer: issuer, thisUpdate: thisUpdate, nextUpdate: nextUpdate,
            number: try extensions.certificateListNumber(),
            authorityKeyIdentifier: try extensions.authorityKeyIdentifier(), signatureAlgorithm: algorithm,
            extensions: extensions.all, entryCount: count, entries: [], sha256: Reading.sha256(der))
    }

    private static func algorithm(_ element: Element) throws(Disagreement) -> SecondOpinion.SignatureAlgorithm {
        var cursor = element.encoding.baseAddress
        guard let identifier = d2i_X509_ALGOR(nil, &cursor, CLong(element.encoding.count)) else {
            throw .queued(.encoding, "The algorithm does not parse", where: "CRL, signatureAlgorithm")
        }
        defer { X509_ALGOR_free(identifier) }
        return try SecondOpinion.SignatureAlgorithm(identifier, where: "CRL, signatureAlgorithm")
    }

    private static func name(_ element: Element) throws(Disagreement) -> [UInt8] {
        var cursor = element.encoding.baseAddress
        guard let name = d2i_X509_NAME(nil, &cursor, CLong(element.encoding.count)) else {
            throw .queued(.encoding, "The name does not parse", where: "CRL, issuer")
        }
        defer { X509_NAME_free(name) }
        return Reading.name(name)
    }

    private static func read(_ element: Element, index: Int, _ mode: Entries) throws(Disagreement) {
        if case .count = mode { return }
        var cursor = element.encoding.baseAddress
        guard let revoked = d2i_X509_REVOKED(nil, &cursor, CLong(element.encoding.count)) else {
            throw .queued(.encoding, "The entry does not parse", where: "CRL, entry \(index)")
        }
        defer { X509_REVOKED_free(revoked) }
        guard Reading.isEncoding(of: element.encoding, { i2d_X509_REVOKED(revoked, $0) }) else {
            throw .queued(
                .encoding, "The entry is not the DER that OpenSSL would write for it", where: "CRL, entry \(index)")
        }
        switch mode {
        case .visit(let visit): try visit(SecondOpinion.RevokedFacts(revoked, index: index))
        case .check: try SecondOpinion.RevokedFacts.check(revoked, index: index)
        case .count: break
        }
    }
}
