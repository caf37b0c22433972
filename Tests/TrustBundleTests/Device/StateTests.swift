import Crypto
import DeviceRule
import DeviceVerifier
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// What a device asks of the verifier beside the judgement of bundles: its own memory, deny list and CRLs.
@Suite struct StateTests {
    let hierarchy: Hierarchy

    init() throws { hierarchy = try Hierarchy() }

    private var store: [UInt8] { Array("acme/factory-trust".utf8) }
    private var environment: [UInt8] { Array("staging".utf8) }

    /// Runs `body` with the state that a stored payload stands for.
    private func load(
        _ payload: [UInt8], store: [UInt8]? = nil, environment: [UInt8]? = nil, counter: UInt64 = 0,
        _ body: (anchorite_result, anchorite_state) throws -> Void
    ) throws {
        try (store ?? self.store).withBytes { store in
            try (environment ?? self.environment).withBytes { environment in
                try payload.withBytes { payload in
                    var state = anchorite_state()
                    let result = withUnsafePointer(to: anchorite_crypto_openssl) {
                        anchorite_state_load($0, store, environment, counter, payload.data, payload.length, &state)
                    }
                    try body(result, state)
                }
            }
        }
    }

    /// The answers of both implementations to the question whether a list denies a certificate.
    private func denies(
        _ list: [DeniedCertificate], issuer: [UInt8], serial: [UInt8]
    ) throws -> (swift: Bool, c: Bool) {
        var payload = hierarchy.payload()
        payload.denyList = list
        var answer = false
        try load(payload.encoded()) { result, state in
            #expect(result == ANCHORITE_OK)
            var denied = state.denied
            try issuer.withBytes { issuer in
                try serial.withBytes { answer = anchorite_is_denied(&denied, issuer, $0) }
            }
        }
        return (list.contains { $0.denies(issuerKeyIdentifier: issuer, serial: serial) }, answer)
    }

    @Test func `a certificate is denied by issuer and serial, and by its serial where the issuer is not known`() throws {
        let list = [
            DeniedCertificate(issuerKeyIdentifier: [1, 2], serial: [0x00, 0x91, 0x2f]),
            DeniedCertificate(issuerKeyIdentifier: [3, 4], serial: [0x11, 0x22]),
        ]
        let cases: [(issuer: [UInt8], serial: [UInt8], isDenied: Bool)] = [
            ([1, 2], [0x00, 0x91, 0x2f], true), ([3, 4], [0x11, 0x22], true),
            // Some libraries give serials as numbers, without the zero in front or with more of them.
            ([1, 2], [0x91, 0x2f], true), ([3, 4], [0x00, 0x00, 0x11, 0x22], true),
            // Some give no authorityKeyIdentifier.
            ([], [0x00, 0x91, 0x2f], true), ([], [0x91, 0x2f], true), ([], [0x11, 0x22], true),
            ([3, 4], [0x91, 0x2f], false), ([1, 2], [0x11, 0x22], false), ([1], [0x91, 0x2f], false),
            ([1, 2, 3], [0x91, 0x2f], false), ([], [0x22], false), ([], [0x11], false), ([], [], false),
            ([1, 2], [0x00], false), ([1, 2], [0x91, 0x2f, 0x00], false),
        ]
        for (issuer, serial, isDenied) in cases {
            let answers = try denies(list, issuer: issuer, serial: serial)
            #expect(answers == (isDenied, isDenied), "\(issuer) \(serial)")
        }
        #expect(try denies([], issuer: [], serial: [0x11]) == (false, false))
    }

    @Test func `BUNDLE-STORE, BUNDLE-ENVIRONMENT: what another image has left in flash is refused`() throws {
        let payload = try hierarchy.payload(sequence: 4).encoded()
        let cases: [(String, String, UInt64, anchorite_result)] = [
            ("acme/factory-trust", "staging", 4, ANCHORITE_OK),
            ("acme/factory-trust", "production", 4, ANCHORITE_ERROR_ENVIRONMENT),
            ("acme/other", "staging", 4, ANCHORITE_ERROR_STORE), ("", "", 0, ANCHORITE_ERROR_STORE),
            ("acme/factory-trust", "", 0, ANCHORITE_ERROR_ENVIRONMENT),
            ("acme/factory-trust", "staging", 5, ANCHORITE_ERROR_STATE_ROLLED_BACK),
        ]
        for (store, environment, counter, expected) in cases {
            try load(payload, store: Array(store.utf8), environment: Array(environment.utf8), counter: counter) {
                #expect($0 == expected)
                #expect($1.sequence == (expected == ANCHORITE_OK ? 4 : 0) && ($1.anchors.count == 1) == ($0 == ANCHORITE_OK))
            }
        }
    }

