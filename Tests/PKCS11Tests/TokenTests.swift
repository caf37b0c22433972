import RehearsalToken
import Testing

@testable import PKCS11

@Suite struct TokenTests {
    @Test func aTokenDescribesItself() throws {
        let token = try makeToken("described")
        let description = token.token.description
        #expect(description.label == token.label)
        #expect(description.serial.count == 16)
        #expect(description.manufacturer == "SoftHSM project" && description.model == "SoftHSM v2")
        #expect(description.hasRNG && description.loginRequired && description.tokenInitialized)
        #expect(description.userPINInitialized && !description.userPINMustBeChanged)
        #expect(!description.hasProtectedAuthenticationPath && !description.isWriteProtected)
        #expect(description.userPINState == .ok && description.soPINState == .ok)
        #expect(description.pinLengthRange == 4...255)
    }

    @Test func aTokenThatIsNotThereIsRefusedWithTheLabelsThatAre() throws {
        let token = try makeToken("present")
        let error = failure(.tokenAbsent) { try token.token.module.token(label: "absent") }
        #expect(error?.description.contains("\"absent\"") == true)
        #expect(error?.description.contains("\"\(token.label)\"") == true)
    }

    @Test func aLabelIsMatchedWhole() throws {
        let token = try makeToken("whole")
        let module = token.token.module
        failure(.tokenAbsent) { try module.token(label: String(token.label.dropLast())) }
        failure(.tokenAbsent) { try module.token(label: token.label + "x") }
        failure(.tokenAbsent) { try module.token(label: token.label, serial: "0000") }
        failure(.invalidInput) { try module.token(label: nil) }
    }

    @Test func twoTokensOfOneLabelAreToldApartBySerial() throws {
        let folder = try SoftHSMFolder.processWide()
        let label = SoftHSMFolder.uniqueLabel("twin")
        let (first, second) = (try folder.makeToken(label: label), try folder.makeToken(label: label))
        let error = failure(.ambiguous) { try folder.module.token(label: label) }
        #expect(error?.description.contains(first.token.serial) == true)
        #expect(error?.description.contains(second.token.serial) == true)
        #expect(try folder.module.token(label: label, serial: first.token.serial).serial == first.token.serial)
        #expect(try folder.module.token(label: nil, serial: second.token.serial).serial == second.token.serial)
    }

    @Test func thereIsAlwaysABlankTokenAndOnlyBlankOnesAreInitialized() throws {
        let token = try makeToken("blank")
        let module = token.token.module
        #expect(try !module.uninitializedTokens().isEmpty)
        #expect(try module.uninitializedTokens().allSatisfy { $0.label != token.label })
        let error = failure(.exists) {
            try withPIN("12345678") { pin in
                try Token.initialize(token.token.description, module: module, label: "again", soPIN: pin)
            }
        }
        #expect(error?.description.contains(token.label) == true)
        #expect(try module.token(label: token.label).serial == token.token.serial)
    }

    @Test(arguments: ["", String(repeating: "x", count: 33)])
    func aLabelThatDoesNotFitIsRefused(_ label: String) throws {
        let module = try SoftHSMFolder.processWide().module
        let blank = try #require(try module.uninitializedTokens().first)
        failure(.invalidInput) {
            try withPIN("12345678") { try Token.initialize(blank, module: module, label: label, soPIN: $0) }
        }
    }

    @Test func theFirstUserPINIsSetByTheSecurityOfficer() throws {
        let folder = try SoftHSMFolder.processWide()
        let label = SoftHSMFolder.uniqueLabel("fresh")
        let token = try withPIN("so-pin-1") { so in
            try withPIN("user-1") { user in try folder.initializeToken(label: label, soPIN: so, userPIN: user) }
        }
        #expect(token.description.userPINInitialized)
        let session = try token.openSession()
        try withPIN("user-1") { try session.login(pin: $0) }
    }

    @Test func mechanismsCarryTheirUsesAndSizes() throws {
        let mechanisms = try makeToken("mechanisms").token.mechanisms()
        let generation = try #require(mechanisms.first { $0.name == "CKM_EC_KEY_PAIR_GEN" })
        #expect(generation.uses.contains(.generateKeyPair) && generation.maximumKeySize >= 521)
        let ecdsa = try #require(mechanisms.first { $0.name == "CKM_ECDSA" })
        #expect(ecdsa.uses.isSuperset(of: [.sign, .verify]) && ecdsa.code == 0x1041)
        #expect(mechanisms.count > 50)
    }

    @Test(arguments: KeyType.allCases)
    func softHSMSupportsAllKeyTypes(_ type: KeyType) throws {
        #expect(try makeToken("supports").token.supports(type))
    }

    @Test func manyTokensAreMadeAndUsedSideBySide() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let token = try makeToken("parallel")
                    let session = try token.session()
                    let id = [UInt8(number)]
                    let pair = try session.generateKeyPair(.ecP256, label: "key", id: id)
                    _ = try session.signBatch((0..<50).map { .dummy(UInt8($0)) }, scheme: .ecdsa, with: pair)
                    return try session.allKeys().count == 2 && session.keyPair(label: "key").id == id
                }
            }
            for try await isAlone in group { #expect(isAlone) }
        }
    }
}
