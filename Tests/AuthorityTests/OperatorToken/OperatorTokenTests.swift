import Authority
import PKCS11
import RehearsalToken
import SSHSignature
import Testing

/// An operator approves with a key on a PKCS#11 token.
@Suite struct OperatorTokenTests {
    private let message = Array("{\"plan\":1}".utf8)

    @Test(
        .enabled(if: OperatorBench.isSSHInstalled, "ssh-keygen is not installed (Debian: openssh-client)"),
        arguments: [KeyType.ecP256, .ecP384, .rsa3072, .ed25519])
    func `ssh-keygen accepts what a token signed, under its namespace and for its message`(_ type: KeyType) throws {
        let bench = try OperatorBench(type)
        let found = try bench.open()
        let line = found.authorizedKeysLine
        let signature = try found.sign(namespace: Approval.namespace, message: message)
        func accepts(_ message: [UInt8], _ namespace: String, _ line: String) throws -> Bool {
            try OperatorBench.sshAccepts(signature, of: message, namespace: namespace, by: line)
        }
        #expect(try accepts(message, Approval.namespace, line))
        #expect(try !accepts(message, "file", line))
        #expect(try !accepts(message + [0x0a], Approval.namespace, line))
        #expect(try !accepts(message, Approval.namespace, try TestPolicy.key("ana").publicKey.authorizedKeysLine))
        let parsed = try SSHSIG(armored: signature)
        #expect(parsed.publicKey == found.publicKey && parsed.hash == .sha512)
    }

