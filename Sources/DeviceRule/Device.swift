import DeviceVerifier
import Groundwork
import TrustBundle

/// A device as bundles see it: what it has stored, and the code that judges a bundle against it.
///
/// That code is `DeviceVerifier`, the C that firmware is built with, here on OpenSSL's libcrypto. TrustBundle's
/// ``BundleVerifier`` is a second implementation of the same rule.
public struct Device: Sendable {
    /// nil takes a bundle of any store; no real device does.
    public var storeID: String?
    /// nil takes a bundle of any environment; no real device does.
    public var environment: String?
    /// The highest sequence that was accepted, 0 for none.
    public var sequence: UInt64
    /// How many signers under ``anchors`` a bundle needs.
    public var threshold: UInt32
    public var anchors: [BundleAnchor]
    public var denied: [DeniedCertificate]
    /// The digest of the payload that was accepted last.
    public var previousPayload: Digest?
    public var clock: Timestamp?

    public init(
        anchors: [BundleAnchor], storeID: String? = nil, environment: String? = nil, sequence: UInt64 = 0,
        threshold: UInt32 = 1, denied: [DeniedCertificate] = [], previousPayload: Digest? = nil,
        clock: Timestamp? = nil
    ) {
        self.anchors = anchors
        self.storeID = storeID
        self.environment = environment
        self.sequence = sequence
        self.threshold = threshold
        self.denied = denied
        self.previousPayload = previousPayload
        self.clock = clock
    }

    /// The same device as a ``BundleVerifier`` describes it.
    public init(_ verifier: BundleVerifier) {
        self.init(
            anchors: verifier.anchors.map { anchor in
                switch anchor {
                case .certificate(let certificate): BundleAnchor(bytes: certificate.derBytes)
                case .key(let key): BundleAnchor(format: .subjectPublicKeyInfo, bytes: key.derBytes)
                }
            }, storeID: verifier.storeID, environment: verifier.environment,
            sequence: verifier.minimumSequence == 0 ? 0 : verifier.minimumSequence - 1,
            threshold: UInt32(clamping: verifier.threshold), denied: verifier.denied,
            previousPayload: verifier.previousPayload, clock: verifier.clock)
    }

    /// Judges a bundle and changes nothing. Throws the device's reason.
    @discardableResult
    public func judge(_ bundle: [UInt8]) throws(DeviceRefusal) -> DeviceAcceptance {
        try bundle.withUnsafeBufferPointer { (file) throws(DeviceRefusal) in
            var read = anchorite_bundle()
            let result = verify(file, into: &read)
            guard result == ANCHORITE_OK else { throw DeviceRefusal(result) }
            return DeviceAcceptance(read)
        }
    }

    /// Judges a bundle and, when it is accepted, becomes the device that has stored it.
    @discardableResult
    public mutating func take(_ bundle: [UInt8]) throws(DeviceRefusal) -> DeviceAcceptance {
        let (acceptance, after) = try bundle.withUnsafeBufferPointer { (file) throws(DeviceRefusal) in
            var read = anchorite_bundle()
            let result = verify(file, into: &read)
            guard result == ANCHORITE_OK else { throw DeviceRefusal(result) }
            return (DeviceAcceptance(read), self.after(&read))
        }
        self = after
        return acceptance
    }

    /// Whether the device refuses a certificate of a chain, because the bundle that it has stored denies it.
    ///
    /// - Parameters:
    ///   - issuer: the certificate's authorityKeyIdentifier; empty where there is none, so that the serial alone decides.
    ///   - serial: the content of its serialNumber INTEGER.
    public func denies(issuerKeyIdentifier issuer: [UInt8], serial: [UInt8]) -> Bool {
        withState(store: [], environment: []) { state in
            issuer.withUnsafeBufferPointer { issuer in
                serial.withUnsafeBufferPointer { serial in
                    anchorite_is_denied(
                        &state.denied, anchorite_bytes(data: issuer.baseAddress, length: issuer.count),
                        anchorite_bytes(data: serial.baseAddress, length: serial.count))
                }
            }
        }
    }

