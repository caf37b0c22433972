import Authority
import Glibc
import Groundwork
import Handover
import PKIX

/// The files that a station has of a device.
enum DeviceFiles {
    /// - Throws: ``Failure`` with exit code 65 for what holds no certificate.
    static func certificates(_ path: String) throws -> [Certificate] {
        let bytes = try DurableFile.read(path, maximumBytes: 1 << 20)
        return try naming(path) {
            guard PEM.looksLikePEM(bytes) else { return [try Certificate(derEncoded: bytes)] }
            return try PEM.decodeAll(bytes).filter { $0.label == PEM.certificate }.map {
                try Certificate(derEncoded: $0.derBytes)
            }
        }
    }

    static func list(_ path: String) throws -> CertificateList {
        let bytes = try DurableFile.read(path, maximumBytes: 1 << 30)
        return try naming(path) { try CertificateList(pemOrDER: bytes) }
    }

    /// A fingerprint, or the certificate in a file.
    static func root(_ text: String) throws -> (Digest, Certificate?) {
        if let digest = Digest(spoken: text) { return (digest, nil) }
        guard access(text, F_OK) == 0 else {
            throw Failure(
                Exit.usage, "\"\(text.prefix(80))\" is neither a SHA-256 fingerprint nor a file",
                advice: "Give 64 hex digits, 32 words, or the root's certificate")
        }
        let bytes = try DurableFile.read(text, maximumBytes: 1 << 20)
        let certificate = try naming(text) { try Certificate(pemOrDER: bytes) }
        return (Digest(of: certificate.derBytes), certificate)
    }

    static func challenge(_ text: String) throws -> Challenge {
        if access(text, F_OK) == 0 {
            let bytes = try DurableFile.read(text, maximumBytes: 4096)
            do {
                return try Challenge(file: bytes)
            } catch {
                throw Failure(
                    Exit.badInput, "\(text) is no challenge: \(error)", advice: "Make one with anchorite device challenge")
            }
        }
        guard let octets = Hex.decode(text.lowercased()), let challenge = Challenge(octets: octets) else {
            throw Failure(
                Exit.badInput, "\"\(text.prefix(80))\" is neither a file nor 16 octets and more in hex",
                advice: "Make a challenge with anchorite device challenge")
        }
        return challenge
    }

    private static func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PKIXError {
            throw Failure(Exit.badInput, "\(path): \(error)")
        }
    }
}
