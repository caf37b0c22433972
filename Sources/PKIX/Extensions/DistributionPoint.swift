import SwiftASN1

/// ```
/// DistributionPoint ::= SEQUENCE {
///     distributionPoint [0] DistributionPointName OPTIONAL,
///     reasons           [1] ReasonFlags OPTIONAL,
///     cRLIssuer         [2] GeneralNames OPTIONAL }
/// DistributionPointName ::= CHOICE {
///     fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
/// ```
/// RFC 5280 4.2.1.13. nameRelativeToCRLIssuer is not supported.
public struct DistributionPoint: Hashable, Sendable {
    public let fullName: [GeneralName]
    /// Bit n of ReasonFlags is bit n; nil when the point serves all reasons.
    public let reasons: UInt16?
    public let cRLIssuer: [GeneralName]

    public init(fullName: [GeneralName], reasons: UInt16? = nil, cRLIssuer: [GeneralName] = []) {
        self.fullName = fullName
        self.reasons = reasons
        self.cRLIssuer = cRLIssuer
    }

    static func readName(_ reader: inout DERReader) throws(PKIXError) -> [GeneralName] {
        guard reader.nextTag == DERTag.contextConstructed(0) else { return [] }
        var choice = try reader.enter(DERTag.contextConstructed(0), "distributionPoint")
        guard choice.nextTag != DERTag.contextConstructed(1) else {
            throw choice.unsupported("its distribution point is a name relative to the issuer")
        }
        let names = try GeneralName.readAll(&choice, "fullName", tag: DERTag.contextConstructed(0))
        try choice.finish("fullName")
        return names
    }

    static func serializeName(_ names: [GeneralName], into coder: inout DER.Serializer) throws(PKIXError) {
        guard !names.isEmpty else { return }
        try coder.constructed(DERTag.contextConstructed(0)) { (choice: inout DER.Serializer) throws(PKIXError) in
            try GeneralName.serializeAll(names, into: &choice, tag: DERTag.contextConstructed(0))
        }
    }

    static func readAll(_ derEncoded: [UInt8], of name: String) throws(PKIXError) -> [DistributionPoint] {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: name)
        var points: [DistributionPoint] = []
        repeat {
            var fields = try reader.enter(DERTag.sequence, "DistributionPoint")
            let fullName = try readName(&fields)
            let reasons =
                fields.nextTag == DERTag.context(1) ? try fields.readNamedBits("reasons", tag: DERTag.context(1)) : nil
            let issuerTag = DERTag.contextConstructed(2)
            let issuer =
                fields.nextTag == issuerTag ? try GeneralName.readAll(&fields, "cRLIssuer", tag: issuerTag) : []
            try fields.finish("cRLIssuer")
            points.append(DistributionPoint(fullName: fullName, reasons: reasons, cRLIssuer: issuer))
        } while !reader.isAtEnd
        return points
    }

    static func serializeAll(_ points: [DistributionPoint]) throws(PKIXError) -> [UInt8] {
        guard !points.isEmpty else { throw PKIXError(.invalidValue, "The list of distribution points is empty.") }
        return try DER.Serializer.bytes { (coder: inout DER.Serializer) throws(PKIXError) in
            try coder.sequence { (list: inout DER.Serializer) throws(PKIXError) in
                for point in points { try point.serialize(into: &list) }
            }
        }
    }

    private func serialize(into coder: inout DER.Serializer) throws(PKIXError) {
        guard !fullName.isEmpty || !cRLIssuer.isEmpty else {
            throw PKIXError(.invalidValue, "A distribution point has neither a name nor a CRL issuer.")
        }
        try coder.sequence { (fields: inout DER.Serializer) throws(PKIXError) in
            try Self.serializeName(fullName, into: &fields)
            if let reasons { fields.namedBits(reasons, tag: DERTag.context(1)) }
            if !cRLIssuer.isEmpty {
                try GeneralName.serializeAll(cRLIssuer, into: &fields, tag: DERTag.contextConstructed(2))
            }
        }
    }
}

/// `CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint`
///
/// RFC 5280 4.2.1.13: where the CRL that covers the certificate is found.
public struct CRLDistributionPoints: ExtensionValue {
    public static let identifier = OID.certificateExtension(31)
    public static let name = "cRLDistributionPoints"
    public static let isCriticalByDefault = false

    public let points: [DistributionPoint]

    public init(_ points: [DistributionPoint]) { self.points = points }

    /// One point, whose CRL can be fetched from any of `uris`.
    public init(uris: [String]) {
        self.init([DistributionPoint(fullName: uris.map(GeneralName.uniformResourceIdentifier))])
    }

    public var uris: [String] { points.flatMap(\.fullName).compactMap(\.uri) }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        points = try DistributionPoint.readAll(derEncoded, of: Self.name)
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] { try DistributionPoint.serializeAll(points) }
}

/// `FreshestCRL ::= CRLDistributionPoints`
///
/// RFC 5280 4.2.1.15 and 5.2.6: where delta CRLs are found.
public struct FreshestCRL: ExtensionValue {
    public static let identifier = OID.certificateExtension(46)
    public static let name = "freshestCRL"
    public static let isCriticalByDefault = false

    public let points: [DistributionPoint]

    public init(_ points: [DistributionPoint]) { self.points = points }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        points = try DistributionPoint.readAll(derEncoded, of: Self.name)
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] { try DistributionPoint.serializeAll(points) }
}
