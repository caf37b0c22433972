import Authority
import Foundation
import Groundwork
import PKIX
import Testing

/// OpenSSL's command judges certificates, CRLs, keys and chains.
@Suite struct OpenSSLTests {
    let authority: RehearsedAuthority

    init() throws { authority = try RehearsedAuthority.firstYear.get() }

    private func openssl(_ arguments: String..., printsOutput: Bool = true) async throws -> Judge.Verdict {
        try await Judge.ask("openssl", arguments, printsOutput: printsOutput)
    }

    @Test func `openssl x509 reads in every certificate what the policy promises`() async throws {
        let expected = try authority.expectedFacts()
        #expect(Set(expected.keys) == Set(authority.state.issued))
        for (name, facts) in expected {
            let path = try authority.path(name)
            let fields = try await openssl(
                "x509", "-in", path, "-inform", "DER", "-noout", "-serial", "-subject", "-issuer", "-dates", "-nameopt",
                "RFC2253", "-dateopt", "iso_8601")
            #expect(
                fields.output.split(separator: "\n").map(String.init) == [
                    "serial=\(facts.serial.uppercased())", "subject=\(facts.subject)", "issuer=\(facts.issuer)",
                    "notBefore=\(Self.spaced(facts.notBefore))", "notAfter=\(Self.spaced(facts.notAfter))",
                ], "\(name): \(fields.text)")

            let text = try await openssl(
                "x509", "-in", path, "-inform", "DER", "-noout", "-text", "-nameopt", "RFC2253", "-certopt",
                "no_pubkey,no_sigdump")
            #expect(text.output.contains("Version: 3 (0x2)\n"))
            #expect(
                text.output.contains(
                    "Signature Algorithm: \(facts.isP384Signed ? "ecdsa-with-SHA384" : "ecdsa-with-SHA256")\n"))
            let start = try #require(text.output.range(of: "X509v3 extensions:\n"))
            let lines = text.output[start.upperBound...].split(separator: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            #expect(lines == facts.opensslExtensions, "\(name): \(text.text)")
        }
    }

    private static func spaced(_ rfc3339: String) -> String { rfc3339.replacingOccurrences(of: "T", with: " ") }

    @Test func `openssl asn1parse finds its way through every object`() async throws {
        let paths = authority.certificates.map(\.planned.path) + authority.lists.map(\.planned.path)
        for path in paths {
            let bytes = try authority.directory.read(path)
            let verdict = try await openssl(
                "asn1parse", "-inform", "DER", "-in", authority.directory.absolute(path), printsOutput: false)
            #expect(verdict.accepted, "\(path): \(verdict.text)")
            // The outermost SEQUENCE is the file: header and content together are its bytes.
            let first = try #require(verdict.output.split(separator: "\n").first)
            let numbers = first.split { !$0.isNumber }.compactMap { Int($0) }
            #expect(numbers.count == 4 && numbers[2] + numbers[3] == bytes.count, "\(path): \(first)")
        }
    }

    @Test func `openssl pkey and openssl ec read every public key, and write the same bytes`() async throws {
        let scratch = try ScratchFolder()
        for record in authority.state.keys.values {
            let publicKey = try #require(record.publicKey)
            let path = try scratch.write(publicKey.derBytes, "key")
            let again = "\(scratch.path)/again"
            let checked = try await openssl("pkey", "-pubin", "-inform", "DER", "-in", path, "-pubcheck", "-noout")
            #expect(checked.accepted && checked.text.contains("Key is valid"), "\(checked.text)")
            let rewritten = try await openssl(
                "pkey", "-pubin", "-inform", "DER", "-in", path, "-outform", "DER", "-out", again)
            #expect(rewritten.accepted, "\(rewritten.text)")
            #expect(try Array(Data(contentsOf: URL(filePath: again))) == publicKey.derBytes)

            let ec = try await openssl("ec", "-pubin", "-inform", "DER", "-in", path, "-noout", "-text")
            let curve = publicKey.kind == .ecP384 ? "P-384" : "P-256"
            #expect(ec.output.contains("NIST CURVE: \(curve)\n"), "\(ec.text)")
        }
    }

    @Test func `openssl verify accepts every certificate in its place`() async throws {
        let root = try #require(authority.certificates.first)
        let anchor = try authority.pem("G1")
        for record in authority.certificates where record.planned.name != root.planned.name {
            let issuer = try authority.pem(record.planned.issuer)
            let verdict = try await openssl(
                "verify", "-x509_strict", "-check_ss_sig", "-CAfile", anchor, "-untrusted", issuer,
                try authority.pem(record.planned.name))
            #expect(verdict.accepted && verdict.output.hasSuffix(": OK\n"), "\(verdict.text)")
        }
    }

    private func verifyDevice(
        _ files: RehearsedAuthority.DeviceFiles, lists: [String]? = nil, _ options: String...
    ) async throws -> Judge.Verdict {
        let lists = (lists ?? files.lists).flatMap { ["-CRLfile", "\($0).pem"] }
        return try await Judge.ask(
            "openssl",
            [
                "verify", "-x509_strict", "-crl_check_all", "-CAfile", "\(files.root).pem", "-untrusted",
                "\(files.intermediate).pem",
            ]
                + lists + options + ["\(files.device).pem"])
    }

    @Test func `openssl verify accepts a device under a live intermediate, for its purpose and its policy`()
        async throws
    {
        let tallinn = try authority.device(ofFactory: "tallinn")
        #expect(try await verifyDevice(tallinn).accepted)
        #expect(try await verifyDevice(tallinn, "-purpose", "sslclient").accepted)
        let other = try await verifyDevice(tallinn, "-purpose", "sslserver")
        #expect(!other.accepted && other.text.contains("certificate purpose"), "\(other.text)")
        // A chain is as long as its path lengths allow: two CAs, no more.
        let short = try await verifyDevice(tallinn, "-verify_depth", "0")
        #expect(!short.accepted, "\(short.text)")
    }

    @Test func `openssl verify refuses a device under a revoked intermediate`() async throws {
        let shenzhen = try authority.device(ofFactory: "shenzhen-2")
        let verdict = try await verifyDevice(shenzhen)
        #expect(!verdict.accepted && verdict.text.contains("certificate revoked"), "\(verdict.text)")
        #expect(verdict.text.contains("error 23 at 1 depth lookup"))
    }

    @Test func `openssl verify refuses a chain whose CRLs are not all there`() async throws {
        let tallinn = try authority.device(ofFactory: "tallinn")
        for lists in [[], [tallinn.rootList], [tallinn.intermediateList]] {
            let verdict = try await verifyDevice(tallinn, lists: lists)
            #expect(!verdict.accepted && verdict.text.contains("unable to get certificate CRL"), "\(verdict.text)")
        }
    }

    @Test func `openssl verify refuses a device under another factory's intermediate`() async throws {
        let (tallinn, shenzhen) = (
            try authority.device(ofFactory: "tallinn"), try authority.device(ofFactory: "shenzhen-2")
        )
        let verdict = try await Judge.ask(
            "openssl",
            [
                "verify", "-x509_strict", "-CAfile", "\(tallinn.root).pem", "-untrusted",
                "\(shenzhen.intermediate).pem", "\(tallinn.device).pem",
            ])
        #expect(!verdict.accepted && verdict.text.contains("unable to get local issuer certificate"), "\(verdict.text)")
    }

    @Test func `openssl crl reads in every CRL what was planned, and verifies it`() async throws {
        for (record, facts) in zip(authority.lists, try authority.expectedListFacts()) {
            let path = authority.directory.absolute(record.planned.path)
            let issuer = try authority.pem(record.planned.issuer)
            let verdict = try await openssl(
                "crl", "-inform", "DER", "-in", path, "-CAfile", issuer, "-verify", "-noout", "-text", "-nameopt",
                "RFC2253")
            #expect(verdict.accepted && verdict.errors.contains("verify OK"), "\(verdict.text)")
            let lines = verdict.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let end = try #require(lines.lastIndex { $0.hasPrefix("Signature Algorithm:") })
            #expect(Array(lines[..<end]) == facts.opensslLines(signatureAlgorithm: lines[2]), "\(verdict.text)")

            let scratch = try ScratchFolder()
            let broken = try scratch.writeBroken(authority.directory.read(record.planned.path), PEM.certificateList)
            let refused = try await openssl("crl", "-in", broken, "-CAfile", issuer, "-verify", "-noout")
            #expect(refused.text.contains("verify failure"), "\(refused.text)")
        }
    }
}

