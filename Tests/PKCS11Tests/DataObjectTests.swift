import PKCS11
import RehearsalToken
import Testing

@Suite struct DataObjectTests {
    @Test func aDataObjectIsMadeFoundChangedAndDestroyed() throws {
        let session = try makeToken("data").session()
        #expect(try session.dataObject(label: "head", application: "anchorite") == nil)
        let made = try session.createDataObject(label: "head", application: "anchorite", value: [1, 2, 3])
        #expect(made.isPrivate)
        #expect(try session.dataObject(label: "head", application: "anchorite") == made)
        let changed = try session.update(made, value: [4, 5, 6, 7])
        #expect(changed.value == [4, 5, 6, 7] && changed.isPrivate && changed.label == "head")
        #expect(try session.dataObjects(label: "head", application: "anchorite") == [changed])
        failure(.notFound) { try session.destroy(made) }
        try session.destroy(changed)
        #expect(try session.dataObject(label: "head", application: "anchorite") == nil)
        failure(.notFound) { try session.update(changed, value: [1]) }
    }

    @Test func labelAndApplicationAreMatchedWhole() throws {
        let session = try makeToken("data-exact").session()
        try session.createDataObject(label: "head", application: "anchorite", value: [1])
        #expect(try session.dataObject(label: "head") == nil)
        #expect(try session.dataObject(label: "head", application: "anchor") == nil)
        #expect(try session.dataObject(label: "hea", application: "anchorite") == nil)
        try session.createDataObject(label: "head", application: "other", value: [2])
        #expect(try session.dataObject(label: "head", application: "anchorite")?.value == [1])
    }

    @Test func aSecondOneOfTheSameNameIsRefused() throws {
        let session = try makeToken("data-twice").session()
        try session.createDataObject(label: "head", value: [1])
        failure(.exists) { try session.createDataObject(label: "head", value: [2]) }
        #expect(try session.dataObject(label: "head")?.value == [1])
    }

    @Test func aPrivateOneIsSeenOnlyAfterTheLogin() throws {
        let token = try makeToken("data-private")
        do {
            let session = try token.session()
            try session.createDataObject(label: "secret", value: [1])
            try session.createDataObject(label: "open", value: [2], isPrivate: false)
        }
        let session = try token.token.openSession()
        #expect(try session.dataObjects(label: "secret").isEmpty)
        #expect(try session.dataObjects(label: "open").map(\.value) == [[2]])
        failure(.loginRequired) { try session.dataObject(label: "secret") }
    }

    @Test func aReadOnlySessionChangesNothing() throws {
        let token = try makeToken("data-read-only")
        let object = try token.session().createDataObject(label: "head", value: [1])
        let session = try token.session(writable: false)
        failure(.readOnly) { try session.createDataObject(label: "other", value: [1]) }
        failure(.readOnly) { try session.update(object, value: [2]) }
        failure(.readOnly) { try session.destroy(object) }
        #expect(try session.dataObject(label: "head") == object)
    }

    @Test(arguments: [0, 1, 4096, 100_000])
    func aValueOfAnySizeComesBack(_ size: Int) throws {
        let session = try makeToken("data-size").session()
        let value = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try session.createDataObject(label: "blob", value: value)
        #expect(try session.dataObject(label: "blob")?.value == value)
    }
}
