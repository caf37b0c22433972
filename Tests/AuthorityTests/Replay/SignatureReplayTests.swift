import Authority
import Groundwork
import Testing

/// SIGNATURE-INTENDED, SIGNATURE-PLANNED and SIGNATURE-VALID.
@Suite struct SignatureReplayTests {
    private static let ready = FinishedAuthority.small

    @Test func `a signature without an intent is refused`() throws {
        try Forgery.expectRefused(Self.ready, .signatureIntended, "a signature answers no intent") { lines in
            let (intent, signed) = try lines.intent("crl")
            lines.remove(at: intent)
            return signed - 1
        }
        for wrong in [0, 5, 25, 26_000, -1] {
            try Forgery.expectRefused(Self.ready, .signatureIntended, "a signature answers no intent") { lines in
                let (_, signed) = try lines.intent("crl")
                lines[signed].fields["intent"] = .integer(Int64(wrong))
                return signed
            }
        }
        // The intent to generate a key is not one to sign.
        try Forgery.expectRefused(Self.ready, .signatureIntended, "a signature answers no intent") { lines in
            let place = try lines.at("key-generated")
            lines[place] = lines[try lines.at("signed")]
            lines[place].fields["intent"] = .integer(Int64(place - 1))
            return place
        }
    }

    @Test func `two signatures for one intent are refused`() throws {
        for object in ["proof", "certificate", "crl", "bundle-signature"] {
            try Forgery.expectRefused(Self.ready, .signatureIntended, "a signature answers no intent") { lines in
                let (_, signed) = try lines.intent(object)
                lines.insert(lines[signed], at: signed + 1)
                return signed + 1
            }
        }
    }

    @Test func `an intent for what is signed already is refused`() throws {
        try Forgery.expectRefused(Self.ready, .signatureIntended, "operation 1, step 7 is signed already") { lines in
            let (intent, signed) = try lines.intent("crl")
            lines.insert(lines[intent], at: signed + 1)
            return signed + 1
        }
        try Forgery.expectRefused(Self.ready, .signatureIntended, "operation 1, step 7 is signed already") { lines in
            let (intent, _) = try lines.intent("crl")
            lines.insert(lines[intent], at: try lines.at("crl") + 1)
            return try lines.at("crl") + 1
        }
    }

    @Test func `a second intent must account for the first, and then it is accepted`() throws {
        for repeats in [nil, 3, 25] as [Int64?] {
            try Forgery.expectRefused(
                Self.ready, .signatureIntended, "does not account for the one before it"
            ) { lines in
                let (intent, _) = try lines.intent("crl")
                var again = lines[intent]
                again.fields["repeats"] = repeats.map { .integer($0) }
                lines.insert(again, at: intent + 1)
                return intent + 1
            }
        }
        // There is nothing to be repeated.
        try Forgery.expectRefused(Self.ready, .signatureIntended, "does not account for the one before it") { lines in
            let (intent, _) = try lines.intent("crl")
            lines[intent].fields["repeats"] = .integer(Int64(intent))
            return intent
        }
        // The lost signature turns up after it was given up.
        try Forgery.expectRefused(Self.ready, .signatureIntended, "a signature answers no intent") { lines in
            let (intent, signed) = try lines.intent("crl")
            var again = lines[intent]
            again.fields["repeats"] = .integer(Int64(intent))
            lines.insert(again, at: intent + 1)
            return signed + 1
        }
        let report = try Forgery.interrupted(Self.ready) { lines in
            let (intent, signed) = try lines.intent("crl")
            lines.removeSubrange(signed...)
            var again = lines[intent]
            again.fields["repeats"] = .integer(Int64(intent))
            lines.append(again)
        }
        #expect(report.holds, "\(report.failures)")
        #expect(report.openCeremony?.unansweredIntents == [report.lines - 1])
        #expect(report.notices.contains { $0.contains("1 intents wait for their signature") })
    }

    @Test func `a ceremony that counts its signatures wrong is refused`() throws {
        for count in [0, 8, 10, -1] {
            try Forgery.expectRefused(
                Self.ready, .signatureIntended, "ceremony 1 counts \(count) signatures, and its ledger holds 9"
            ) { lines in
                let place = try lines.at("ceremony-closed")
                lines[place].fields["signatures"] = .integer(Int64(count))
                return place
            }
        }
    }

    @Test func `an intent for other bytes than the plan's is refused`() throws {
        for (object, step) in [
            ("proof", "operation 1, step 1"), ("certificate", "operation 1, step 4"), ("crl", "operation 1, step 7"),
            ("bundle-signature", "operation 3, step 1"),
        ] {
            try Forgery.expectRefused(
                Self.ready, .signaturePlanned, "the intent at \(step) is for bytes that the plan does not give"
            ) { lines in
                let (intent, _) = try lines.intent(object)
                lines[intent].fields["sha256"] = .string(Digest(of: Array("something else".utf8)).hex)
                return intent
            }
        }
        // What is good at one step is not at another.
        try Forgery.expectRefused(Self.ready, .signaturePlanned, "bytes that the plan does not give") { lines in
            let first = try lines.intent("certificate", 0).intent
            let second = try lines.intent("certificate", 1).intent
            lines[second].fields["sha256"] = lines[first].fields["sha256"]
            return second
        }
        try Forgery.expectRefused(Self.ready, .signaturePlanned, "bytes that the plan does not give") { lines in
            let place = try lines.at("intent")
            lines[place].fields["sha256"] = .string(Digest.zero.hex)
            return place
        }
    }

    @Test func `an intent for another key, object or step than the plan's is refused`() throws {
        let changes: [(object: String, field: String, value: JSONValue, core: String)] = [
            ("certificate", "key", "record", "operation 1, step 4 is not for the key record"),
            ("crl", "key", "nobody", "operation 1, step 7 is not for the key nobody"),
            ("bundle-signature", "key", "G1", "operation 3, step 1 is not for the key G1"),
            ("crl", "object", "certificate", "operation 1, step 7 has no certificate to be signed"),
            ("certificate", "object", "checkpoint", "operation 1, step 4 has no checkpoint to be signed"),
            ("proof", "object", "generate-key", "operation 1, step 1 has no generate-key to be signed"),
            ("crl", "step", [9, 1], "the plan has no operation 9, step 1"),
            ("bundle-signature", "step", [3, 3], "the plan has no operation 3, step 3"),
        ]
        for change in changes {
            try Forgery.expectRefused(Self.ready, .signaturePlanned, change.core) { lines in
                let (intent, _) = try lines.intent(change.object)
                lines[intent].fields[change.field] = change.value
                return intent
            }
        }
        // A proof before the key is there.
        try Forgery.expectRefused(
            Self.ready, .signaturePlanned, "operation 1, step 1 has no proof to be signed"
        ) { lines in
            let place = try lines.at("intent")
            lines[place].fields["object"] = "proof"
            return place
        }
    }

    @Test func `a signature by another key, or over something else, is refused`() throws {
        // A signature that is good, of another intent of the same key.
        try Forgery.expectRefused(
            Self.ready, .signatureValid, "the signature of operation 1, step 1 does not verify"
        ) { lines in
            let place = try lines.at("signed")
            lines[place].fields["signature"] = lines[try lines.intent("crl").signed].fields["signature"]
            return place
        }
        try Forgery.expectRefused(
            Self.ready, .signatureValid, "the signature of operation 1, step 2 does not verify"
        ) { lines in
            let place = try lines.intent("proof", 1).signed
            lines[place].fields["signature"] = ""
            return place
        }
    }
}
