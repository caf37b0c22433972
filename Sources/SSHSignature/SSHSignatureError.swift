/// Why a public key or a signature is refused. Each description says what is wrong, then what to do about it.
public enum SSHSignatureError: Error, Hashable, Sendable {
    // The text around the signature
    case malformedArmour(reason: String)

    // The blob inside
    case notASignature
    case truncated(field: String)
    case trailingBytes(field: String, count: Int)
    case malformedText(field: String)
    case unsupportedVersion(UInt32)
    case emptyNamespace
    case reservedNotEmpty
    case unsupportedHash(String)

    // The public key
    case malformedKeyLine(reason: String)
    case keyOptions(String)
    case unsupportedKeyType(String)
    case malformedKey(type: String, reason: String)
    case weakKey(type: String, reason: String)
    case unsupportedSubjectPublicKeyInfo

    // The signature proper
    case signatureTypeMismatch(found: String, keyType: String)
    case sha1Signature
    case malformedSignature(type: String, reason: String)
    case unknownFIDOFlags(UInt8)

    // What it was checked against
    case otherNamespace(found: String, expected: String)
    case otherKey(found: String, expected: String)
    case invalidSignature(fingerprint: String)
    case otherApplication(found: String, expected: String)
    case presenceMissing(fingerprint: String)
    case verificationMissing(fingerprint: String)
}

extension SSHSignatureError: CustomStringConvertible {
    public var description: String {
        advice.isEmpty ? "\(sentence)." : "\(sentence). \(advice)."
    }

    private var sentence: String {
        switch self {
        case .malformedArmour(let reason):
            return "The signature file is not an SSH signature as ssh-keygen writes it: \(reason)"
        case .notASignature:
            return "The armoured data does not begin with SSHSIG"
        case .truncated(let field):
            return "The data ends within \(field)"
        case .trailingBytes(let field, let count):
            return "\(count) byte\(count == 1 ? " stands" : "s stand") after the end of \(field)"
        case .malformedText(let field):
            return "Something other than UTF-8 text stands in \(field)"
        case .unsupportedVersion(let version):
            return "The signature has format version \(version), known is 1"
        case .emptyNamespace:
            return "The signature's namespace is empty"
        case .reservedNotEmpty:
            return "The signature's reserved field is not empty"
        case .unsupportedHash(let name):
            return "The signature's hash algorithm is \(quoted(name)), allowed are sha256 and sha512"
        case .malformedKeyLine(let reason):
            return "The public key line is malformed: \(reason)"
        case .keyOptions(let options):
            return "The public key line begins with options: \(quoted(options))"
        case .unsupportedKeyType(let type):
            return "Keys of type \(quoted(type)) are not supported"
        case .malformedKey(let type, let reason):
            return "The \(type) public key is malformed: \(reason)"
        case .weakKey(let type, let reason):
            return "The \(type) public key is too weak: \(reason)"
        case .unsupportedSubjectPublicKeyInfo:
            return "The SubjectPublicKeyInfo is not the DER of an Ed25519, P-256, P-384, P-521 or RSA key"
        case .signatureTypeMismatch(let found, let keyType):
            return "A signature of type \(quoted(found)) cannot be made by a key of type \(keyType)"
        case .sha1Signature:
            return "The RSA signature is of type \"ssh-rsa\", which hashes with SHA-1"
        case .malformedSignature(let type, let reason):
            return "The \(type) signature is malformed: \(reason)"
        case .unknownFIDOFlags(let flags):
            return "The FIDO signature has flags 0x\(hexadecimal(flags)), which say more than an SSH signature can hold"
        case .otherNamespace(let found, let expected):
            return "The signature was made for namespace \(quoted(found)), not for \(quoted(expected))"
        case .otherKey(let found, let expected):
            return "The signature was made by key \(found), not by \(expected)"
        case .invalidSignature(let fingerprint):
            return "The signature by key \(fingerprint) does not fit these bytes"
        case .otherApplication(let found, let expected):
            return "The FIDO key belongs to application \(quoted(found)), not to \(quoted(expected))"
        case .presenceMissing(let fingerprint):
            return "The FIDO key \(fingerprint) signed without a touch"
        case .verificationMissing(let fingerprint):
            return "The FIDO key \(fingerprint) signed without verifying its user"
        }
    }

    private var advice: String {
        switch self {
        case .malformedArmour:
            return "Hand over the .sig file of ssh-keygen -Y sign unchanged"
        case .notASignature, .truncated, .trailingBytes, .malformedText, .unsupportedVersion, .reservedNotEmpty,
            .malformedSignature:
            return "Sign again, and copy the file as it is"
        case .emptyNamespace:
            return "Sign with ssh-keygen -Y sign -n and the namespace that the reader expects"
        case .unsupportedHash:
            return "Sign without the hashalg option, or with sha512"
        case .malformedKeyLine:
            return "Give the line of the .pub file: type, base64 and comment, with single spaces between"
        case .keyOptions:
            return "Give the key without options"
        case .unsupportedKeyType:
            return "Use one of \(SSHKeyType.allCases.map(\.rawValue).joined(separator: ", "))"
        case .malformedKey, .unsupportedSubjectPublicKeyInfo:
            return "Take the key again from its .pub file or token"
        case .weakKey:
            return "Make a new key, best with ssh-keygen -t ed25519 or ed25519-sk"
        case .signatureTypeMismatch:
            return "Sign again with the key itself"
        case .sha1Signature:
            return "Sign with OpenSSH 8.2 or newer, which makes rsa-sha2-512 signatures"
        case .unknownFIDOFlags:
            return "Sign with the FIDO key through ssh-keygen"
        case .otherNamespace(_, let expected):
            return "Sign again with ssh-keygen -Y sign -n \(expected)"
        case .otherKey:
            return "Sign with the key that is registered for this person"
        case .invalidSignature:
            return "Sign exactly the file that is to be checked"
        case .otherApplication:
            return "Register a FIDO key made without -O application"
        case .presenceMissing:
            return "Use a key made without -O no-touch-required, and touch it when it blinks"
        case .verificationMissing:
            return "Use a key made with -O verify-required, and give its PIN or fingerprint"
        }
    }
}

/// Outside text in quotation marks, short and with nothing in it that could move a terminal's cursor.
private func quoted(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(100) {
        shown.append(contentsOf: scalar == "\"" ? "\\\"" : scalar.escaped(asASCII: true))
    }
    return "\"\(shown)\(text.unicodeScalars.count > 100 ? "…" : "")\""
}

private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0\(digits)" : digits
}