extension RehearsedAuthority {
    /// The PEM file of a certificate.
    func pem(_ certificate: String) throws -> String {
        try path(certificate).replacingOccurrences(of: ".cer", with: ".pem")
    }
}

extension CertificateFacts {
    var isP384Signed: Bool { algorithm == "1.2.840.10045.4.3.3" }

    /// What `openssl x509 -text` prints below "X509v3 extensions:".
    var opensslExtensions: [String] {
        let words = [
            "keyCertSign": "Certificate Sign", "cRLSign": "CRL Sign", "digitalSignature": "Digital Signature",
            "1.3.6.1.5.5.7.3.2": "TLS Web Client Authentication",
        ]
        let name = { (oid: String, title: String) in "X509v3 \(title):" + (critical.contains(oid) ? " critical" : "") }
        let colons = { (hex: String) in
            stride(from: 0, to: hex.count, by: 2).map { String(hex.uppercased().dropFirst($0).prefix(2)) }.joined(
                separator: ":")
        }
        var lines = [name("2.5.29.19", "Basic Constraints")]
        lines.append((isCA ? "CA:TRUE" : "CA:FALSE") + (pathLength.map { ", pathlen:\($0)" } ?? ""))
        lines += [name("2.5.29.15", "Key Usage"), keyUsage.map { words[$0] ?? $0 }.joined(separator: ", ")]
        if !extendedKeyUsage.isEmpty {
            lines += [
                name("2.5.29.37", "Extended Key Usage"),
                extendedKeyUsage.map { words[$0] ?? $0 }.joined(separator: ", "),
            ]
        }
        lines += [name("2.5.29.14", "Subject Key Identifier"), colons(subjectKeyIdentifier)]
        if let authorityKeyIdentifier {
            lines += [name("2.5.29.35", "Authority Key Identifier"), colons(authorityKeyIdentifier)]
        }
        if !policies.isEmpty { lines += [name("2.5.29.32", "Certificate Policies")] + policies.map { "Policy: \($0)" } }
        if !permitted.isEmpty {
            // OpenSSL prints these names in the order of the encoding.
            let names = permitted.map { "DirName:" + $0.split(separator: ",").reversed().joined(separator: ", ") }
            lines +=
                [name("2.5.29.30", "Name Constraints"), "Permitted:"]
                + names.map { $0.replacingOccurrences(of: "=", with: " = ") }
        }
        if !issuerURLs.isEmpty {
            lines += ["Authority Information Access:"] + issuerURLs.map { "CA Issuers - URI:\($0)" }
        }
        if !listURLs.isEmpty {
            lines += [name("2.5.29.31", "CRL Distribution Points"), "Full Name:"] + listURLs.map { "URI:\($0)" }
        }
        return lines
    }
}

