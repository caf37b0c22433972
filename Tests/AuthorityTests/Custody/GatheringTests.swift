@testable import Authority
import Foundation
import Groundwork
import SecretSharing
import Testing

/// Shares as custodians bring them, compared with what the record knows of them.
@Suite struct GatheringTests {
    private static let groups = [
        CustodyGroup(role: "officer", threshold: 2, members: [["ana"], ["bo"], ["cy"]]),
        CustodyGroup(role: "witness", threshold: 1, members: [["dot", "eve"]]),
    ]

    private let shared: SharedSecret
    private let record: CustodyRecord
    private let shares: [Share]

    init() throws {
        shared = try SharedSecret(groups: Self.groups)
        record = shared.record(token: "vault", serial: "1", pinLength: 32)
        shares = shared.handouts.map(\.share)
    }

    @Test func `shares are handed out role by role, and a copy goes to each of those of whom one is enough`() {
        #expect(shared.handouts.map(\.custodian) == ["ana", "bo", "cy", "dot", "eve"])
        #expect(shared.handouts.map(\.others) == [[], [], [], ["eve"], ["dot"]])
        #expect(shares[3].isEqual(to: shares[4]))
        #expect(record.custodians == ["ana", "bo", "cy", "dot", "eve"])
    }

    @Test(arguments: [[0, 1, 3], [3, 2, 1], [4, 0, 2], [2, 4, 0]])
    func `any order and any choice of enough custodians gives the secret`(_ order: [Int]) throws {
        var gathering = ShareGathering(record)
        for index in order {
            #expect(!gathering.isComplete)
            _ = try gathering.add(shares[index])
        }
        #expect(gathering.isComplete)
        #expect(try gathering.combine().isEqual(to: shared.secret))
    }

    @Test func `what is missing is told by role and person`() throws {
        var gathering = ShareGathering(record)
        #expect(gathering.missing == "2 of officer (ana, bo, cy) and 1 of witness (dot, eve)")
        _ = try gathering.add(shares[1])
        #expect(gathering.missing == "1 more of officer (ana, cy) and 1 of witness (dot, eve)")
        #expect(gathering.progress == (1, 3))
        _ = try gathering.add(shares[3])
        #expect(gathering.missing == "1 more of officer (ana, cy)")
    }

    @Test func `whoever brings enough is enough, and nobody less`() {
        for (present, isEnough) in [
            (["ana", "bo", "dot"], true), (["cy", "ana", "eve"], true), (["ana", "bo", "cy"], false),
            (["ana", "dot", "eve"], false), ([], false), (["ana", "bo", "zoe"], false),
        ] { #expect(record.isReached(by: present) == isEnough, "\(present)") }
    }

    @Test func `each wrong share is told apart in words, and changes nothing`() throws {
        var gathering = ShareGathering(record)
        _ = try gathering.add(shares[0])
        let others = try SharedSecret(groups: Self.groups)
        let other = others.handouts[1].share
        expect(
            &gathering, other,
            "This share is of another set, the one that begins with \"\(other.setName)\". It is of another token than "
                + "vault, or from before its shares were renewed.")
        expect(&gathering, shares[0], "The share of ana is here already. Another one is needed.")
        _ = try gathering.add(shares[1])
        expect(
            &gathering, shares[2],
            "2 shares of officer are here, and no more can be used. Missing: 1 of witness (dot, eve).")
        _ = try gathering.add(shares[4])
        #expect(gathering.isComplete)
        #expect(try gathering.combine().isEqual(to: shared.secret))
    }

    @Test func `a share whose checksum holds and that was never handed out is refused before the token is asked`() throws {
        var strangers = record
        strangers.commitments[0][0] = .zero
        var gathering = ShareGathering(strangers)
        expect(
            &gathering, shares[0],
            "This share says that it is of the token vault, and is none of those that were handed out. It was forged, or "
                + "several words are wrong.")
        _ = try gathering.add(shares[1])
    }

    @Test func `a share of a group that the token does not have is refused`() throws {
        var fewer = record
        fewer.groups.removeLast()
        fewer.commitments.removeLast()
        var gathering = ShareGathering(fewer)
        expect(
            &gathering, shares[3],
            "This share is of group 2, and the shares of the token vault have one group. It is of another set.")
    }

    @Test func `one more share than is needed is refused`() throws {
        let one = try SharedSecret(groups: [CustodyGroup(role: "officer", threshold: 1, members: [["ana"]])])
        var gathering = ShareGathering(one.record(token: "vault", serial: "1", pinLength: 32))
        _ = try gathering.add(one.handouts[0].share)
        expect(&gathering, one.handouts[0].share, "The share of ana is here already. Another one is needed.")
    }

    private func expect(
        _ gathering: inout ShareGathering, _ share: Share, _ sentence: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = gathering.progress
        do throws(CustodyError) {
            _ = try gathering.add(share)
            Issue.record("it was taken", sourceLocation: sourceLocation)
        } catch {
            #expect(error.description == sentence, sourceLocation: sourceLocation)
        }
        #expect(gathering.progress == before, sourceLocation: sourceLocation)
    }

    // MARK: The file

    @Test func `a custody file is read as it was written`() throws {
        #expect(try CustodyRecord(canonical: record.canonicalBytes, path: "x") == record)
        let text = String(decoding: record.canonicalBytes, as: UTF8.self)
        for share in shares {
            for word in try share.text().withUnsafeBytes({ String(decoding: $0, as: UTF8.self) }).split(separator: " ") {
                #expect(!text.contains("\"\(word)\"") || word == "custody")
            }
        }
    }

    @Test func `a custody file that says anything else is refused`() throws {
        let text = String(decoding: record.canonicalBytes, as: UTF8.self)
        let first = record.commitments[0][0].hex
        let changes = [
            ("custody/1", "custody/2"), ("\"set\":\(record.set)", "\"set\":32768"), ("\"set\":\(record.set)", "\"set\":-1"),
            ("\"pin-length\":32", "\"pin-length\":33"), ("\"pin-length\":32", "\"pin-length\":7"),
            ("\"threshold\":2", "\"threshold\":4"), ("\"threshold\":2", "\"threshold\":1"), ("\"threshold\":1", "\"threshold\":0"),
            (first, record.commitments[0][1].hex), (first, String(first.dropLast())), ("[\"ana\"]", "[]"),
            ("\"token\":\"vault\"", "\"other\":\"vault\""), ("{\"anchorite\"", "{\"a\":1,\"anchorite\""), ("}", "} "),
        ]
        for (old, new) in changes {
            let changed = try text.replacingOne(old, with: new)
            expectRefusal(.custody, "custody/vault-0001.json is no custody file") {
                try CustodyRecord(canonical: Array(changed.utf8), path: "custody/vault-0001.json")
            }
        }
    }
}

extension String {
    fileprivate func replacingOne(_ old: String, with new: String) throws -> String {
        let range = try #require(self.firstRange(of: old), "there is no \(old)")
        return replacingCharacters(in: range, with: new)
    }
}
