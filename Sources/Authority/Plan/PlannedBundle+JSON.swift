import Groundwork

extension PlannedBundle {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "store": .string(storeID), "sequence": .integer(sequence), "issued": .time(issued),
            "signers": .array(signers.map(\.json)), "algorithm-label": .string(algorithm.rawValue),
            "forms": .strings(forms.map(\.rawValue)), "anchors": .strings(anchors),
            "anchor-form": .string(anchorForm.rawValue), "intermediates": .strings(intermediates),
            "minimum-crls": .array(minimumCRLs.map {
                ["issuer": .string($0.issuer), "number": .integer($0.number)]
            }),
            "denied": .array(denied.map { ["issuer": .string($0.issuer), "serial": .hex($0.serial)] }),
            "threshold": .integer(Int64(threshold)), "renderings": .strings(renderings), "path": .string(path),
        ]
        members["expires"] = expires.map(JSONValue.time)
        members["next-root"] = nextRoot.map(JSONValue.string)
        members["previous"] = previous.map { .string($0.hex) }
        return members
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            storeID: try reader.string("store"), sequence: try reader.integer("sequence"),
            issued: try reader.timestamp("issued"), expires: try reader.optionalTimestamp("expires"),
            signers: try reader.objects("signers").map { reader in
                var reader = reader
                let signer = try Signer(&reader)
                try reader.finish()
                return signer
            },
            algorithm: try reader.raw("algorithm-label"),
            forms: try Self.forms(&reader), anchors: try reader.strings("anchors"),
            anchorForm: try reader.raw("anchor-form"), intermediates: try reader.strings("intermediates"),
            minimumCRLs: try reader.objects("minimum-crls").map { reader in
                var reader = reader
                let minimum = MinimumCRL(issuer: try reader.string("issuer"), number: try reader.integer("number"))
                try reader.finish()
                return minimum
            },
            denied: try reader.objects("denied").map { reader in
                var reader = reader
                let denied = Denied(issuer: try reader.string("issuer"), serial: try reader.hex("serial"))
                try reader.finish()
                return denied
            },
            threshold: try reader.smallInteger("threshold"), nextRoot: try reader.optionalString("next-root"),
            renderings: try reader.strings("renderings"), previous: try reader.optionalDigest("previous"),
            path: try reader.string("path"))
    }

    private static func forms(_ reader: inout JSONObjectReader) throws -> [BundleForm] {
        try reader.strings("forms").map { name in
            guard let form = BundleForm(rawValue: name) else {
                throw reader.invalid("forms", "there is no form \"\(name.prefix(40))\"")
            }
            return form
        }
    }
}

extension PlannedBundle.Signer {
    fileprivate var json: JSONValue { .object(members) }

    fileprivate var members: [String: JSONValue] { ["signer": .string(certificate), "signer-key": .string(key)] }

    fileprivate init(_ reader: inout JSONObjectReader) throws {
        self.init(certificate: try reader.string("signer"), key: try reader.string("signer-key"))
    }
}

extension PlannedBundleSignature {
    var members: [String: JSONValue] {
        signer.members.merging(["sequence": .integer(bundle.sequence), "form": .string(form.rawValue)]) { first, _ in first }
    }

    init(_ reader: inout JSONObjectReader, _ bundle: PlannedBundle?) throws {
        let sequence = try reader.integer("sequence")
        guard let bundle, bundle.sequence == sequence else {
            throw reader.invalid("sequence", "the operation makes no bundle \(sequence)")
        }
        self.init(
            bundle: bundle, form: try reader.raw("form"), signer: try PlannedBundle.Signer(&reader))
    }
}
