extension Stage {
    /// Holds a ceremony in the place of the one that is planned, to its close.
    func hold(_ operations: String, number: Int) throws {
        try needPlan(operations, named: "held-\(number)")
        try approve("ana", "cy", plan: "held-\(number)")
        _ = try Self.need(try run("held-\(number)"))
        try witness(number, by: "ana", "cy")
        waitForNextSecond()
    }

    /// Everything under G1 is revoked, and it has signed its last CRL.
    func endRoot() throws {
        try hold(
            Operations.revoke("p1") + Operations.revoke("p3")
                + "  - operation: revoke\n    name: G1-bundle-signer\n    reason: cessationOfOperation\n" + Operations.last,
            number: 3)
    }
}

extension Family {
    static let lists = Family(
        title: "CRLs",
        world: .grown, accepted: "a revocation while CRLs are signed ahead, with its CRL and a bundle that demands it",
        twin: { stage in
            try stage.hold(Operations.series + Operations.bundle, number: 3)
            return try stage.plan(Operations.revoke("p1") + Operations.crl + Operations.bundle)
        },
        attempts: [
            Attempt("a bit changed in the CRL before, when the next one is planned", .listContinuity, 1) { stage in
                _ = try stage.spoil("authority/crls/G1-000002.crl")
                return try stage.plan(Operations.crl)
            },
            Attempt("the CRL before the revocation in the place of the newest, when the next one is planned", .listContinuity, 1) { stage in
                try stage.write(stage.read("authority/crls/G1-000001.crl"), "authority/crls/G1-000002.crl")
                return try stage.plan(Operations.crl)
            },
            Attempt("a CRL that goes missing between approval and run", .listContinuity, 1) { stage in
                try stage.remove("authority/crls/G1-000002.crl")
                return try stage.run()
            },
            Attempt("a CRL that is exchanged between approval and run", .listContinuity, 1) { stage in
                try stage.write(stage.read("authority/crls/G1-000001.crl"), "authority/crls/G1-000002.crl")
                return try stage.run()
            },
            Attempt("more CRLs signed ahead than the policy allows", .limits, 1) { stage in
                try stage.plan(Operations.crl + "    series: {count: 4, every: 30d}\n")
            },
            Attempt("CRLs signed ahead where the policy allows none", .limits, 1) { stage in
                try stage.plan("  - operation: issue-crl\n    issuer: {product: p3}\n    series: {count: 2, every: 7d}\n")
            },
            Attempt("a revocation that CRLs signed ahead do not tell, and no bundle", .revocationPublished, 1) { stage in
                try stage.hold(Operations.series + Operations.bundle, number: 3)
                return try stage.plan(Operations.revoke("p1") + Operations.crl)
            },
            Attempt("that bundle before the CRL that it should demand", .revocationPublished, 1) { stage in
                try stage.hold(Operations.series + Operations.bundle, number: 3)
                return try stage.plan(Operations.revoke("p1") + Operations.bundle + Operations.crl)
            },
            Attempt("a last CRL while certificates are live", .issuerEnded, 1) { try $0.plan(Operations.last) },
            Attempt("the end of a key before the last CRL", .issuerEnded, 1) { try $0.plan(Operations.destroyKey) },
            Attempt("a CRL after the last one", .issuerEnded, 1) { stage in
                try stage.endRoot()
                return try stage.plan(Operations.crl)
            },
            Attempt("a certificate after the last CRL", .issuerEnded, 1) { stage in
                try stage.endRoot()
                return try stage.plan(Operations.product("p4"))
            },
            Attempt("another key under the label and id of the one to be destroyed", .keyIdentity, 1) { stage in
                try stage.endRoot()
                try stage.needPlan(Operations.destroyKey, named: "end")
                try stage.approve("ana", "cy", plan: "end")
                try stage.take("adversary G1", andReplace: true)
                return try stage.run("end")
            },
        ])
}
