"""pyca and hashlib judge a handover: handover.py FOLDER ROOT-FINGERPRINT

Nothing but the fingerprint is believed. The contract's scope is printed as JSON.
"""
import base64
import hashlib
import json
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import ExtensionOID, ObjectIdentifier

folder, fingerprint = sys.argv[1:]


def read(path):
    with open(os.path.join(folder, path), "rb") as file:
        return file.read()


def canonical(data):
    value = json.loads(data)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert text == data, "not canonical"
    return value


def sha256(data):
    return hashlib.sha256(data).digest()


# The files, and no others.
manifest = canonical(read("manifest.json"))
assert manifest["anchorite"] == "handover/1"
listed = {file["path"]: file for file in manifest["files"]}
found = {
    os.path.relpath(os.path.join(place, name), folder) for place, _, names in os.walk(folder) for name in names
}
assert found == set(listed) | {"manifest.json"}, "other files than the manifest's"
for path, file in listed.items():
    assert sha256(read(path)).hex() == file["sha256"] and len(read(path)) == file["size"], path

# The chain, from the fingerprint.
chain = x509.load_pem_x509_certificates(read("chain.pem"))
root = chain[-1]
assert root.fingerprint(hashes.SHA256()).hex() == fingerprint, "another root"
for certificate, issuer in zip(chain, chain[1:] + [root]):
    certificate.verify_directly_issued_by(issuer)
    assert issuer.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS).value.ca
contract = canonical(read("contract.json"))
assert [link["sha256"] for link in contract["chain"]] == [c.fingerprint(hashes.SHA256()).hex() for c in chain]

# The manifest is not signed: the files are those that the contract calls for.
called_for = {
    "README.txt", "contract.html", "contract.json", "contract.json.sig", "intermediate.cer", "intermediate.pem", "root.cer",
    "root.pem", "chain.pem", "evidence/approval.json", "evidence/checkpoint.note", "evidence/record.pem",
} | {f"crls/{reference['issuer']}.crl" for reference in contract["crls"]} | ({"bundle.cose"} if "bundle" in contract else set())
assert set(listed) == called_for, "other files than the contract's"
assert set(contract["pages"]) == {"README.txt", "contract.html"}

# The CRLs.
for reference in contract["crls"]:
    issuer = chain[[link["name"] for link in contract["chain"]].index(reference["issuer"])]
    crl = x509.load_der_x509_crl(read(f"crls/{reference['issuer']}.crl"))
    assert crl.issuer == issuer.subject and crl.is_signature_valid(issuer.public_key()), reference["issuer"]
    assert crl.extensions.get_extension_for_oid(ExtensionOID.CRL_NUMBER).value.crl_number == reference["number"]
    for certificate in chain:
        assert crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is None

# The record key, the checkpoint, the line.
record = x509.load_pem_x509_certificates(read("evidence/record.pem"))
for certificate, issuer in zip(record, record[1:] + [root]):
    certificate.verify_directly_issued_by(issuer)
assert len(record) <= 2
for between in record[1:]:  # a root that the root certified, and no intermediate of a factory's
    assert between not in chain and {extension.oid for extension in between.extensions} <= {
        ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    }
    constraints = between.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS).value
    assert constraints.ca and constraints.path_length != 0
purposes = record[0].extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
assert ObjectIdentifier("1.3.6.1.5.5.7.3.36") in purposes
text, signatures = read("evidence/checkpoint.note").decode().rsplit("\n\n", 1)
text += "\n"
origin, size, tree = text.splitlines()
assert origin == f"anchorite/{contract['environment']}/{contract['authority']}"
dash, name, blob = signatures.strip().split(" ")
assert dash == "\u2014" and name == origin
record[0].public_key().verify(base64.b64decode(blob)[4:], text.encode(), ec.ECDSA(hashes.SHA256()))
evidence = canonical(read("evidence/approval.json"))
node, last, value = evidence["index"], int(size) - 1, sha256(b"\0" + evidence["line"].encode())
assert node <= last
for sibling in map(bytes.fromhex, evidence["proof"]):
    if node & 1 or node == last:
        value = sha256(b"\1" + sibling + value)
        while node and not node & 1:
            node, last = node >> 1, last >> 1
    else:
        value = sha256(b"\1" + value + sibling)
    node, last = node >> 1, last >> 1
assert last == 0 and value == base64.b64decode(tree), "the line is not in the record"
line = json.loads(evidence["line"])
assert line["event"] == "approval" and line["index"] == evidence["index"]
signer = contract["signer"]
assert (line["operator"], line["key"]) == (signer["operator"], signer["key"])


# The signature: SSHSIG by an Ed25519 key.
class Wire:
    def __init__(self, data):
        self.data = data

    def string(self):
        length = int.from_bytes(self.data[:4], "big")
        value, self.data = self.data[4:4 + length], self.data[4 + length:]
        return value


def string(value):
    return len(value).to_bytes(4, "big") + value


armour = read("contract.json.sig").decode().split("\n")
blob = base64.b64decode("".join(armour[1:armour.index("-----END SSH SIGNATURE-----")]))
assert blob[:10] == b"SSHSIG\0\0\0\1"
wire = Wire(blob[10:])
key, namespace, reserved, algorithm, signature = (wire.string() for _ in range(5))
assert namespace == b"anchorite-contract" and reserved == b"" and algorithm in (b"sha512", b"sha256")
assert "SHA256:" + base64.b64encode(sha256(key)).decode().rstrip("=") == signer["key"]
parts = Wire(key)
assert parts.string() == b"ssh-ed25519"
public = Ed25519PublicKey.from_public_bytes(parts.string())
signed = b"SSHSIG" + string(namespace) + string(b"") + string(algorithm) + string(
    hashlib.new(algorithm.decode(), read("contract.json")).digest())
raw = Wire(signature)
assert raw.string() == b"ssh-ed25519"
public.verify(raw.string(), signed)
for path, digest in contract["pages"].items():
    assert sha256(read(path)).hex() == digest, path
if "bundle" in contract:
    assert sha256(read("bundle.cose")).hex() == contract["bundle"]["sha256"]
print(json.dumps({"scope": contract["scope"], "signer": signer["operator"]}, sort_keys=True))
