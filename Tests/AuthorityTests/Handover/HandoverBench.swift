import Authority
import Crypto
import Foundation
import Groundwork
import Handover
import PKIX
import Publication
import SSHSignature
import Testing

/// An authority with a factory whose key is at hand, what was handed over to it, and devices that openssl makes.
struct HandoverBench: Sendable {
    let folder: TemporaryFolder
    let authorityPath: String
    let root: Groundwork.Digest
    let operators: [String: SoftwareSSHKey]
    /// The year that the factory's intermediate is for.
    let year: Int
    /// The handover, signed by ana.
    let handover: String

    static let shared = Result { try HandoverBench() }
    static let intermediate = "factory-shenzhen-2-\(Timestamp.now().year)"

    static let policy = TestPolicy.text
        .replacing("  intermediate: {next-update: 30d, overlap: 7d}\n", with: """
              intermediate: {next-update: 30d, overlap: 7d}
              urls:
                - http://pki.test.example/crl/{issuer}.crl

            """)
        .replacing("""
                  - CN: "{device}"
                scope: [device]
            """, with: """
                  - OU: "{factory}"
                  - CN: Unit {device}
                  - serialNumber: "{device}"
                scope: [factory, device]
                extended-key-usage: [clientAuth]
                certificate-policies:
                  - 1.3.6.1.4.1.32473.1.{factory-number}
            """)

    init() throws {
        let workshop = try Workshop(Self.policy)
        let key = P256.Signing.PrivateKey()
        let time = Timestamp.now()
        workshop.inputs["f.csr"] = try TestRequest.make(key)
        workshop.inputs["p1.csr"] = try TestRequest.make()
        try workshop.hold(
            Operations.root + Operations.factory("shenzhen-2", time.year, csr: "f.csr") + Operations.product("p1")
                + Operations.bundle)
        folder = try TemporaryFolder.inMemory
        authorityPath = "\(folder.path)/authority"
        try Files.copy(workshop.directory.path, to: authorityPath)
        root = try #require(try workshop.state()?.roots.first?.fingerprint)
        operators = workshop.rehearsal.operators
        year = time.year
        handover = "\(folder.path)/handover"
        try Files.write(Array(key.pemRepresentation.utf8), to: "\(folder.path)/factory.key")
        try Self.pack(authorityPath, root, by: operators["ana"], to: handover)
    }

    /// Packs a folder, as the command does.
    static func pack(
        _ authority: String, _ root: Groundwork.Digest, by signer: SoftwareSSHKey?, to folder: String,
        intermediate: String = HandoverBench.intermediate, at time: Timestamp = .now()
    ) throws {
        let signer = try #require(signer)
        let verified = try VerifiedAuthority(AuthorityDirectory(authority), root: root)
        let making = try HandoverMaking(verified, intermediate: intermediate, profile: nil, at: time)
        let draft = try making.draft(signer: try making.signer(signer.publicKey))
        let signature = try signer.signature(over: draft.message, namespace: Contract.namespace)
        try HandoverFolder.write(try draft.signed(signature.encodeArmored(), root: root, at: time), to: folder)
    }

    func read(_ folder: String? = nil, at time: Timestamp = .now()) throws -> Handover {
        try Handover(folder: folder ?? handover, root: root, at: time)
    }

    /// A copy of the handover to spoil.
    func copy() throws -> (folder: TemporaryFolder, path: String) {
        let folder = try TemporaryFolder.inMemory
        let path = "\(folder.path)/handover"
        try Files.copy(handover, to: path)
        return (folder, path)
    }

    // MARK: Devices

    /// What openssl is told of a device.
    struct DeviceWish: Sendable {
        var subject = "/O=Test Devices/OU=shenzhen-2/CN=Unit 0001/serialNumber=0001"
        /// Arguments of `openssl genpkey`.
        var key = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        var days = 300
        var serial = "41" + Hex.encode(SystemRandom.bytes(15))
        var digest = "-sha256"
        /// Lines of the section of extensions.
        var extensions: [String: String] = [
            "basicConstraints": "critical,CA:FALSE", "keyUsage": "critical,digitalSignature", "extendedKeyUsage": "clientAuth",
            "subjectKeyIdentifier": "hash", "authorityKeyIdentifier": "keyid",
            "certificatePolicies": "1.3.6.1.4.1.32473.1.1",
            "crlDistributionPoints": "URI:http://pki.test.example/crl/\(HandoverBench.intermediate).crl",
        ]
        /// Signs in place of the factory: certificate and key.
        var signer: (certificate: String, key: String)?
    }

