import enum Crypto.ChaChaPoly
import struct Crypto.SymmetricKey
import Groundwork

/// A package on disk: one line of canonical JSON that says what it is, and the box that only its responders open.
///
/// The box is ChaCha20-Poly1305 (RFC 8439) under the 32 octets that the shares give: 12 octets of nonce, the ciphertext, 16
/// octets of tag. The line, without its line feed, is the associated data.
public struct SealedPackageFile: Sendable {
    public static let format = "break-glass/1"
    /// Of the key, in octets.
    static let keyLength = 32

    public let authority: String
    public let environment: String
    public let package: String
    /// The SHA-256 of the root's certificate.
    public let root: Digest
    /// What it revokes: names, scopes in words of the policy, and serial numbers.
    public let certificates: [Certificate]
    public let number: Int64
    public let sequence: Int64
    public let prepared: Timestamp
    public let expires: Timestamp
    /// Who holds which share.
    public let custody: CustodyRecord
    private let box: [UInt8]
    /// How many octets the box has.
    public var boxLength: Int { box.count }

    public struct Certificate: Hashable, Sendable {
        public var name: String
        public var scope: [String: String]
        public var serial: [UInt8]
    }

    /// What is in the box.
    struct Content {
        var signatures: [BreakGlassOpening.Signature]
        /// The CRL and the signed forms of the bundle: with them a package is of use without this program.
        var files: [(path: String, bytes: [UInt8])]
    }

    // MARK: Sealing

    /// - Parameter secret: the key.
    static func seal(
        _ planned: PlannedBreakGlass, _ state: AuthorityState, _ shared: SharedSecret, _ content: Content
    ) throws -> [UInt8] {
        let header = try header(planned, state, shared.record(of: planned)).canonicalBytes
        var plain = content.bytes
        defer { SecretBytes.wipe(&plain) }
        let box = try shared.secret.withUnsafeBytes { key in
            try ChaChaPoly.seal(plain, using: SymmetricKey(data: key), authenticating: header)
        }
        return header + [0x0a] + Array(box.combined)
    }

    private static func header(
        _ planned: PlannedBreakGlass, _ state: AuthorityState, _ custody: CustodyRecord
    ) throws(PlanError) -> JSONValue {
        guard let root = state.certificates[planned.root]?.fingerprint else {
            throw PlanError(.breakGlassSealed, "the certificate of \(planned.root) is not there yet")
        }
        return [
            "anchorite": .string(format), "authority": .string(state.authority),
            "environment": .string(state.environment.rawValue), "package": .string(planned.package),
            "root": .string(root.hex),
            "certificates": .array(planned.revocations.map {
                [
                    "certificate": .string($0.certificate), "serial": .hex($0.serial),
                    "scope": .stringMap(state.certificates[$0.certificate]?.planned.scope ?? [:]),
                ]
            }),
            "number": .integer(planned.list.number), "sequence": .integer(planned.bundle.sequence),
            "prepared": .time(planned.prepared), "expires": .time(planned.expires),
            "shares": ["set": .integer(custody.set), "groups": custody.groupsJSON],
        ]
    }

    // MARK: Opening

    /// - Throws: ``PlanError`` with control BREAK-GLASS-SEALED when this is no package.
    public init(_ bytes: [UInt8], path: String) throws(PlanError) {
        guard let end = bytes.firstIndex(of: 0x0a) else { throw Self.malformed(path, "its first line has no end") }
        do {
            var reader = try JSONObjectReader(JSONValue(canonical: Array(bytes[..<end])))
            let format = try reader.string("anchorite")
            guard format == Self.format else { throw reader.invalid("anchorite", "expected \(Self.format)") }
            authority = try reader.string("authority")
            environment = try reader.string("environment")
            package = try reader.string("package")
            root = try reader.digest("root")
            certificates = try reader.objects("certificates").map { reader in
                var reader = reader
                let certificate = Certificate(
                    name: try reader.string("certificate"), scope: try reader.stringMap("scope"),
                    serial: try reader.hex("serial"))
                try reader.finish()
                return certificate
            }
            number = try reader.integer("number")
            sequence = try reader.integer("sequence")
            prepared = try reader.timestamp("prepared")
            expires = try reader.timestamp("expires")
            var shares = try reader.object("shares")
            custody = try CustodyRecord(package: package, set: try shares.integer("set"), &shares)
            try shares.finish()
            try reader.finish()
        } catch {
            throw Self.malformed(path, sentence(error))
        }
        header = Array(bytes[..<end])
        box = Array(bytes[(end + 1)...])
    }

