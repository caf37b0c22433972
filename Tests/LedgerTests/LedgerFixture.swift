import Foundation
import Groundwork
import Ledger

/// A folder of its own for one test, removed with the value, and ledgers to put into it.
final class LedgerFixture {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/anchorite-ledger-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var path: String { "\(folder)/ledger.jsonl" }

    func put(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    func put(lines: [String]) throws {
        try put(Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    func content(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { Array($0) } }

    /// Five lines made by Python's `json` and `hashlib`, and their head and root.
    static let lines = [
        #"{"authority":"acme","event":"genesis","index":0,"nonce":"é\n","previous":"0000000000000000000000000000000000000000000000000000000000000000","time":"2027-03-02T10:00:00Z"}"#,
        #"{"digest":"ab","event":"policy","index":1,"previous":"797692d289966b296e3956ef1b96bd23500171a10a0d914155eeba567b5b366a","time":"2027-03-02T10:00:00Z","version":2}"#,
        #"{"event":"login","index":2,"ok":true,"previous":"fec7657a64da1f34dfcffdaeea5460821937bc51e7b27f82063b23650af2e310","time":"2027-03-02T10:00:05Z"}"#,
        #"{"event":"signed","index":3,"list":[1,"x",{"a":false}],"previous":"75ff1b62a8f7e0bc1c9eee6228ff2d5f5ea36c1e72e8fadb1a73598f813b13e5","time":"2027-03-02T10:00:05Z"}"#,
        #"{"event":"ceremony-closed","index":4,"previous":"c8a34a8399ad37f97907d71f0af5b3be74da8840a6aa3ccba9395cb8efa5c332","time":"2027-03-03T00:00:00Z"}"#,
    ]
    static let head = "978c005ad4789a15791589a639a3a56de1bb25139b6e85e6793c85016a6db352"
    static let root = "3afae815cead3d489515faa671a97d84da8bb4bf5ed09ade50f07c638cd3b3a8"

    static var bytes: [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

    /// The same five events for a writer.
    static let entries: [(event: String, fields: [String: JSONValue], time: String)] = [
        ("genesis", ["authority": "acme", "nonce": "é\n"], "2027-03-02T10:00:00Z"),
        ("policy", ["digest": "ab", "version": 2], "2027-03-02T10:00:00Z"),
        ("login", ["ok": true], "2027-03-02T10:00:05Z"),
        ("signed", ["list": [1, "x", ["a": false]]], "2027-03-02T10:00:05Z"),
        ("ceremony-closed", [:], "2027-03-03T00:00:00Z"),
    ]
}