    /// A device of openssl's making: `device.pem`, `device.key` in a folder of its own.
    func device(_ wish: DeviceWish = DeviceWish()) throws -> Device {
        let folder = try TemporaryFolder.inMemory
        let (key, request) = ("\(folder.path)/device.key", "\(folder.path)/device.csr")
        try Self.openssl(["genpkey", "-out", key] + wish.key)
        try Self.openssl(["req", "-new", "-key", key, "-subj", wish.subject, "-utf8", "-out", request])
        let lines = wish.extensions.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
        try Files.write(Array("[device]\n\(lines)".utf8), to: "\(folder.path)/device.cnf")
        let signer = wish.signer ?? ("\(handover)/intermediate.pem", "\(self.folder.path)/factory.key")
        try Self.openssl([
            "x509", "-req", "-in", request, "-CA", signer.certificate, "-CAkey", signer.key, "-days", "\(wish.days)",
            wish.digest, "-set_serial", "0x\(wish.serial)", "-extfile",
            "\(folder.path)/device.cnf", "-extensions", "device", "-out", "\(folder.path)/device.pem",
        ])
        return Device(folder: folder)
    }

    struct Device: Sendable {
        let folder: TemporaryFolder
        var path: String { "\(folder.path)/device.pem" }
        var key: String { "\(folder.path)/device.key" }
        func certificate() throws -> PKIX.Certificate { try PKIX.Certificate(pemOrDER: Files.read(path)) }

        /// openssl's signature over a challenge.
        func sign(_ challenge: Challenge, _ arguments: [String] = ["dgst", "-sha256"]) throws -> [UInt8] {
            let (message, signature) = ("\(folder.path)/challenge", "\(folder.path)/challenge.sig")
            try Files.write(challenge.bytes, to: message)
            try HandoverBench.openssl(arguments + ["-sign", key, "-out", signature, message])
            return try Files.read(signature)
        }
    }

    /// What a station finds out about a device with the handover.
    func verify(
        _ device: Device, handover: Handover? = nil, at time: Timestamp = .now(),
        _ change: (inout DeviceVerification) throws -> Void = { _ in }
    ) throws -> [DeviceCheck: DeviceCheck.Result] {
        var verification = DeviceVerification(chain: [try device.certificate()], root: root, time: time)
        verification.handover = .success(try handover ?? read())
        try change(&verification)
        return Dictionary(uniqueKeysWithValues: verification.results().map { ($0.check, $0) })
    }

    @discardableResult
    static func openssl(_ arguments: [String]) throws -> String {
        let outcome = try Program.run("/usr/bin/openssl", arguments)
        try #require(outcome.status == 0, "openssl \(arguments.joined(separator: " ")): \(outcome.errors)")
        return outcome.output
    }

    /// A CRL of the factory's, by openssl, that lists these serial numbers.
    func factoryList(revoking serials: [[UInt8]], in folder: TemporaryFolder, number: Int = 1) throws -> CertificateList {
        let place = folder.path
        let rows = serials.map { "R\t361231235959Z\t260101000000Z,keyCompromise\t\(Hex.encode($0).uppercased())\tunknown\t/CN=x\n" }
        try Files.write(Array(rows.joined().utf8), to: "\(place)/index.txt")
        try Files.write(Array("0\(number)\n".utf8), to: "\(place)/crlnumber")
        try Files.write(Array("""
            [ca]
            default_ca = own
            [own]
            database = \(place)/index.txt
            crlnumber = \(place)/crlnumber
            default_md = sha256
            default_crl_days = 30
            crl_extensions = list
            [list]
            authorityKeyIdentifier = keyid

            """.utf8), to: "\(place)/ca.cnf")
        try Self.openssl([
            "ca", "-gencrl", "-config", "\(place)/ca.cnf", "-cert", "\(handover)/intermediate.pem", "-keyfile",
            "\(self.folder.path)/factory.key", "-out", "\(place)/factory.crl",
        ])
        return try CertificateList(pemOrDER: Files.read("\(place)/factory.crl"))
    }
}
