import Authority
import Glibc
import Groundwork
import Papers
import SecretSharing

/// Shares on paper: a page for each custodian, in a folder that lives in memory only.
struct ShareSheets {
    private let folder: String

    /// - Throws: ``Failure`` when the folder is on a disk, or is not one.
    init(_ folder: String) throws {
        let kind = FileSystem.kind(of: folder)
        guard FileSystem.isVolatile(kind) else {
            throw Failure(
                Exit.badInput, "\(folder) is on a disk (\(kind)), and a disk does not forget what is deleted",
                advice: "Name a folder in memory, such as one in /dev/shm")
        }
        self.folder = folder
    }

    /// Writes a custodian's sheet, has it printed, and removes it.
    func hand(
        _ handout: SharedSecret.Handout, token: String, name: String, number: Int, of count: Int, _ keyboard: Keyboard
    ) throws {
        let path = FilePath.joined(folder, "share-\(AuthorityPaths.fileName(for: token))-\(number).html")
        var bytes = try page(handout, token: token, name: name, number: number, of: count).bytes
        defer { SecretBytes.wipe(&bytes) }
        try DurableFile.create(path, bytes, mode: 0o600)
        defer { unlink(path) }
        keyboard.show("\nThe sheet is \(path).\nPrint it on a printer that keeps nothing. Press Enter when it is printed: it is removed then.\n")
        try keyboard.waitForEnter()
    }

    private func page(
        _ handout: SharedSecret.Handout, token: String, name: String, number: Int, of count: Int
    ) throws -> Page {
        var words: [String] = []
        try handout.share.forEachWord { words.append($1) }
        let code = try handout.share.text().withUnsafeBytes { QRCode(Array($0)) }
        return Page(
            title: "Share \(number) of \(count), \(CustodyRecord.words(token).dropFirst(4))", header: "Share of \(CustodyRecord.words(token))",
            mark: "set \(handout.share.set.name)", footer: "secret: for \(name) only",
            body: [
                .p(.eyebrow, "Secret"), .h1(.text("Share of \(CustodyRecord.words(token))")),
                .facts([
                    ("held by", .text(name)), ("role", .text(handout.role)),
                    ("set", .text("\(handout.share.set.name) (\(handout.share.set.identifier))")),
                    ("share", .text("\(number) of \(count)")),
                ]),
                .words(words),
                code.map { $0.drawing(label: "the words of the share") } ?? .nothing,
                .p("SLIP-39. Keep it in a sealed bag, apart from every other share. Type the words when Anchorite asks for them; the first four letters of each are enough."),
                .fields([Field("bag number"), Field("sealed on"), Field("signature", isWide: true)]),
            ])
    }
}
