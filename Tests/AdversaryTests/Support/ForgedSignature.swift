import Crypto
import Foundation
import SSHSignature

/// SSHSIG, put together by hand (PROTOCOL.sshsig), so that every field can be wrong.
struct ForgedSignature {
    var key: [UInt8]
    var namespace = "anchorite-plan"
    var reserved: [UInt8] = []
    var hash = "sha512"
    /// `string algorithm, string signature`.
    var signature: [UInt8] = []
    var trailing: [UInt8] = []

    /// What the key signs.
    func signedData(_ message: [UInt8]) -> [UInt8] {
        Array("SSHSIG".utf8) + Wire.text(namespace) + Wire.string(reserved) + Wire.text(hash)
            + Wire.string(Array(SHA512.hash(data: message)))
    }

    var armored: [UInt8] {
        let blob = Array("SSHSIG".utf8) + Wire.uint32(1) + Wire.string(key) + Wire.text(namespace)
            + Wire.string(reserved) + Wire.text(hash) + Wire.string(signature) + trailing
        let text = Data(blob).base64EncodedString()
        var lines = ["-----BEGIN SSH SIGNATURE-----"]
        var rest = Substring(text)
        while !rest.isEmpty {
            lines.append(String(rest.prefix(70)))
            rest = rest.dropFirst(70)
        }
        return Array((lines + ["-----END SSH SIGNATURE-----", ""]).joined(separator: "\n").utf8)
    }
}

/// The encodings of RFC 4251 section 5.
enum Wire {
    static func uint32(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(value).bigEndian) { Array($0) } }
    static func string(_ bytes: [UInt8]) -> [UInt8] { uint32(bytes.count) + bytes }
    static func text(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    /// A positive number, with as few bytes as there can be.
    static func number(_ magnitude: [UInt8]) -> [UInt8] {
        let digits = Array(magnitude.drop { $0 == 0 })
        return string((digits.first ?? 0) & 0x80 == 0 ? digits : [0] + digits)
    }
}

/// An operator's P-256 key, whose signatures anybody can write in a second way.
struct CurveKey {
    private let key: P256.Signing.PrivateKey
    let publicKey: SSHPublicKey

    /// The order of P-256 (SEC 2, section 2.4.2).
    private static let order: [UInt8] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ]
    private static let type = "ecdsa-sha2-nistp256"

    init() throws {
        key = try P256.Signing.PrivateKey(rawRepresentation: Array(repeating: 0x17, count: 32))
        publicKey = try SSHPublicKey(
            wireBlob: Wire.text(Self.type) + Wire.text("nistp256") + Wire.string(Array(key.publicKey.x963Representation)),
            comment: "curve")
    }

    /// r and s of a signature over a plan.
    func numbers(over message: [UInt8]) throws -> (r: [UInt8], s: [UInt8]) {
        let data = ForgedSignature(key: publicKey.wireBlob).signedData(message)
        let raw = Array(try key.signature(for: SHA256.hash(data: data)).rawRepresentation)
        return (Array(raw.prefix(32)), Array(raw.suffix(32)))
    }

    /// n − s verifies as s does.
    static func mirrored(_ s: [UInt8]) -> [UInt8] {
        var result = order
        var borrow = 0
        for index in order.indices.reversed() {
            let difference = Int(order[index]) - Int(s[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[index] = UInt8(truncatingIfNeeded: difference)
        }
        return result
    }

    /// A signature file with these numbers as they are encoded.
    func file(_ r: [UInt8], _ s: [UInt8]) -> [UInt8] {
        var forged = ForgedSignature(key: publicKey.wireBlob)
        forged.signature = Wire.text(Self.type) + Wire.string(r + s)
        return forged.armored
    }
}

/// A FIDO security key in software: it signs what a stick signs (OpenSSH's PROTOCOL.u2f), with any flags.
struct FIDOStick {
    static let present: UInt8 = 0x01
    static let verified: UInt8 = 0x04

    private static let type = "sk-ssh-ed25519@openssh.com"
    private let key: Curve25519.Signing.PrivateKey
    let publicKey: SSHPublicKey

    init(application: String = "ssh:") throws {
        key = try Curve25519.Signing.PrivateKey(rawRepresentation: Array(repeating: 0x23, count: 32))
        publicKey = try SSHPublicKey(
            wireBlob: Wire.text(Self.type) + Wire.string(Array(key.publicKey.rawRepresentation)) + Wire.text(application),
            comment: "stick")
    }

    func file(over message: [UInt8], flags: UInt8) throws -> [UInt8] {
        var forged = ForgedSignature(key: publicKey.wireBlob)
        let counter: [UInt8] = [0, 0, 0, 7]
        let application = Array(SHA256.hash(data: Array((publicKey.application ?? "").utf8)))
        let data = Array(SHA256.hash(data: forged.signedData(message)))
        let signature = Array(try key.signature(for: application + [flags] + counter + data))
        forged.signature = Wire.text(Self.type) + Wire.string(signature) + [flags] + counter
        return forged.armored
    }
}

/// An operator's RSA key of OpenSSH.
struct RSAKey {
    let line: String
    private let folder: TemporaryFolder

    init(bits: Int) throws {
        folder = try TemporaryFolder()
        try Shell.need(
            "ssh-keygen", "-q", "-t", "rsa", "-b", "\(bits)", "-m", "PEM", "-N", "", "-C", "rsa", "-f", "key",
            in: folder.path)
        line = try String(contentsOfFile: "\(folder.path)/key.pub", encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    /// As OpenSSH signed before 8.2: with SHA-1, under the name ssh-rsa.
    func sha1File(over message: [UInt8]) throws -> [UInt8] {
        var forged = ForgedSignature(key: try SSHPublicKey(authorizedKeysLine: line).wireBlob)
        try Data(forged.signedData(message)).write(to: URL(filePath: "\(folder.path)/data"))
        try Shell.need("openssl", "dgst", "-sha1", "-sign", "key", "-out", "signature", "data", in: folder.path)
        let signature = Array(try Data(contentsOf: URL(filePath: "\(folder.path)/signature")))
        forged.signature = Wire.text("ssh-rsa") + Wire.string(signature)
        return forged.armored
    }
}
