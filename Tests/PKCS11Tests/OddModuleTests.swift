import CP11Kit
import RehearsalToken
import Synchronization
import Testing

@testable import PKCS11

/// What modules other than SoftHSM do, each seen in one of them.
@Suite struct OddModuleTests {
    // MARK: - Login

    @Test func aModuleWithoutContextSpecificLoginSaysSo() throws {
        // Some Luna clients.
        let session = try OddModule.session("luna") { functions in
            functions.C_Login = { session, user, pin, length in
                guard user != CKU_CONTEXT_SPECIFIC else { return CKR_USER_NOT_LOGGED_IN }
                return OddModule.honest().C_Login?(session, user, pin, length) ?? CKR_FUNCTION_NOT_SUPPORTED
            }
        }
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1], alwaysAuthenticate: true)
        let error = failure(.unsupported) {
            try withPIN("1234") { try session.sign(.dummy(), scheme: .ecdsa, with: pair, contextPIN: .pin($0)) }
        }
        #expect(error?.name == "CKR_USER_NOT_LOGGED_IN")
        #expect(error?.description.contains("CKU_CONTEXT_SPECIFIC") == true)
        #expect(try session.loginState() == .user)
    }

    private static let keypad = Mutex<[CK_USER_TYPE]>([])

    @Test func theProtectedPathIsTakenWithANullPIN() throws {
        let token = try makeToken("keypad")
        let module = try Module(try SoftHSMFolder.processWide().libraryPath)
        module.cryptoki.functions.pointee.C_GetTokenInfo = { slot, info in
            let code = OddModule.honest().C_GetTokenInfo?(slot, info) ?? CKR_FUNCTION_NOT_SUPPORTED
            info?.pointee.flags |= CK_FLAGS(CKF_PROTECTED_AUTHENTICATION_PATH)
            return code
        }
        module.cryptoki.functions.pointee.C_Login = { _, user, pin, length in
            guard pin == nil, length == 0 else { return CKR_ARGUMENTS_BAD }
            OddModuleTests.keypad.withLock { $0.append(user) }
            return CKR_OK
        }
        let found = try module.token(label: token.label)
        #expect(found.description.hasProtectedAuthenticationPath)
        let session = try found.openSession(writable: true)
        try session.login(pin: nil)
        try session.loginSO(pin: nil)
        #expect(Self.keypad.withLock { $0 } == [CKU_USER, CKU_SO])
    }

    @Test(arguments: [(CKF_USER_PIN_FINAL_TRY, PINState.finalTry), (CKF_USER_PIN_LOCKED, .locked)])
    func theFlagsTellHowNearTheLockIs(_ flag: CK_FLAGS, _ state: PINState) throws {
        var info = CK_TOKEN_INFO()
        info.flags = CK_FLAGS(CKF_USER_PIN_COUNT_LOW) | flag
        #expect(TokenDescription(info, slot: 0).userPINState == state)
        #expect(TokenDescription(info, slot: 0).soPINState == .ok)
        info.flags = CKF_SO_PIN_FINAL_TRY
        #expect(TokenDescription(info, slot: 0).soPINState == .finalTry && state > .countLow)
    }

    // MARK: - Keys

    @Test func aBarePointIsUnderstood() throws {
        // NSS for Ed25519, and older modules for all curves.
        let session = try OddModule.session("bare-point") { functions in
            functions.C_GetAttributeValue = { session, object, attributes, count in
                let code =
                    OddModule.honest().C_GetAttributeValue?(session, object, attributes, count) ?? CKR_GENERAL_ERROR
                guard code == CKR_OK, let attribute = attributes, attribute.pointee.type == CKA_EC_POINT,
                    attribute.pointee.ulValueLen > 2, let value = attribute.pointee.pValue
                else { return code }
                attribute.pointee.ulValueLen -= 2
                value.copyMemory(from: value + 2, byteCount: Int(attribute.pointee.ulValueLen))
                return code
            }
        }
        for (number, type) in [KeyType.ecP256, .ecP384, .ed25519].enumerated() {
            let odd = try session.generateKeyPair(type, label: type.rawValue, id: [UInt8(number)])
            let module = try SoftHSMFolder.processWide().module
            let honest = try module.token(label: session.token.label).openSession().keyPair(label: type.rawValue)
            #expect(odd.subjectPublicKeyInfo == honest.subjectPublicKeyInfo)
        }
    }

    @Test func aModuleThatKnowsEd25519OnlyByNameMakesSuchAKey() throws {
        let session = try OddModule.session("by-name") { functions in
            functions.C_GenerateKeyPair = { session, mechanism, first, firstCount, second, secondCount, one, other in
                let attributes = UnsafeBufferPointer(start: first, count: Int(firstCount))
                let parameters = attributes.first { $0.type == CKA_EC_PARAMS }
                guard parameters?.pValue?.load(as: UInt8.self) == 0x13 else { return CKR_CURVE_NOT_SUPPORTED }
                return OddModule.honest().C_GenerateKeyPair?(
                    session, mechanism, first, firstCount, second, secondCount, one, other) ?? CKR_GENERAL_ERROR
            }
        }
        let pair = try session.generateKeyPair(.ed25519, label: "ed", id: [1])
        #expect(try session.keyPair(label: "ed") == pair && pair.type == .ed25519)
        // For the others there is no second form, and the first error is the one that is told.
        #expect(
            failure(.unsupported) { try session.generateKeyPair(.ecP256, label: "ec", id: [2]) }?.name
                == "CKR_CURVE_NOT_SUPPORTED")
    }

    @Test func aTemplateThatIsTooExplicitIsShortened() throws {
        let session = try OddModule.session("shorter") { functions in
            functions.C_GenerateKeyPair = { session, mechanism, first, firstCount, second, secondCount, one, other in
                guard !OddModule.has(CKA_SIGN_RECOVER, second, secondCount) else { return CKR_ATTRIBUTE_TYPE_INVALID }
                guard !OddModule.has(CKA_WRAP, first, firstCount) else { return CKR_TEMPLATE_INCONSISTENT }
                guard OddModule.has(CKA_SENSITIVE, second, secondCount),
                    OddModule.has(CKA_EXTRACTABLE, second, secondCount)
                else { return CKR_TEMPLATE_INCOMPLETE }
                return OddModule.honest().C_GenerateKeyPair?(
                    session, mechanism, first, firstCount, second, secondCount, one, other) ?? CKR_GENERAL_ERROR
            }
        }
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        #expect(pair.attributes.extractable == false && pair.attributes.sensitive == true)
    }

    @Test func aKeyWhoseLabelTheTokenShortensIsNotLeftBehind() throws {
        // AEP Keyper shows seven characters.
        let session = try OddModule.session("keyper") { functions in
            functions.C_GetAttributeValue = { session, object, attributes, count in
                let code =
                    OddModule.honest().C_GetAttributeValue?(session, object, attributes, count) ?? CKR_GENERAL_ERROR
                if code == CKR_OK, let attribute = attributes, attribute.pointee.type == CKA_LABEL {
                    attribute.pointee.ulValueLen = min(attribute.pointee.ulValueLen, 7)
                }
                return code
            }
        }
        let error = failure(.unsupported) { try session.generateKeyPair(.ecP256, label: "root key", id: [1]) }
        #expect(error?.description.contains("Choose a shorter one") == true)
        #expect(try session.allKeys().isEmpty)
        _ = try session.generateKeyPair(.ecP256, label: "root-g1", id: [1])
    }

    @Test(.serialized, arguments: [CKA_EXTRACTABLE, CKA_SENSITIVE, CKA_ALWAYS_AUTHENTICATE])
    func aKeyThatTheTokenProtectsLessThanAskedIsNotLeftBehind(_ type: CK_ATTRIBUTE_TYPE) throws {
        // openCryptoki and NSS make keys extractable by default.
        Self.lessProtected.store(type, ordering: .relaxed)
        let session = try OddModule.session("lax") { functions in
            functions.C_GetAttributeValue = { session, object, attributes, count in
                let code =
                    OddModule.honest().C_GetAttributeValue?(session, object, attributes, count) ?? CKR_GENERAL_ERROR
                let isLax = attributes?.pointee.type == OddModuleTests.lessProtected.load(ordering: .relaxed)
                if code == CKR_OK, isLax, let value = attributes?.pointee.pValue {
                    value.storeBytes(of: attributes?.pointee.type == CKA_EXTRACTABLE ? 1 : 0, as: UInt8.self)
                }
                return code
            }
        }
        let error = failure(.unsupported) {
            try session.generateKeyPair(.ecP256, label: "k", id: [1], alwaysAuthenticate: true)
        }
        #expect(error?.description.contains("destroyed again") == true)
        #expect(try session.allKeys().isEmpty)
    }

    private static let lessProtected = Atomic<CK_ATTRIBUTE_TYPE>(0)

    @Test func aTokenThatDoesNotKnowAPINForEachSignatureSaysSo() throws {
        let session = try OddModule.session("no-always") { functions in
            functions.C_GenerateKeyPair = { session, mechanism, first, firstCount, second, secondCount, one, other in
                guard !OddModule.has(CKA_ALWAYS_AUTHENTICATE, second, secondCount) else {
                    return CKR_ATTRIBUTE_TYPE_INVALID
                }
                return OddModule.honest().C_GenerateKeyPair?(
                    session, mechanism, first, firstCount, second, secondCount, one, other) ?? CKR_GENERAL_ERROR
            }
        }
        let error = failure(.unsupported) {
            try session.generateKeyPair(.ecP256, label: "k", id: [1], alwaysAuthenticate: true)
        }
        #expect(error?.description.contains("CKA_ALWAYS_AUTHENTICATE") == true)
        _ = try session.generateKeyPair(.ecP256, label: "k", id: [1])
    }

    @Test func anAttributeThatTheTokenDoesNotTellIsNil() throws {
        let session = try OddModule.session("untold") { functions in
            functions.C_GetAttributeValue = { session, object, attributes, count in
                switch attributes?.pointee.type {
                case CKA_NEVER_EXTRACTABLE: return CKR_ATTRIBUTE_TYPE_INVALID
                case CKA_LOCAL: return CKR_ATTRIBUTE_SENSITIVE
                case CKA_KEY_GEN_MECHANISM:
                    attributes?.pointee.ulValueLen = .max
                    return CKR_OK
                default: break
                }
                return OddModule.honest().C_GetAttributeValue?(session, object, attributes, count) ?? CKR_GENERAL_ERROR
            }
        }
        let attributes = try session.generateKeyPair(.ecP256, label: "k", id: [1]).attributes
        #expect(attributes.neverExtractable == nil && attributes.local == nil && attributes.keyGenMechanism == nil)
        #expect(attributes.sensitive == true)
        #expect(!attributes.listed.contains { $0.name == "CKA_LOCAL" })
    }

    @Test func aCKULONGIsReadIntoABufferOfExactlyItsSize() throws {
        // NSS.
        let session = try OddModule.session("ulong") { functions in
            functions.C_GetAttributeValue = { session, object, attributes, count in
                if let attribute = attributes, attribute.pointee.type == CKA_KEY_TYPE {
                    guard attribute.pointee.pValue != nil, attribute.pointee.ulValueLen == 8 else {
                        return CKR_GENERAL_ERROR
                    }
                }
                return OddModule.honest().C_GetAttributeValue?(session, object, attributes, count) ?? CKR_GENERAL_ERROR
            }
        }
        #expect(try session.generateKeyPair(.ecP256, label: "k", id: [1]).type == .ecP256)
    }

    // MARK: - Searching

    private static let searches = Mutex<(begun: Int, ended: Int)>((0, 0))

    @Test func aSearchIsAlwaysEndedAlsoWhenItFails() throws {
        let session = try OddModule.session("search") { functions in
            functions.C_FindObjectsInit = { session, attributes, count in
                OddModuleTests.searches.withLock { $0.begun += 1 }
                return OddModule.honest().C_FindObjectsInit?(session, attributes, count) ?? CKR_GENERAL_ERROR
            }
            functions.C_FindObjects = { _, _, _, _ in CKR_DEVICE_ERROR }
            functions.C_FindObjectsFinal = { session in
                OddModuleTests.searches.withLock { $0.ended += 1 }
                return OddModule.honest().C_FindObjectsFinal?(session) ?? CKR_GENERAL_ERROR
            }
        }
        let error = failure(.deviceFailed) { try session.allKeys() }
        #expect(error?.function == "C_FindObjects" && error?.token == session.token.label)
        let (begun, ended) = Self.searches.withLock { $0 }
        #expect(begun == 1 && ended == 1)
    }

    @Test func aModuleThatGivesOneObjectAtATimeAndMatchesLooselyIsSearchedRightly() throws {
        let session = try OddModule.session("loose") { functions in
            functions.C_FindObjects = { session, objects, _, count in
                OddModule.honest().C_FindObjects?(session, objects, 1, count) ?? CKR_GENERAL_ERROR
            }
            functions.C_FindObjectsInit = { session, attributes, count in
                // Only the class is looked at, which stands first.
                OddModule.honest().C_FindObjectsInit?(session, attributes, min(count, 1)) ?? CKR_GENERAL_ERROR
            }
        }
        let pairs = try (0..<5).map { try session.generateKeyPair(.ecP256, label: "key \($0)", id: [UInt8($0)]) }
        #expect(try session.allKeys().count == 10)
        for (number, pair) in pairs.enumerated() { #expect(try session.keyPair(label: "key \(number)") == pair) }
        #expect(try session.keyPairIfPresent(label: "key") == nil)
        try session.createDataObject(label: "head", value: [1])
        #expect(try session.dataObject(label: "hea") == nil)
    }
}
