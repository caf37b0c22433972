import PKCS11
import RehearsalToken
import Testing

@Suite struct PKCS11URITests {
    @Test func allPartsAreRead() throws {
        let uri = try PKCS11URI(
            "pkcs11:token=Root%20A;serial=0123;manufacturer=M;model=HSM%2B;object=g1;id=%01%ff;type=private"
                + "?module-name=softhsm2&module-path=/usr/lib/x.so&pin-source=file:/dev/fd/3")
        #expect(uri.label == "Root A" && uri.serial == "0123" && uri.manufacturer == "M" && uri.model == "HSM+")
        #expect(uri.objectLabel == "g1" && uri.objectID == [1, 255] && uri.objectType == .privateKey)
        #expect(uri.moduleName == "softhsm2" && uri.modulePath == "/usr/lib/x.so" && uri.pinSource == "file:/dev/fd/3")
    }

    @Test func whatIsNotThereIsNil() throws {
        let uri = try PKCS11URI("pkcs11:serial=1")
        #expect(uri.label == nil && uri.manufacturer == nil && uri.model == nil && uri.objectLabel == nil)
        #expect(uri.objectID == nil && uri.objectType == nil && uri.moduleName == nil && uri.modulePath == nil)
        #expect(uri.pinSource == nil)
    }

    @Test(arguments: [
        "", "token=x", "http://token", "pkcs11:token", "pkcs11:token=%zz", "pkcs11:token=a?pin-value=1234",
        "pkcs11:slot-id=3", "pkcs11:token=a;slot-description=front", "pkcs11:token=a;colour=red", "pkcs11:token=a\0b",
    ])
    func aURIThatCannotBeTrustedIsRefused(_ text: String) {
        failure(.invalidInput) { try PKCS11URI(text) }
    }

    @Test func aPINInAURIIsNotRepeatedInTheError() {
        let error = failure(.invalidInput) { try PKCS11URI("pkcs11:token=a?pin-value=93715") }
        #expect(error?.description.contains("93715") == false)
    }

    @Test func aTokenIsFoundByItsURI() throws {
        let token = try makeToken("uri")
        let module = token.token.module
        #expect(try module.token(uri: PKCS11URI("pkcs11:token=\(token.label)")).serial == token.token.serial)
        #expect(try module.token(uri: PKCS11URI("pkcs11:serial=\(token.token.serial)")).label == token.label)
        failure(.tokenAbsent) { try module.token(uri: PKCS11URI("pkcs11:token=\(token.label);model=other")) }
        failure(.invalidInput) { try module.token(uri: PKCS11URI("pkcs11:object=key")) }
    }
}