    @Test func `after a restart the state has all that the bundle said`() throws {
        var payload = hierarchy.payload(sequence: 4)
        payload.intermediates = [hierarchy.signer.derBytes]
        payload.expires = Timestamp(rfc3339: "2037-03-02T10:00:00Z")
        payload.nextRootHash = Digest(of: [1])
        payload.minimumCRLNumbers = [
            MinimumCRLNumber(issuerKeyIdentifier: [1, 7], number: 3, sha256: Digest(of: [1])),
            MinimumCRLNumber(issuerKeyIdentifier: [2, 7], number: 9, sha256: Digest(of: [2])),
        ]
        try load(payload.encoded()) { result, state in
            #expect(result == ANCHORITE_OK)
            var state = state
            for (issuer, number): ([UInt8], UInt64) in [([1, 7], 3), ([2, 7], 9), ([3, 7], 0)] {
                #expect(issuer.withBytes { anchorite_minimum_crl_number(&state.minimum_crls, $0) } == number)
            }
            var intermediate = anchorite_bytes()
            #expect(anchorite_next_intermediate(&state.intermediates, &intermediate))
            let bytes = UnsafeBufferPointer(start: intermediate.data, count: intermediate.length)
            #expect(Array(bytes) == hierarchy.signer.derBytes)
            #expect(state.expires == UInt64(payload.expires?.secondsSinceEpoch ?? 0))
            let next = UnsafeBufferPointer(start: state.next_root_sha256, count: 32)
            #expect(state.next_root_sha256 != nil && next.elementsEqual(Digest(of: [1]).bytes))
        }
        // A payload without them gives none.
        try load(hierarchy.payload().encoded()) { _, state in
            #expect(state.minimum_crls.count == 0 && state.intermediates.count == 0 && state.next_root_sha256 == nil)
        }
    }

    private func list(_ extensions: [CertificateExtension], entries: Int = 0) throws -> [UInt8] {
        let algorithm = AlgorithmIdentifier(.ecdsaSHA384)
        var writer = try CertificateListWriter(
            CertificateListHeader(
                signature: algorithm, issuer: DistinguishedName([("CN", "Acme Device Root G1")]),
                thisUpdate: Hierarchy.notBefore.secondsSinceEpoch, nextUpdate: Hierarchy.notAfter.secondsSinceEpoch,
                extensions: extensions))
        for serial in 0..<entries {
            try writer.append(
                serialNumber: [0x40, UInt8(serial)], revocationDate: Hierarchy.notBefore.secondsSinceEpoch,
                reason: .keyCompromise)
        }
        let tbs = try writer.finish().bytes
        let signature = try hierarchy.rootKey.signature(for: SHA384.hash(data: tbs)).derRepresentation
        return CertificateList.assemble(tbsBytes: tbs, algorithm: algorithm, signature: Array(signature))
    }

    @Test func `a CRL counts from the number on that the bundle demands of its issuer`() throws {
        let authority = try CertificateExtension(AuthorityKeyIdentifier([1, 7]))
        let other = try CertificateExtension(AuthorityKeyIdentifier([2, 7]))
        func number(_ value: [UInt8]) throws -> CertificateExtension {
            CertificateExtension(
                identifier: CRLNumber.identifier, isCritical: false, value: [0x02, UInt8(value.count)] + value)
        }
        let cases: [([UInt8], Bool)] = try [
            (list([authority, number([2])]), false), (list([authority, number([3])]), true),
            (list([authority, number([4])], entries: 3), true), (list([authority, number([2])], entries: 3), false),
            (list([number([3]), authority]), true), (list([authority, number([0])]), false),
            (list([authority, number([0x00, 0xff])]), true),
            (list([authority, number([0x01] + [UInt8](repeating: 0, count: 8))]), true),
            (list([authority, number([0x80])]), false), (list([authority, number([])]), false),
            // Of another issuer the bundle demands nothing.
            (list([other, number([0])]), true),
            (list([authority]), false), (list([number([9])]), false), (list([]), false),
            (hierarchy.root.derBytes, false), ([], false), ([0x30, 0x80], false),
        ]
        var payload = hierarchy.payload()
        payload.minimumCRLNumbers = [
            MinimumCRLNumber(issuerKeyIdentifier: [1, 7], number: 3, sha256: Digest(of: [1]))
        ]
        try load(payload.encoded()) { _, state in
            var minimum = state.minimum_crls
            for (index, (crl, isCurrent)) in cases.enumerated() {
                #expect(crl.withBytes { anchorite_crl_is_current(&minimum, $0) } == isCurrent, "case \(index)")
            }
            let good = cases[1].0
            for count in good.indices {
                // What is cut off within the TBSCertList, or before its end, is no CRL.
                let cut = Array(good.prefix(count))
                #expect(!cut.withBytes { anchorite_crl_is_current(&minimum, $0) }, "\(count) bytes")
            }
        }
    }
}

extension [UInt8] {
    fileprivate func withBytes<Result>(_ body: (anchorite_bytes) throws -> Result) rethrows -> Result {
        try withUnsafeBufferPointer { try body(anchorite_bytes(data: $0.baseAddress, length: $0.count)) }
    }
}
