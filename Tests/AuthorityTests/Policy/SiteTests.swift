import Authority
import StrictYAML
import Testing

@Suite struct SiteTests {
    @Test func `a site file tells the module of each token`() throws {
        let yaml = """
            anchorite: site/1
            authority: ../authority
            tokens:
              vault: {module: /usr/lib/x.so, uri: "pkcs11:manufacturer=X", initialize-arguments: configdir=/x}
              spare: {module: softhsm2}

            """
        let site = try Site(Array(yaml.utf8), file: "s.yaml")
        #expect(site.authorityPath == "../authority")
        #expect(
            site.tokens == [
                "vault": SiteToken(
                    module: "/usr/lib/x.so", uri: "pkcs11:manufacturer=X", initializeArguments: "configdir=/x"),
                "spare": SiteToken(module: "softhsm2"),
            ])
    }

    @Test(arguments: [
        (
            "tokens: {vault: {module: x, pin: 1234}}",
            "s.yaml:2:29: tokens.vault.pin: the key \"pin\" would hold a secret. "
                + "A site file holds none: remove the key, and change the PIN if it stood here. [SITE-SECRET]"
        ),
        (
            "tokens: {vault: {module: x}}\nPassword: x",
            "s.yaml:3:1: Password: the key \"Password\" would hold a secret. "
                + "A site file holds none: remove the key, and change the PIN if it stood here. [SITE-SECRET]"
        ),
        (
            "tokens: {vault: {module: x, uri: \"pkcs11:token=x?pin-value=1234\"}}",
            "s.yaml:2:34: tokens.vault.uri: the URI says how to get a PIN. "
                + "A site file holds no secret: remove that part. [SITE-SECRET]"
        ),
        (
            "tokens: {vault: {module: ./x.so}}",
            "s.yaml:2:26: tokens.vault.module: \"./x.so\" depends on the folder that the program is started in. "
                + "Write a name, or a path that begins with /. [MODULE-SOURCE]"
        ),
        (
            "tokens: {vault: {modul: x}}",
            "s.yaml:2:18: tokens.vault: there is no key \"modul\" in a token's module. "
                + "Keys here: module, uri, initialize-arguments. Did you mean \"module\"?"
        ),
        (
            "tokens: {vault: {module: x, uri: http://x}}",
            "s.yaml:2:34: tokens.vault.uri: \"http://x\" is not a PKCS#11 URI. Write pkcs11: and what follows, in "
                + "ASCII."
        ),
    ])
    func `a secret or a mistake in a site file is refused`(_ yaml: String, _ sentence: String) throws {
        do throws(YAMLError) {
            _ = try Site(Array("anchorite: site/1\n\(yaml)\n".utf8), file: "s.yaml")
            Issue.record("accepted: \(yaml)")
        } catch {
            #expect(error.description == sentence)
        }
    }

    @Test func `a token that the policy does not know is refused`() throws {
        let site = try Site(Array("anchorite: site/1\ntokens: {vualt: {module: x}}\n".utf8), file: "s.yaml")
        let policy = try ReadyFiles.policy("production")
        do throws(YAMLError) {
            try site.check(against: policy)
            Issue.record("accepted")
        } catch {
            #expect(
                error.description == "s.yaml:2:10: tokens.vualt: there is no token \"vualt\" in the policy. "
                    + "Tokens: vault. Did you mean \"vault\"?")
        }
    }
}
