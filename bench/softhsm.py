"""SoftHSM tokens in a folder of their own."""

import os
import shutil

LIBRARIES = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
             "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"]
PIN = "1234567890"


def library():
    for path in LIBRARIES:
        if os.path.exists(path):
            return path
    raise SystemExit("SoftHSM is not installed: make packages-test")


class Tokens:
    """A SoftHSM configuration and the tokens in it."""

    def __init__(self, bench, folder):
        self.bench = bench
        self.folder = folder
        os.makedirs(os.path.join(folder, "tokens"))
        self._configure()

    def _configure(self):
        path = os.path.join(self.folder, "softhsm2.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": path, "PKCS11_MODULE_PATH": library(), "OPENSSL_CONF": "/dev/null"}

    def add(self, label):
        self.bench.call(["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", PIN, "--pin", PIN],
                        self.environment)

    def copy(self, folder):
        """The same tokens, with the keys that they hold, in another folder."""
        shutil.copytree(self.folder, folder)
        copy = Tokens.__new__(Tokens)
        copy.bench, copy.folder = self.bench, folder
        copy._configure()
        return copy

    def generate(self, token, label, key_type="EC:secp384r1"):
        """The command that generates a key pair with OpenSC's tool."""
        return ["pkcs11-tool", "--module", library(), "--token-label", token, "--login", "--pin", PIN, "--keypairgen",
                "--key-type", key_type, "--label", label, "--id", label.encode().hex(), "--usage-sign"]


def key(token, label):
    """The key as OpenSSL's engine names it."""
    return f"pkcs11:token={token};object={label};type=private;pin-value={PIN}"
