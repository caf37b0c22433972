import Testing

@testable import SSHSignature

@Suite struct ArmourTests {
    let signature: SSHSIG

    init() throws {
        signature = try Sample.signature(.ed25519)
    }

    private func wrapped(_ columns: Int) -> String {
        let base64 = Base64.encode(signature.blob)
        let lines = stride(from: 0, to: base64.count, by: columns).map {
            String(decoding: base64[$0..<min($0 + columns, base64.count)], as: UTF8.self)
        }
        return (["-----BEGIN SSH SIGNATURE-----"] + lines + ["-----END SSH SIGNATURE-----\n"]).joined(separator: "\n")
    }

    @Test func `armour is written in lines of 70 characters`() throws {
        let text = String(decoding: signature.encodeArmored(), as: UTF8.self)
        #expect(text == wrapped(70))
        #expect(try SSHSIG(armored: text) == signature)
    }

    @Test func `lines of 76 characters are read too`() throws {
        #expect(try SSHSIG(armored: wrapped(76)) == signature)
    }

    @Test(arguments: [64, 69, 71, 75, 1000])
    func `lines of any other length are refused`(columns: Int) {
        #expect(throws: SSHSignatureError.self) { try SSHSIG(armored: wrapped(columns)) }
    }

    @Test func `nothing may stand around the signature or within`() throws {
        let text = wrapped(70)
        let bad = [
            "", "\n", "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
            "\n" + text, " " + text, text + "\n", text + " ", text + text, String(text.dropLast()),
            "\u{feff}" + text, text.replacing("\n", with: "\r\n"),
            text.replacing("\n", with: "\n\n", maxReplacements: 1),
            text.replacing("-----END", with: "\n-----END"), text.replacing("BEGIN SSH", with: "BEGIN PGP"),
            text.replacing("BEGIN SSH SIGNATURE-----\n", with: "BEGIN SSH SIGNATURE-----\nComment: x\n\n"),
        ]
        for text in bad {
            let error = #expect(throws: SSHSignatureError.self) { try SSHSIG(armored: text) }
            guard case .malformedArmour = error else {
                Issue.record("\(text): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `base64 with unused bits set is refused`() {
        #expect(Base64.decode("QQ==".utf8) == [0x41])
        for bad in ["QR==", "QQ=", "QQ", "Q===", "====", "QQ==QQ==", "Q=Q=", "QUI-", "QU I="] {
            #expect(Base64.decode(bad.utf8) == nil, "\(bad)")
        }
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }
}