extension ListFacts {
    /// What `openssl crl -text` prints up to the signature.
    func opensslLines(signatureAlgorithm: String) -> [String] {
        let time = { (text: String) -> String in
            guard let date = Timestamp(rfc3339: text) else { return text }
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            let day = date.day < 10 ? " \(date.day)" : "\(date.day)"
            return "\(months[date.month - 1]) \(day) \(text.dropFirst(11).prefix(8)) \(date.year) GMT"
        }
        let identifier = stride(from: 0, to: authorityKeyIdentifier.count, by: 2)
            .map { String(authorityKeyIdentifier.uppercased().dropFirst($0).prefix(2)) }.joined(separator: ":")
        var lines = [
            "Certificate Revocation List (CRL):", "Version 2 (0x1)", signatureAlgorithm, "Issuer: \(issuer)",
            "Last Update: \(time(thisUpdate))", "Next Update: \(time(nextUpdate))", "CRL extensions:",
            "X509v3 Authority Key Identifier:", identifier, "X509v3 CRL Number:", "\(number)",
        ]
        lines.append(revoked.isEmpty ? "No Revoked Certificates." : "Revoked Certificates:")
        for entry in revoked {
            lines += [
                "Serial Number: \(entry.serial.uppercased())", "Revocation Date: \(time(entry.date))",
                "CRL entry extensions:",
            ]
            lines += ["X509v3 CRL Reason Code:", "Key Compromise", "Invalidity Date:", entry.since.map(time) ?? ""]
        }
        return lines
    }
}
