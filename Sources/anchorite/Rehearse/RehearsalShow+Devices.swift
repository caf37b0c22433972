import Authority
import Groundwork
import PKIX
import Subprocess

extension RehearsalShow {
    /// Lets `openssl verify` judge a device under every intermediate, with the CRLs of the whole chain.
    func judgeDevices() async throws {
        guard let state = try AuthorityReading.state(of: rehearsal.directory).state else { return }
        guard state.certificates.values.contains(where: { $0.planned.kind == .intermediate }) else { return }
        heading("What a device's verifier says: openssl verify -crl_check_all")
        let target = "\(folder)/devices"
        try makeFolders([target])
        var anchors = ""
        var lists = ""
        for root in state.roots {
            anchors += PEM.encode(PEM.certificate, root.der ?? [])
            lists += try listText(state, root.planned.name)
        }
        try DurableFile.create("\(target)/anchors.pem", Array(anchors.utf8))
        for name in state.issued {
            guard let intermediate = state.certificates[name], intermediate.planned.kind == .intermediate else { continue }
            try await judge(intermediate, state, target, rootLists: lists)
        }
    }

    private func judge(
        _ intermediate: AuthorityState.CertificateRecord, _ state: AuthorityState, _ target: String, rootLists: String
    ) async throws {
        let name = intermediate.planned.name
        let device: [UInt8]
        var lists = rootLists
        if let work = try rehearsal.factoryWork(intermediate, at: .now()) {
            device = work.device
            lists += PEM.encode(PEM.certificateList, work.crl)
        } else {
            guard let issued = state.certificates(issuedBy: name).first(where: { $0.planned.kind == .endEntity })?.der
            else { return }
            device = issued
            lists += try listText(state, name)
        }
        let files = (device: "\(target)/\(name)-device.pem", chain: "\(target)/\(name).pem", crls: "\(target)/\(name)-crls.pem")
        try DurableFile.create(files.device, Array(PEM.encode(PEM.certificate, device).utf8))
        try DurableFile.create(files.chain, Array(PEM.encode(PEM.certificate, intermediate.der ?? []).utf8))
        try DurableFile.create(files.crls, Array(lists.utf8))
        let arguments = [
            "verify", "-x509_strict", "-crl_check_all", "-CAfile", "\(target)/anchors.pem", "-CRLfile", files.crls,
            "-untrusted", files.chain, files.device,
        ]
        let verdict = try await Self.openssl(arguments)
        let isRevoked = intermediate.revocation != nil
        Terminal.say("  openssl \(arguments.joined(separator: " "))", .dim)
        for line in verdict.text.split(separator: "\n") { Terminal.say("    \(line)") }
        guard verdict.accepted != isRevoked, !isRevoked || verdict.text.contains("certificate revoked") else {
            throw Failure(Exit.check, "openssl judged the device under \(name) otherwise than the ledger does")
        }
        Terminal.say("    → \(verdict.accepted ? "accepted" : "refused"), as it must be: \(name) is \(isRevoked ? "revoked" : "live")", .bold)
    }

    private func listText(_ state: AuthorityState, _ issuer: String) throws -> String {
        guard let list = state.list(of: issuer, inForceAt: .now()) else { return "" }
        return PEM.encode(PEM.certificateList, try rehearsal.directory.read(list.planned.path))
    }

    private static func openssl(_ arguments: [String]) async throws -> (accepted: Bool, text: String) {
        do {
            let outcome = try await Subprocess.run(
                .name("openssl"), arguments: Arguments(arguments), output: .string(limit: 1 << 16),
                error: .string(limit: 1 << 16))
            let text = outcome.standardOutput + outcome.standardError
            return (outcome.terminationStatus.isSuccess, text)
        } catch {
            throw Failure(Exit.badInput, "openssl cannot be run: \(error)", advice: "Install openssl, or rehearse with --brief")
        }
    }
}