    @Test func `the public key's line names key and token, and is one that a policy takes`() throws {
        let bench = try OperatorBench(.ecP256)
        let found = try bench.open()
        let read = try SSHPublicKey(authorizedKeysLine: found.authorizedKeysLine)
        #expect(read == found.publicKey && read.comment == "operator-key@\(bench.token.label)")
        let odd = try OperatorBench(.ed25519, label: " ключ\u{202E}\n", id: [0xab])
        #expect(try odd.open("id=%ab").publicKey.comment == "@\(odd.token.label)")
        let session = try odd.token.session()
        #expect(
            try SSHPublicKey(subjectPublicKeyInfo: session.keyPair(id: [0xab]).subjectPublicKeyInfo)
                == odd.open("id=%ab").publicKey)
    }

    @Test func `an approval by a token's key counts for its operator`() throws {
        let bench = try OperatorBench(.ecP384)
        let found = try bench.open()
        let policy = try TestPolicy.text(
            try TestPolicy.key("ana").publicKey.authorizedKeysLine, found.authorizedKeysLine)
        let authority = try PaperAuthority(policy)
        let plan = try authority.plan(Operations.root)
        let bytes = plan.canonicalBytes
        let approval = try Approval(
            path: "ana.approval", bytes: found.sign(namespace: Approval.namespace, message: bytes))
        let approver = try approval.approver(
            of: bytes, requestedBy: "dee", under: authority.policy, at: plan.created)
        #expect(approver.operator == "ana" && approver.key == found.publicKey.fingerprint)
        expectRefusal(.approvalPlan) {
            try approval.approver(of: bytes + [0], requestedBy: "dee", under: authority.policy, at: plan.created)
        }
    }

    // MARK: - The PIN

    @Test func `the PIN is asked for once, and not at all while the program is logged in`() throws {
        let bench = try OperatorBench(.ecP256)
        let found = try bench.open()
        for _ in 0..<3 { _ = try found.sign(namespace: "file", message: message) }
        #expect(bench.unlocker.count == 1)
        let second = try bench.open()
        _ = try second.sign(namespace: "file", message: message)
        #expect(bench.unlocker.count == 1)
    }

    @Test func `a key that wants the PIN each time is signed with by the PIN of the login, then by another`() throws {
        let bench = try OperatorBench(.ecP256, alwaysAuthenticate: true)
        let found = try bench.open()
        #expect(bench.unlocker.count == 1)
        _ = try found.sign(namespace: "file", message: message)
        #expect(bench.unlocker.count == 1)
        _ = try found.sign(namespace: "file", message: message)
        #expect(bench.unlocker.count == 2)
        bench.unlocker.answer = "wrong"
        #expect(throws: CryptokiError.self) { try found.sign(namespace: "file", message: message) }
        bench.unlocker.answer = bench.token.pin
        _ = try found.sign(namespace: "file", message: message)
    }

    @Test func `a wrong PIN is told as one, and is tried once`() throws {
        let bench = try OperatorBench(.ecP256)
        bench.unlocker.answer = "wrong"
        let error = #expect(throws: CryptokiError.self) { try bench.open() }
        #expect(error?.kind == .pinIncorrect && bench.unlocker.count == 1)
        #expect(try bench.token.token.currentDescription().userPINState == .countLow)
        bench.unlocker.answer = bench.token.pin
        _ = try bench.open()
    }

    @Test func `the token is logged out of when the key goes away`() throws {
        let bench = try OperatorBench(.ecP256)
        let session = try bench.token.token.openSession()
        do {
            let found = try bench.open()
            _ = try found.sign(namespace: "file", message: message)
            #expect(try session.loginState() == .user)
        }
        #expect(try session.loginState() == .none)
    }

    // MARK: - Which key

    @Test(arguments: ["object=operator%20key", "id=%01", "object=operator%20key;id=%01", "id=%01;type=private"])
    func `a key is found by its label, its identifier or both`(_ key: String) throws {
        let bench = try OperatorBench(.ecP256)
        _ = try bench.open(key).sign(namespace: "file", message: message)
    }

    @Test(arguments: ["object=operator", "id=%02", "object=operator%20key;id=%02", "object=operator%20key;id=%01%00"])
    func `a key that is not there is not found`(_ key: String) throws {
        let bench = try OperatorBench(.ecP256)
        #expect(try #require(throws: CryptokiError.self) { try bench.open(key) }.kind == .notFound)
    }

    @Test func `of two keys none is chosen`() throws {
        let bench = try OperatorBench(.ecP256, id: [1])
        let session = try bench.token.session()
        _ = try session.generateKeyPair(.ecP256, label: "other", id: [2])
        _ = try bench.open("object=operator%20key")
        try #require(OperatorBench.isPKCS11ToolInstalled)
        try bench.pkcs11Tool(["--keypairgen", "--key-type", "EC:prime256v1", "--label", "operator key", "--id", "03"])
        #expect(try #require(throws: CryptokiError.self) { try bench.open("object=operator%20key") }.kind == .ambiguous)
        _ = try bench.open("object=operator%20key;id=%03")
    }

    @Test func `a key that took another's place does not sign`() throws {
        let bench = try OperatorBench(.ecP256)
        let found = try bench.open()
        let session = try bench.token.session()
        try session.destroy(session.keyPair(id: [1]))
        _ = try session.generateKeyPair(.ecP256, label: "operator key", id: [1])
        #expect(throws: (any Error).self) { try found.sign(namespace: "file", message: message) }
    }

    @Test(arguments: [
        ("pkcs11:object=k;id=%01", "which token"), ("pkcs11:token=t", "which key"),
        ("pkcs11:token=t;object=", "which key"),
        ("pkcs11:token=t;id=", "which key"), ("pkcs11:token=t;id=%01;type=cert", "private key"),
        ("pkcs11:token=t;id=%01;type=public", "private key"), ("pkcs11:token=t;id=%01?pin-source=file:pin", "PIN"),
        ("pkcs11:token=t;id=%01?pin-value=1234", "PIN"), ("pkcs11:manufacturer=m;id=%01", "which token"),
        ("pkcs11:slot-id=0;token=t;id=%01", "slot"), ("pkcs11:token=t;id=%01;colour=red", "colour"),
    ])
    func `a URI that does not name one key is refused`(_ text: String, _ core: String) throws {
        let error = try #require(throws: (any Error).self) { try OperatorKeyURI(text, module: "/none.so") }
        #expect("\(error)".contains(core), "\(error)")
        #expect(!"\(error)".contains("1234"))
    }

    @Test func `the module is the URI's own, or the one that is given`() throws {
        let error = try #require(throws: OperatorTokenError.self) { try OperatorKeyURI("pkcs11:token=t;id=%01") }
        #expect(error.kind == .uri && error.description.contains("module-path"))
        #expect(try OperatorKeyURI("pkcs11:token=t;id=%01", module: "/a.so").module == "/a.so")
        #expect(try OperatorKeyURI("pkcs11:token=t;id=%01?module-name=opensc", module: "/a.so").module == "opensc")
        #expect(try OperatorKeyURI("pkcs11:token=t;id=%01?module-path=/b.so", module: "/a.so").module == "/b.so")
        let bench = try OperatorBench(.ecP256)
        let uri = "pkcs11:token=\(bench.token.label);id=%01"
        _ = try OperatorToken(uri: uri, module: bench.folder.libraryPath, unlocker: bench.unlocker)
        let absent = try #require(throws: CryptokiError.self) {
            try OperatorToken(uri: uri, module: "/nowhere/none.so", unlocker: bench.unlocker)
        }
        #expect(absent.kind == .moduleUnavailable)
        for text in ["pkcs11:token=a", "PKCS11:token=a"] { #expect(OperatorKeyURI.isOne(text)) }
        for text in ["pkcs11", "./pkcs11:a", ""] { #expect(!OperatorKeyURI.isOne(text)) }
    }
}
