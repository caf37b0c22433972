import CP11Kit
import RehearsalToken
import Synchronization
import Testing

@testable import PKCS11

/// Signing, data objects, wrapping and slots in modules that are not like SoftHSM.
extension OddModuleTests {
    // MARK: - Signing

    private static let signaturesLeft = Atomic<Int>(3)

    @Test func aBatchThatBreaksOffHasHandedOverWhatWasSigned() throws {
        let session = try OddModule.session("removed") { functions in
            functions.C_Sign = { session, data, length, signature, signatureLength in
                guard OddModuleTests.signaturesLeft.wrappingSubtract(1, ordering: .relaxed).oldValue > 0 else {
                    return CKR_DEVICE_REMOVED
                }
                return OddModule.honest().C_Sign?(session, data, length, signature, signatureLength)
                    ?? CKR_GENERAL_ERROR
            }
        }
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        var delivered: [Int] = []
        let error = failure(.tokenAbsent) {
            try session.signBatch((0..<10).map { .dummy(UInt8($0)) }, scheme: .ecdsa, with: pair) { index, _ in
                delivered.append(index)
            }
        }
        #expect(delivered == [0, 1, 2])
        #expect(error?.name == "CKR_DEVICE_REMOVED" && error?.function == "C_Sign")
        // What was begun and never finished does not stop the next one.
        Self.signaturesLeft.store(3, ordering: .relaxed)
        #expect(try !session.sign(.dummy(), scheme: .ecdsa, with: pair).isEmpty)
    }

