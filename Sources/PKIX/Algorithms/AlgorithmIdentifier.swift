import SwiftASN1

/// Any algorithm with any parameters, kept as its exact DER.
///
/// ```
/// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
/// ```
/// RFC 5280 4.1.1.2.
public struct AlgorithmIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The complete DER.
    public let derBytes: [UInt8]
    public let algorithm: OID

    static let null: [UInt8] = [DERTag.null, 0]

    /// `parameters` is one DER element, or nil when absent.
    public init(_ algorithm: OID, parameters: [UInt8]? = nil) {
        self.algorithm = algorithm
        self.derBytes = Self.serialize { coder in
            coder.oid(algorithm)
            if let parameters { coder.serializeRawBytes(parameters) }
        }
    }

    public init(_ algorithm: SignatureAlgorithm) { self = algorithm.algorithmIdentifier }

    /// Reads exactly one AlgorithmIdentifier.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = DERReader(derEncoded, of: "AlgorithmIdentifier")
        try self.init(&reader, "it")
        try reader.finish("it")
    }

    init(_ reader: inout DERReader, _ field: @autoclosure () -> String) throws(PKIXError) {
        let element = try reader.read(DERTag.sequence, field())
        var inner = reader.reader(inside: element)
        algorithm = try inner.readOID("\(field())'s algorithm")
        if !inner.isAtEnd { _ = try inner.read("\(field())'s parameters") }
        try inner.finish("\(field())'s parameters")
        derBytes = reader.encoding(of: element)
    }

    /// The algorithm among those that Anchorite verifies, nil for any other.
    public var signatureAlgorithm: SignatureAlgorithm? { SignatureAlgorithm(derEncoded: derBytes) }

    /// The algorithm's usual name, else its OID.
    public var description: String { signatureAlgorithm?.rawValue ?? algorithm.knownName ?? algorithm.description }

    static func serialize(_ body: (inout DER.Serializer) -> Void) -> [UInt8] {
        DER.Serializer.bytes { $0.sequence(body) }
    }
}
