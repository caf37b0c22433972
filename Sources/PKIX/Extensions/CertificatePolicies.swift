import SwiftASN1

/// ```
/// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
/// PolicyInformation ::= SEQUENCE {
///     policyIdentifier CertPolicyId,
///     policyQualifiers SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
/// PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY }
/// ```
/// RFC 5280 4.2.1.4. Not critical by default: mbedTLS refuses a critical one with a policy that it does not know.
public struct CertificatePolicies: ExtensionValue {
    public static let identifier = OID.certificateExtension(32)
    public static let name = "certificatePolicies"
    public static let isCriticalByDefault = false
    public static let anyPolicy = OID(2, 5, 29, 32, 0)
    static let cpsQualifier = OID.pkix(2, 1)

    public struct Policy: Hashable, Sendable {
        public let identifier: OID
        /// Where the certification practice statement is, when the first qualifier says so.
        public let cpsURI: String?
        /// Further qualifiers, each a complete PolicyQualifierInfo.
        public let otherQualifiers: [[UInt8]]

        public init(_ identifier: OID, cpsURI: String? = nil, otherQualifiers: [[UInt8]] = []) {
            self.identifier = identifier
            self.cpsURI = cpsURI
            self.otherQualifiers = otherQualifiers
        }
    }

    public let policies: [Policy]

    public init(_ policies: [Policy]) { self.policies = policies }

    public init(_ identifiers: [OID]) { self.init(identifiers.map { Policy($0) }) }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: Self.name)
        var policies: [Policy] = []
        repeat {
            var information = try reader.enter(DERTag.sequence, "PolicyInformation")
            let identifier = try information.readOID("policyIdentifier")
            var cpsURI: String?
            var others: [[UInt8]] = []
            if !information.isAtEnd {
                var qualifiers = try information.enter(DERTag.sequence, "policyQualifiers")
                repeat {
                    let element = try qualifiers.read(DERTag.sequence, "PolicyQualifierInfo")
                    var fields = qualifiers.reader(inside: element)
                    let kind = try fields.readOID("policyQualifierId")
                    if kind == Self.cpsQualifier, cpsURI == nil, others.isEmpty {
                        cpsURI = try fields.readIA5("CPS URI")
                    } else {
                        _ = try fields.read("qualifier")
                        others.append(qualifiers.encoding(of: element))
                    }
                    try fields.finish("qualifier")
                } while !qualifiers.isAtEnd
            }
            try information.finish("policyQualifiers")
            policies.append(Policy(identifier, cpsURI: cpsURI, otherQualifiers: others))
        } while !reader.isAtEnd
        self.policies = policies
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        guard !policies.isEmpty, Set(policies.map(\.identifier)).count == policies.count else {
            throw PKIXError(.invalidValue, "The list of certificate policies is empty or names one twice.")
        }
        return try DER.Serializer.bytes { (coder: inout DER.Serializer) throws(PKIXError) in
            try coder.sequence { (list: inout DER.Serializer) throws(PKIXError) in
                for policy in policies { try policy.serialize(into: &list) }
            }
        }
    }
}

extension CertificatePolicies.Policy {
    fileprivate func serialize(into coder: inout DER.Serializer) throws(PKIXError) {
        try coder.sequence { (information: inout DER.Serializer) throws(PKIXError) in
            information.oid(identifier)
            guard cpsURI != nil || !otherQualifiers.isEmpty else { return }
            try information.sequence { (qualifiers: inout DER.Serializer) throws(PKIXError) in
                if let cpsURI {
                    try qualifiers.sequence { (qualifier: inout DER.Serializer) throws(PKIXError) in
                        qualifier.oid(CertificatePolicies.cpsQualifier)
                        try qualifier.ia5(cpsURI, "CPS URI")
                    }
                }
                for other in otherQualifiers { qualifiers.serializeRawBytes(other) }
            }
        }
    }
}