    private func verify(_ file: UnsafeBufferPointer<UInt8>, into read: inout anchorite_bundle) -> anchorite_result {
        var (store, environment) = (storeID.map { Array($0.utf8) }, environment.map { Array($0.utf8) })
        if store == nil || environment == nil {
            let result = anchorite_read(file.baseAddress, file.count, &read)
            guard result == ANCHORITE_OK else { return result }
            store = store ?? Array(read.contents.store_id)
            environment = environment ?? Array(read.contents.environment)
        }
        let time = clock.map { UInt64(clamping: $0.secondsSinceEpoch) } ?? 0
        return withState(store: store ?? [], environment: environment ?? []) { state in
            withUnsafePointer(to: anchorite_crypto_openssl) { crypto in
                anchorite_verify(crypto, &state, time, file.baseAddress, file.count, &read)
            }
        }
    }

    /// The state in C, which points into what lives here.
    private func withState<Result>(
        store: [UInt8], environment: [UInt8], _ body: (inout anchorite_state) -> Result
    ) -> Result {
        let anchorBytes = anchors.flatMap { anchor in
            CBORValue.array([.unsigned(anchor.format.rawValue), .bytes(anchor.bytes)]).encoded
        }
        let deniedBytes = denied.flatMap {
            CBORValue.array([.bytes($0.issuerKeyIdentifier), .bytes($0.serial)]).encoded
        }
        return store.withUnsafeBufferPointer { store in
            environment.withUnsafeBufferPointer { environment in
                anchorBytes.withUnsafeBufferPointer { anchorBytes in
                    deniedBytes.withUnsafeBufferPointer { deniedBytes in
                        var state = anchorite_state()
                        state.store_id = anchorite_bytes(data: store.baseAddress, length: store.count)
                        state.environment = anchorite_bytes(data: environment.baseAddress, length: environment.count)
                        state.sequence = sequence
                        state.threshold = threshold
                        state.anchors = anchorite_list(
                            next: anchorBytes.baseAddress, length: anchorBytes.count, count: anchors.count, array: nil)
                        state.denied = anchorite_list(
                            next: deniedBytes.baseAddress, length: deniedBytes.count, count: denied.count, array: nil)
                        if let previousPayload {
                            withUnsafeMutableBytes(of: &state.payload_sha256) {
                                $0.copyBytes(from: previousPayload.bytes)
                            }
                            state.has_payload_sha256 = true
                        }
                        return body(&state)
                    }
                }
            }
        }
    }

    private func after(_ bundle: inout anchorite_bundle) -> Device {
        var state = anchorite_state()
        anchorite_state_after(&bundle, &state)
        var device = self
        device.sequence = state.sequence
        device.threshold = state.threshold
        device.previousPayload = Digest(bytes: withUnsafeBytes(of: state.payload_sha256) { Array($0) })
        device.anchors = []
        var anchor = anchorite_anchor()
        while anchorite_next_anchor(&state.anchors, &anchor) {
            let title = anchor.title.length == 0 ? nil : String(decoding: Array(anchor.title), as: UTF8.self)
            guard let format = BundleAnchor.Format(rawValue: UInt64(anchor.format.rawValue)) else { continue }
            device.anchors.append(BundleAnchor(format: format, bytes: Array(anchor.bytes), title: title))
        }
        device.denied = []
        var (issuer, serial) = (anchorite_bytes(), anchorite_bytes())
        while anchorite_next_denied(&state.denied, &issuer, &serial) {
            device.denied.append(DeniedCertificate(issuerKeyIdentifier: Array(issuer), serial: Array(serial)))
        }
        return device
    }
}

extension [UInt8] {
    init(_ bytes: anchorite_bytes) { self.init(UnsafeBufferPointer(start: bytes.data, count: bytes.length)) }
}
