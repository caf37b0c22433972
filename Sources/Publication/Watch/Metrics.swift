import Groundwork

/// What a watch found, in Prometheus' text format (version 0.0.4), for node_exporter's textfile collector.
public enum Metrics {
    public static func text(_ manifest: PublicationManifest, _ findings: [Finding], at time: Timestamp) -> String {
        var page = Page()
        let authority = [("authority", manifest.authority)]
        page.add(
            "anchorite_watch_timestamp_seconds", "When the watch looked.", [(authority, time.secondsSinceEpoch)])
        let newest = manifest.issuers.compactMap { issuer in issuer.lists.last.map { (issuer, $0) } }
        page.add(
            "anchorite_crl_number", "The number of the newest CRL, by its issuer.",
            newest.map { (authority + [("issuer", $0.title)], $1.number) })
        page.add(
            "anchorite_crl_next_update_timestamp_seconds", "When the newest CRL ends.",
            newest.map { (authority + [("issuer", $0.title)], $1.nextUpdate.secondsSinceEpoch) })
        let bundles = manifest.bundles.suffix(1)
        page.add(
            "anchorite_bundle_sequence", "The sequence of the newest bundle.",
            bundles.map { (authority + [("store", $0.store)], $0.sequence) })
        page.add(
            "anchorite_bundle_expiry_timestamp_seconds", "When the newest bundle expires.",
            bundles.compactMap { bundle in
                bundle.expires.map { (authority + [("store", bundle.store)], $0.secondsSinceEpoch) }
            })
        page.add(
            "anchorite_certificate_not_after_timestamp_seconds", "When a certificate ends.",
            manifest.certificates.map {
                (authority + [("name", $0.name), ("kind", $0.kind)], $0.notAfter.secondsSinceEpoch)
            })
        func labels(_ finding: Finding) -> [(String, String)] {
            authority + [
                ("address", finding.endpoint.address), ("kind", finding.endpoint.kind), ("name", finding.endpoint.name),
            ]
        }
        page.add(
            "anchorite_endpoint_fresh", "1 where a server gives the newest, whole and signed.",
            findings.map { (labels($0), $0.isFresh ? 1 : 0) })
        // A series for each verdict, so that none ends or begins when the verdict changes.
        page.add(
            "anchorite_endpoint_verdict", "1 for the verdict on what a server gives, 0 for the others.",
            findings.flatMap { finding in
                Finding.Verdict.allCases.map {
                    (labels(finding) + [("verdict", $0.rawValue)], $0 == finding.verdict ? 1 : 0)
                }
            })
        page.add(
            "anchorite_endpoint_stale_seconds",
            "For how long something newer has been there to be published, or the served one has ended.",
            findings.filter { [.fresh, .stale, .expired].contains($0.verdict) }.map { finding in
                (labels(finding), finding.since.map { max(0, time.secondsSinceEpoch - $0.secondsSinceEpoch) } ?? 0)
            })
        page.add(
            "anchorite_watch_ledger_lines", "How many lines the ledger has that everything was compared with.",
            [(authority, manifest.ledgerSize)])
        page.add(
            "anchorite_endpoint_number", "The CRL number or the bundle's sequence that is served.",
            findings.compactMap { finding in finding.number.map { (labels(finding), $0) } })
        page.add(
            "anchorite_endpoint_end_timestamp_seconds", "When what is served ends.",
            findings.compactMap { finding in finding.end.map { (labels(finding), $0.secondsSinceEpoch) } })
        return page.text
    }

    private struct Page {
        var text = ""

        mutating func add(_ name: String, _ help: String, _ samples: [([(String, String)], Int64)]) {
            guard !samples.isEmpty else { return }
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
            for (labels, value) in samples {
                let words = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
                text += "\(name){\(words)} \(value)\n"
            }
        }

        private static func escaped(_ value: String) -> String {
            value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }
}