    private let header: [UInt8]

    private static func malformed(_ path: String, _ reason: String) -> PlanError {
        PlanError(.breakGlassSealed, "\(path) is no sealed package: \(reason)", advice: "Take it from another copy of the authority")
    }

    /// Whether the file is the package that the ledger knows.
    ///
    /// - Throws: ``PlanError`` with control BREAK-GLASS-OPENED.
    public func require(_ record: BreakGlassRecord, _ state: AuthorityState, bytes: [UInt8]) throws(PlanError) {
        let planned = record.planned
        guard authority == state.authority, environment == state.environment.rawValue else {
            throw PlanError(
                .breakGlassOpened,
                "\(planned.path) is of the authority \(authority) (\(environment)), not of \(state.authority) (\(state.environment.rawValue))",
                advice: "Take it from a copy of this authority")
        }
        guard package == planned.package else {
            throw PlanError(
                .breakGlassOpened, "\(planned.path) is the package \(package), not \(planned.package)",
                advice: "Take it from another copy of the authority")
        }
        guard Digest(of: bytes) == record.sealed?.file.digest, custody.set == record.sealed?.set,
            root == state.certificates[planned.root]?.fingerprint
        else {
            throw PlanError(
                .breakGlassOpened, "\(planned.path) is not the file that the ledger names: its digest differs",
                advice: "Take it from another copy of the authority")
        }
    }

    /// - Throws: ``PlanError`` with control BREAK-GLASS-OPENED when the key is not this package's.
    func open(_ secret: SecretBytes) throws(PlanError) -> Content {
        do {
            let box = try ChaChaPoly.SealedBox(combined: box)
            let plain = try secret.withUnsafeBytes { key in
                try ChaChaPoly.open(box, using: SymmetricKey(data: key), authenticating: header)
            }
            return try Content(Array(plain))
        } catch {
            throw PlanError(
                .breakGlassOpened, "the shares do not open the package \(package)",
                advice: "At least one of them is of another one, or the file was changed: take it from another copy")
        }
    }
}

extension SealedPackageFile.Content {
    var bytes: [UInt8] {
        JSONValue.object([
            "signatures": BreakGlassOpening.Signature.json(signatures),
            "files": .array(files.map { ["path": .string($0.path), "bytes": .base64($0.bytes)] }),
        ]).canonicalBytes
    }

    init(_ bytes: [UInt8]) throws {
        var reader = try JSONObjectReader(JSONValue(canonical: bytes))
        signatures = try BreakGlassOpening.Signature.read(&reader)
        files = try reader.objects("files").map { reader in
            var reader = reader
            let file = (path: try reader.string("path"), bytes: try reader.base64("bytes"))
            try reader.finish()
            return file
        }
        try reader.finish()
    }
}

extension PlannedBreakGlass {
    /// How desks speak of it.
    var shareName: String { "\(CustodyRecord.packagePrefix)\(package)" }
}

extension SharedSecret {
    /// Who holds which share of a package's key.
    func record(of package: PlannedBreakGlass) -> CustodyRecord {
        CustodyRecord(
            token: package.shareName, serial: "", set: set, pinLength: SealedPackageFile.keyLength, groups: groups,
            commitments: commitments)
    }
}
