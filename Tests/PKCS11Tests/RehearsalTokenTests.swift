import Foundation
import PKCS11
import RehearsalToken
import Testing

@Suite struct RehearsalTokenTests {
    @Test func theFolderIsPrivateAndConfiguresThisProcess() throws {
        let folder = try SoftHSMFolder.processWide()
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        #expect(ProcessInfo.processInfo.environment["SOFTHSM2_CONF"] == folder.configurationPath)
        #expect(try String(contentsOfFile: folder.configurationPath, encoding: .utf8).contains(folder.path + "/tokens"))
        #expect(FileManager.default.fileExists(atPath: folder.libraryPath))
    }

    @Test func thereIsOneFolderInAProcess() throws {
        let folder = try SoftHSMFolder.processWide()
        #expect(try SoftHSMFolder.processWide() === folder)
        let other = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path(
            percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: other) }
        let error = #expect(throws: RehearsalTokenError.self) { try SoftHSMFolder(other) }
        #expect(error?.description.contains(folder.path) == true)
    }

    @Test func tokensLieInTheFolder() throws {
        let token = try makeToken("in-folder")
        let folder = try SoftHSMFolder.processWide()
        let tokens = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/tokens")
        #expect(tokens.contains { $0.replacingOccurrences(of: "-", with: "").hasSuffix(token.token.serial) })
    }

    @Test func pinsAreRandomAndOfHexadecimalDigits() {
        let pins = (0..<10).map { _ in RandomPIN().withUnsafeBytes { Array($0) } }
        #expect(Set(pins).count == 10)
        let digits = Set("0123456789abcdef".utf8)
        #expect(pins.allSatisfy { $0.count == 32 && digits.isSuperset(of: $0) })
    }

    @Test func labelsAreUnique() {
        #expect(SoftHSMFolder.uniqueLabel("x") != SoftHSMFolder.uniqueLabel("x"))
    }
}