    @Test func ed25519IsSignedIntoABufferOfExactlyItsSizeWithoutAParameter() throws {
        // NSS.
        let session = try OddModule.session("exact") { functions in
            functions.C_SignInit = { session, mechanism, key in
                guard mechanism?.pointee.pParameter == nil, mechanism?.pointee.ulParameterLen == 0 else {
                    return CKR_MECHANISM_PARAM_INVALID
                }
                return OddModule.honest().C_SignInit?(session, mechanism, key) ?? CKR_GENERAL_ERROR
            }
            functions.C_Sign = { session, data, length, signature, signatureLength in
                guard signatureLength?.pointee == 64 else { return CKR_ARGUMENTS_BAD }
                return OddModule.honest().C_Sign?(session, data, length, signature, signatureLength)
                    ?? CKR_GENERAL_ERROR
            }
        }
        let pair = try session.generateKeyPair(.ed25519, label: "k", id: [1])
        #expect(
            try session.signBatch([.message([1]), .message([])], scheme: .ed25519, with: pair).map(\.count) == [64, 64])
    }

    @Test func aDigestIsNeverLongerThanTheOrder() throws {
        // Nitrokey.
        let session = try OddModule.session("nitrokey") { functions in
            functions.C_Sign = { session, data, length, signature, signatureLength in
                guard length <= 32 else { return CKR_DATA_LEN_RANGE }
                return OddModule.honest().C_Sign?(session, data, length, signature, signatureLength)
                    ?? CKR_GENERAL_ERROR
            }
        }
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        #expect(try !session.sign(.dummy(7, .sha384), scheme: .ecdsa, with: pair).isEmpty)
    }

    @Test func aSignatureOfAWrongLengthIsNoSignature() throws {
        let session = try OddModule.session("short") { functions in
            functions.C_Sign = { session, data, length, signature, signatureLength in
                let code = OddModule.honest().C_Sign?(session, data, length, signature, signatureLength)
                signatureLength?.pointee -= 1
                return code ?? CKR_GENERAL_ERROR
            }
        }
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        let error = failure(.deviceFailed) { try session.sign(.dummy(), scheme: .ecdsa, with: pair) }
        #expect(error?.description.contains("63 bytes") == true)
    }

    // MARK: - Data objects and wrapping

    @Test func aDataObjectThatCannotBeChangedIsReplaced() throws {
        let session = try OddModule.session("replace") { functions in
            functions.C_SetAttributeValue = { _, _, _, _ in CKR_ATTRIBUTE_READ_ONLY }
        }
        let object = try session.createDataObject(label: "head", application: "a", value: [1])
        let updated = try session.update(object, value: [2])
        #expect(updated.value == [2] && updated.isPrivate && updated.application == "a")
        #expect(try session.dataObjects(label: "head", application: "a") == [updated])
    }

    @Test func aPowerCutWhileReplacingLeavesBothAndEitherCanBeRemoved() throws {
        let session = try OddModule.session("power-cut") { functions in
            functions.C_SetAttributeValue = { _, _, _, _ in CKR_FUNCTION_NOT_SUPPORTED }
            functions.C_DestroyObject = { _, _ in CKR_DEVICE_REMOVED }
        }
        let object = try session.createDataObject(label: "head", value: [1])
        failure(.tokenAbsent) { try session.update(object, value: [2]) }
        failure(.ambiguous) { try session.dataObject(label: "head") }
        let both = try session.dataObjects(label: "head")
        #expect(Set(both.map(\.value)) == [[1], [2]])
        let honest = try SoftHSMFolder.processWide().module.token(label: session.token.label).openSession(
            writable: true)
        try honest.destroy(object)
        #expect(try honest.dataObject(label: "head")?.value == [2])
    }

    @Test func aTokenWithoutAWrappingMechanismSaysSo() throws {
        let session = try OddModule.session("no-wrap") { functions in
            functions.C_GetMechanismInfo = { slot, mechanism, info in
                let code = OddModule.honest().C_GetMechanismInfo?(slot, mechanism, info) ?? CKR_GENERAL_ERROR
                info?.pointee.flags &= ~CK_FLAGS(CKF_WRAP)
                return code
            }
        }
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1], extractable: true)
        #expect(try session.tryToWrap(pair) == .noWrappingMechanism)
        let wrapping = try session.generateWrappingKey()
        failure(.unsupported) { try session.wrap(pair, with: wrapping) }
    }

    @Test func aTokenThatGeneratesNoAESKeyIsGivenOneForTheAttempt() throws {
        let session = try OddModule.session("import") { functions in
            functions.C_GenerateKey = { _, _, _, _, _ in CKR_MECHANISM_INVALID }
        }
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        #expect(try session.tryToWrap(pair) == .refused("CKR_KEY_UNEXTRACTABLE"))
        #expect(try session.allKeys().count == 2)
    }

    @Test func aFunctionThatTheModuleLacksIsUnsupported() throws {
        let session = try OddModule.session("lacking") { functions in functions.C_GenerateRandom = nil }
        let error = failure(.unsupported) { try session.random(8) }
        #expect(error?.name == "CKR_FUNCTION_NOT_SUPPORTED")
    }

    // MARK: - Slots

    private static let swapped = Mutex<(CK_SLOT_ID, CK_SLOT_ID)>((.max, .max))

    /// The slot that a number leads to after two have changed places.
    private static func slot(_ slot: CK_SLOT_ID) -> CK_SLOT_ID {
        swapped.withLock { slot == $0.0 ? $0.1 : slot == $0.1 ? $0.0 : slot }
    }

    @Test func aTokenIsFoundAgainWhenAnotherIsInItsSlot() throws {
        let (token, other) = (try makeToken("moved"), try makeToken("in-its-place"))
        let module = try Module(try SoftHSMFolder.processWide().libraryPath)
        let found = try module.token(label: token.label)
        let neighbour = try module.token(label: other.label)
        Self.swapped.withLock { $0 = (found.description.slot, neighbour.description.slot) }
        module.cryptoki.functions.pointee.C_GetTokenInfo = { slot, info in
            OddModule.honest().C_GetTokenInfo?(OddModuleTests.slot(slot), info) ?? CKR_GENERAL_ERROR
        }
        module.cryptoki.functions.pointee.C_OpenSession = { slot, flags, application, notify, session in
            OddModule.honest().C_OpenSession?(OddModuleTests.slot(slot), flags, application, notify, session)
                ?? CKR_GENERAL_ERROR
        }
        let session = try found.openSession()
        try token.userPIN.withUnsafeBytes { try session.login(pin: $0) }
        #expect(try found.currentDescription().serial == token.token.serial)
        #expect(try neighbour.currentDescription().serial == other.token.serial)
        #expect(try neighbour.openSession().loginState() == .none)
    }

    @Test func aTokenThatWasPulledIsAbsent() throws {
        let token = try makeToken("pulled")
        let module = try Module(try SoftHSMFolder.processWide().libraryPath)
        let found = try module.token(label: token.label)
        module.cryptoki.functions.pointee.C_GetTokenInfo = { _, _ in CKR_TOKEN_NOT_PRESENT }
        #expect(failure(.tokenAbsent) { try found.openSession() }?.token == token.label)
        failure(.tokenAbsent) { try found.mechanisms() }
        failure(.tokenAbsent) { try found.currentDescription() }
    }
}
