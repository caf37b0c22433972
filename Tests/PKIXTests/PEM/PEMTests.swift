import PKIX
import Testing

struct PEMTests {
    @Test(arguments: [1, 2, 3, 47, 48, 49, 96, 1_000])
    func `what is encoded is decoded`(count: Int) throws {
        let der = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let text = PEM.encode(PEM.certificate, der)
        #expect(try PEM.decode(Array(text.utf8), labels: [PEM.certificate]) == der)
        #expect(try PEM.decode(Array(text.replacing("\n", with: "\r\n").utf8), labels: [PEM.certificate]) == der)
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 64 })
    }

    @Test func `OpenSSL writes the same text`() async throws {
        let root = try golden("root-ed25519.hex")
        let judged = try await OpenSSL.run(["x509", "-inform", "DER", "-in", "$root"], files: ["root": root])
        #expect(judged.text == PEM.encode(PEM.certificate, root))
    }

    @Test func `several blocks are read when asked for, in order`() throws {
        let text = PEM.encode("A", [1]) + "\n" + PEM.encode("B C", [2, 3])
        #expect(
            try PEM.decodeAll(Array(text.utf8)) == [
                PEM.Block(label: "A", derBytes: [1]), PEM.Block(label: "B C", derBytes: [2, 3]),
            ])
    }

    private static let line = String(repeating: "A", count: 64)

    @Test(arguments: [
        ("", "no block"), ("\n\n", "no block"), ("x\n-----BEGIN A-----\nAQ==\n-----END A-----\n", "Line 1"),
        ("-----BEGIN A-----\nAQ==\n-----END A-----\nx\n", "Line 4"), ("-----BEGIN A-----\nAQ==\n", "Line 1"),
        ("-----BEGIN A-----\nAQ==\n-----END B-----\n", "Line 3"),
        ("-----BEGIN a-----\nAQ==\n-----END a-----\n", "Line 1"),
        ("-----BEGIN A-----\n-----END A-----\n", "Line 2"), ("-----BEGIN A-----\nAQ==\n\n-----END A-----\n", "Line 3"),
        ("-----BEGIN A-----\nAQ=\n-----END A-----\n", "Line 3"),
        ("-----BEGIN A-----\nAR==\n-----END A-----\n", "Line 3"),
        ("-----BEGIN A-----\nA Q==\n-----END A-----\n", "Line 3"),
        ("-----BEGIN A-----\nA-_=\n-----END A-----\n", "Line 3"),
        ("-----BEGIN A-----\nProc-Type: 4\n-----END A-----\n", "Line 3"),
        ("-----BEGIN A-----\nAAAA\nAAAA\n-----END A-----\n", "Line 2"),
        ("-----BEGIN A-----\n\(line)A\n-----END A-----\n", "Line 2"),
        ("-----BEGIN A-----\n\(line)\n\(line)AAAA\n-----END A-----\n", "Line 3"),
        (" -----BEGIN A-----\nAQ==\n-----END A-----\n", "Line 1"),
        ("-----BEGIN A----- \nAQ==\n-----END A-----\n", "Line 1"),
        ("-----BEGIN A-----\n-----BEGIN A-----\nAQ==\n-----END A-----\n", "Line 2"),
    ])
    func `everything else is refused, naming the line`(text: String, line: String) {
        let error = refusal { try PEM.decodeAll(Array(text.utf8)) }
        #expect(error?.kind == .malformed)
        #expect(error?.reason.contains(line) == true, "\(String(describing: error))")
    }
}
