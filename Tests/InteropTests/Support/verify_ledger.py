#!/usr/bin/env python3
"""An independent verifier of an authority's files: verify_ledger.py DIRECTORY ROOT-FINGERPRINT

Written from docs/file-formats.md, with nothing but Python's own library and pyca/cryptography. It checks the form and
the hash chain of the ledger, every file that the ledger names, that nothing was signed without its intent, that what came
out of a break-glass package is what was sealed in it, and the checkpoints by the record key, which the root of the given
SHA-256 certified. It does not judge approvals or policy.
"""
import base64, hashlib, json, os, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

EVENTS = set("""
genesis policy ceremony-opened ceremony-suspended ceremony-resumed approval rejection witnessed custody login intent
key-generated key-judged key-destroyed signed sealed artifact crl bundle revoked root-update break-glass-sealed
break-glass-opened deviation ceremony-closed
""".split())
directory, root_fingerprint = sys.argv[1:]
sha256 = lambda data: hashlib.sha256(data).digest()
read = lambda path: open(os.path.join(directory, path), "rb").read()


def require(holds, what):
    if not holds:
        sys.exit(f"does not hold: {what}")


def merkle_root(leaves):  # RFC 6962 section 2.1
    if len(leaves) < 2:
        return sha256(b"\0" + leaves[0]) if leaves else sha256(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + merkle_root(leaves[:half]) + merkle_root(leaves[half:]))


def open_package(path):  # section 17
    opening = json.loads(read(path))
    package, values = opening["package"], [base64.b64decode(s["signature"], validate=True) for s in opening["signatures"]]
    parts, step = sealed.pop(package, {}), packages.get(package)
    require(path == f"break-glass/{package}.opened" and [sha256(v).hex() for v in values] == list(parts.values()),
            f"{path}: the signatures that were sealed, opened once")
    crl, bundle = step["crl"]["path"], step["bundle"]["path"]
    for part, value in zip(opening["signatures"], values):
        if part["object"] == "break-glass-cose":  # in COSE, two bare numbers
            value = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(value))
        place = {"break-glass-crl": crl, "break-glass-cose": f"{bundle}/bundle.cose"}.get(part["object"], f"{bundle}/bundle.p7s")
        require(value in read(place), f"{place}: the signature that was sealed")
    signatures.update(zip(parts, values))
    return [path, crl], f"{bundle}/"


ledger = read("ledger.jsonl")
require(ledger.endswith(b"\n"), "ledger.jsonl: the last line is whole")
lines = ledger[:-1].split(b"\n")
previous, files, intents, signatures, closes = "00" * 32, {}, {}, {}, {}
packages, sealed = {}, {}
for index, line in enumerate(lines):
    event = json.loads(line)
    canonical = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    require(line == canonical, f"line {index + 1}: canonical JSON")
    require(event["index"] == index and event["previous"] == previous, f"line {index + 1}: the chain")
    previous, kind = sha256(line).hex(), event["event"]
    require(kind in EVENTS, f"line {index + 1}: an event of the format")
    named = event.get("files", []) + [event[key] for key in ("file",) if key in event]
    if kind == "policy":
        named = [event]
    elif kind == "ceremony-opened":
        folder = f"ceremonies/{event['ceremony']:04}/"
        named = [{"path": folder + "plan.json", "sha256": event["plan"]},
                 {"path": folder + "ceremony.yaml", "sha256": event["ceremony-file"]}]
        steps = [step for operation in json.loads(read(folder + "plan.json"))["operations"] for step in operation["steps"]]
        packages.update((step["package"], step) for step in steps if step["step"] == "break-glass")
    elif kind == "intent":
        intents[index] = event["sha256"]
    elif kind == "signed":
        signatures[intents.pop(event["intent"])] = base64.b64decode(event["signature"], validate=True)
    elif kind == "sealed":
        if "object" in event:  # the CRL comes first, and again if a run was cut off before its package was written
            sealed[event["package"]] = {}
        sealed[event["package"]][intents.pop(event["intent"])] = event["sha256"]
    elif kind == "break-glass-sealed":
        header = json.loads(read(event["file"]["path"]).split(b"\n", 1)[0])
        require(event["file"]["path"] == packages[event["package"]]["path"] and header["package"] == event["package"]
                and header["shares"]["set"] == event["set"], f"line {index + 1}: the package's own file")
    elif kind == "break-glass-opened":
        (path, crl), bundle = open_package(event["files"][0]["path"])
        require(event["files"][1]["path"] == crl and all(f["path"].startswith(bundle) for f in event["files"][2:]),
                f"line {index + 1}: the files of the package")
    elif kind == "ceremony-closed":
        closes[event["ceremony"]] = index + 1
    files.update((file["path"], file["sha256"]) for file in named)

found = {os.path.relpath(os.path.join(folder, name), directory)
         for folder, _, names in os.walk(directory) for name in names}
# What waits for the next opening to record it: packages that were opened, signatures over the last checkpoint, deviations.
waiting = {path for path in found if path.startswith((f"checkpoints/{max(closes):04}/", "deviations/"))}
for path in sorted(path for path in found - files.keys() if path.endswith(".opened")):
    paths, bundle = open_package(path)
    waiting.update(paths, (path for path in found if path.startswith(bundle)))
for path, digest in files.items():
    require(sha256(read(path)).hex() == digest, f"{path}: the digest that the ledger names")
certificates = {path: x509.load_der_x509_certificate(read(path)) for path in files if path.endswith(".cer")}
for path, certificate in certificates.items():
    signature = signatures.get(sha256(certificate.tbs_certificate_bytes).hex())
    require(signature == certificate.signature, f"{path}: signed after its intent")
for path in (path for path in files.keys() | waiting if path.endswith(".crl")):
    crl = x509.load_der_x509_crl(read(path))
    require(signatures.get(sha256(crl.tbs_certlist_bytes).hex()) == crl.signature, f"{path}: signed after its intent")

roots = [c for c in certificates.values() if c.fingerprint(hashes.SHA256()).hex() == root_fingerprint]
require(len(roots) == 1, "the root of this fingerprint is in the ledger")
record = certificates["certificates/record.cer"]
record.verify_directly_issued_by(roots[0])
spki = record.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
for number, size in closes.items():
    text, note = read(f"checkpoints/{number:04}.note").decode().split("\n\n")
    origin, counted, root = text.split("\n")
    name, blob = note.removeprefix("— ").removesuffix("\n").rsplit(" ", 1)
    blob = base64.b64decode(blob, validate=True)
    require(name == origin and blob[:4] == sha256(spki)[:4], f"checkpoint {number}: by the record key")
    tree = base64.b64encode(merkle_root(lines[:size])).decode()
    require(counted == str(size) and root == tree, f"checkpoint {number}: the tree")
    record.public_key().verify(blob[4:], (text + "\n").encode(), ec.ECDSA(hashes.SHA256()))
known = {"ledger.jsonl"} | files.keys() | {f"checkpoints/{number:04}.note" for number in closes}
require(found - waiting == known - waiting, f"no other files: {', '.join(sorted((found ^ known) - waiting))}")
print(f"{len(lines)} lines, {len(files)} files, {len(signatures)} signatures, {len(closes)} checkpoints: all hold")
