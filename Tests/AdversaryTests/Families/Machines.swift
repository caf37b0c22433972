import Foundation
import Glibc

extension Family {
    static let machines = Family(
        title: "The machine: inputs, outputs, PIN and module",
        world: .grown, accepted: "a PIN from a file that only its owner can read, for a module that the site file names",
        twin: { try $0.run() },
        attempts: [
            Attempt("an output that exists", .outputNew, 73) { stage in
                try stage.plan(Operations.crl, named: "second")
            },
            Attempt("a link that leads nowhere, where the plan goes", .outputNew, 73) { stage in
                try stage.makeFolder("mine")
                try stage.link("mine/plan.json", to: "/etc/anchorite-was-here")
                return try stage.plan(Operations.crl, named: "mine")
            },
            Attempt("a file where a certificate list will go", .outputNew, 73, mayBegin: true) { stage in
                try stage.write("mine", "authority/crls/G1-000003.crl")
                return try stage.run()
            },
            Attempt("a link where a certificate list will go", .outputNew, 73, mayBegin: true) { stage in
                try stage.link("authority/crls/G1-000003.crl", to: "../../elsewhere")
                return try stage.run()
            },
            Attempt("a link where the plan will be kept", .outputNew, 73) { stage in
                try stage.makeFolder("authority/ceremonies/0003")
                try stage.link("authority/ceremonies/0003/plan.json", to: "/etc/anchorite-was-here")
                return try stage.run()
            },
            Attempt("a FIFO for a plan", .inputFile, 65) { stage in
                try stage.remove("next/plan.json")
                try Shell.need("mkfifo", "next/plan.json", in: stage.path)
                return try stage.run()
            },
            Attempt("a FIFO for a ledger", .inputFile, 65) { stage in
                try stage.remove("authority/ledger.jsonl")
                try Shell.need("mkfifo", "authority/ledger.jsonl", in: stage.path)
                return try stage.anchorite("verify", "authority")
            },
            Attempt("a link for a ledger, before it is verified", .inputFile, 65) { stage in
                try stage.copy("authority/ledger.jsonl", to: "ledger.jsonl")
                try stage.remove("authority/ledger.jsonl")
                try stage.link("authority/ledger.jsonl", to: "../ledger.jsonl")
                return try stage.anchorite("verify", "authority")
            },
            Attempt("a link for a ledger, before it is continued", .inputFile, 65) { stage in
                try stage.copy("authority/ledger.jsonl", to: "ledger.jsonl")
                try stage.remove("authority/ledger.jsonl")
                try stage.link("authority/ledger.jsonl", to: "../ledger.jsonl")
                return try stage.run()
            },
            Attempt("a device for a site file", .inputFile, 65) { stage in
                try stage.remove("site.yaml")
                try stage.link("site.yaml", to: "/dev/zero")
                return try stage.run()
            },
            Attempt("a folder for a ceremony file", .inputFile, 65) { stage in
                try stage.makeFolder("c.yaml")
                return try stage.anchorite("plan", "c.yaml")
            },
            Attempt("a PIN file that everybody can read", .pinSource, 65) { stage in
                chmod(stage.absolute("pin"), 0o644)
                return try stage.run()
            },
            Attempt("a PIN file that the group can read", .pinSource, 65) { stage in
                chmod(stage.absolute("pin"), 0o640)
                return try stage.run()
            },
            Attempt("a PIN through standard input", .pinSource, 64) { stage in
                try stage.anchorite(
                    "run", "next/plan.json", "--authority", "authority", "--site", "site.yaml", "--pin-fd", "0")
            },
            Attempt("a PIN through a descriptor that is not open", .pinSource, 64) { stage in
                try stage.anchorite(
                    "run", "next/plan.json", "--authority", "authority", "--site", "site.yaml", "--pin-fd", "9")
            },
            Attempt("a PIN in the site file", .siteSecret, 65) { stage in
                try stage.write(stage.text("site.yaml") + "    pin: \"4711\"\n", "site.yaml")
                return try stage.run()
            },
            Attempt("a PIN in the site file's URI", .siteSecret, 65) { stage in
                try stage.write(stage.text("site.yaml") + "    uri: pkcs11:token=vault?pin-value=4711\n", "site.yaml")
                return try stage.run()
            },
            Attempt("a module beside the working directory", .moduleSource, 1) { stage in
                try stage.copy("site.yaml", to: "other.yaml")
                try stage.edit("site.yaml", SoftHSM.library, "./libsofthsm2.so")
                return try stage.run()
            },
            Attempt("a module that is no library", .moduleSource, 69) { stage in
                try stage.edit("site.yaml", SoftHSM.library, stage.absolute("policy.yaml"))
                return try stage.run()
            },
            Attempt(
                "PKCS11_MODULE_PATH and its like in the environment", .moduleSource,
                .ignored("they are not read; the site file's module is loaded, and no other")
            ) { stage in
                let odd = try OddModule.library.get().path
                let trace = stage.absolute("odd-was-loaded")
                let shown = try stage.run(environment: [
                    "PKCS11_MODULE_PATH": odd, "PKCS11_PROVIDER_MODULE": odd, "PKCS11_MODULE": odd, "P11_MODULE": odd,
                    "P11_KIT_STRICT": "1", "P11_KIT_SERVER_ADDRESS": "unix:path=/nowhere", "SOFTHSM2_MODULE": odd,
                    "ODD_LOADED": trace, "ODD_REAL": SoftHSM.library,
                ])
                guard !FileManager.default.fileExists(atPath: trace) else { throw Refusal(text: "it was loaded") }
                return shown
            },
            Attempt("a module of that name in the user's own configuration", .moduleSource, 69) { stage in
                let odd = try OddModule.library.get().path
                try stage.makeFolder("config/pkcs11/modules")
                try stage.write("module: \(odd)\n", "config/pkcs11/modules/vault-module.module")
                try stage.edit("site.yaml", SoftHSM.library, "vault-module")
                try Shell.need("chmod", "-R", "a+rwX", ".", in: stage.path)
                chmod(stage.absolute("pin"), 0o600)
                // For root, p11-kit reads no user's configuration anyway.
                let user = getuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
                return try stage.anchorite(
                    ["run", "next/plan.json", "--authority", "authority", "--site", "site.yaml", "--pin-fd", "3"],
                    environment: ["XDG_CONFIG_HOME": stage.absolute("config"), "HOME": stage.path, "ODD_REAL": SoftHSM.library],
                    before: user)
            },
            Attempt("SOFTHSM2_CONF that leads to other tokens", .tokenIdentity, 69) { stage in
                let other = try Stage()
                return try stage.run(environment: other.environment)
            },
        ])
}
