"""What is measured. Each case takes the bench and prints its rows."""

import itertools
import os
import random
import shutil
import subprocess
import sys

import device
from authority import CREATE_ROOT, GENERATE, ISSUE, ISSUE_CRL, ISSUE_DEVICE, PUBLISH_BUNDLE, Authority
from harness import Result
from softhsm import PIN, Tokens, key, library

CA_CONFIGURATION = """[ca]
default_ca = bench
[bench]
database = {folder}/index.txt
serial = {folder}/serial
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}/new
certificate = {root}
default_md = sha384
default_days = 4380
default_crl_days = 365
unique_subject = no
policy = any
x509_extensions = intermediate
crl_extensions = list
[any]
commonName = supplied
[list]
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
prompt = no
x509_extensions = root
[name]
O = Bench
CN = Bench Root
[root]
basicConstraints = critical, CA:true, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
ENGINE = ["-engine", "pkcs11"]


def start_up(bench):
    """The program starts and says its version."""
    results = bench.take_turns(40 if bench.quick else 200, {
        "ours": lambda: bench.time([bench.binary, "--version"]),
        "openssl": lambda: bench.time(["openssl", "version"]),
    })
    bench.row("start-up, against openssl version", results["ours"], results["openssl"], floor=2)


def size(bench):
    """The released binary."""
    bench.figure("size of the released binary", os.path.getsize(bench.binary) / 1024, "KiB")


def device_verifier(bench):
    """The device's verifier on a Cortex-M3."""
    code, whole, stack, _ = device.measure()
    bench.figure("device verifier, code and constants", code, "bytes", ceiling=device.CODE_BOUND)
    bench.figure("… with a sentence for each error", whole, "bytes", ceiling=device.CODE_BOUND)
    bench.figure("… stack, without the crypto library's", stack, "bytes", ceiling=device.STACK_BOUND)


def device_check(bench):
    """A finished device at a factory's station: chain, scope, revocation and a signed challenge."""
    authority = Authority(bench, bench.path("station", "authority"))
    folder, certificates = authority.folder, f"{authority.directory}/certificates"
    bench.call(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{folder}/device.key"])
    bench.call(["openssl", "req", "-new", "-key", f"{folder}/device.key", "-subj", "/CN=d1", "-out", f"{folder}/device.csr"])
    bench.call(["openssl", "pkey", "-in", f"{folder}/device.key", "-pubout", "-out", f"{folder}/device.pub"])
    authority.hold("root", [
        CREATE_ROOT, GENERATE.format(factory="a"),
        ISSUE_DEVICE.format(factory="a", device="d1", csr=f"{folder}/device.csr"), PUBLISH_BUNDLE])
    chain, lists = f"{folder}/chain.pem", f"{folder}/lists.pem"
    with open(chain, "w", encoding="ascii") as file:
        for name in ("device-a-d1", "factory-a"):
            file.write(bench.call(["openssl", "x509", "-in", f"{certificates}/{name}.cer", "-inform", "DER"]))
    with open(lists, "w", encoding="ascii") as file:
        for name in ("G1", "factory-a"):
            file.write(bench.call(
                ["openssl", "crl", "-in", f"{authority.directory}/crls/{name}-000001.crl", "-inform", "DER"]))
    root, handover = authority.fingerprint(), f"{folder}/handover"
    challenge, signature = f"{folder}/challenge.json", f"{folder}/challenge.sig"
    bench.call([bench.binary, "handover", "--factory", "a", "--to", handover, "--root", root, "--key",
                f"{folder}/operator", "--authority", authority.directory])
    bench.call([bench.binary, "device", "challenge", "--output", challenge])
    bench.call(["openssl", "dgst", "-sha256", "-sign", f"{folder}/device.key", "-out", signature, challenge])
    results = bench.take_turns(40 if bench.quick else 100, {
        "ours": lambda: bench.time(
            [bench.binary, "device", "verify", "--chain", chain, "--handover", handover, "--root", root, "--scope",
             "factory=a", "--challenge", challenge, "--signature", signature]),
        "openssl": lambda: bench.time(
            ["openssl", "verify", "-x509_strict", "-crl_check_all", "-CAfile", f"{certificates}/G1.pem", "-untrusted",
             chain, "-CRLfile", lists, chain])
        + bench.time(["openssl", "dgst", "-sha256", "-verify", f"{folder}/device.pub", "-signature", signature, challenge]),
    })
    bench.row("a device at the station, with its challenge", results["ours"], results["openssl"])
    bench.figure("… for a line that waits", results["ours"].seconds * 1000, "ms", ceiling=50)


def large_bundle(bench):
    """A bundle of 10,000 certificates, signed and verified, beside the same set as CMS."""
    folder = bench.path("bundle", "")
    bench.call([bench.driver, "bundle-set", "10000", folder])
    # openssl reads the content of its message from a file: here the same certificates once more would be too much.
    content = bench.path("bundle", "content")
    with open(content, "w", encoding="ascii") as file:
        file.write("bench/trust 1\n")
    signer = [f"{folder}/signer.pem", f"{folder}/signer.key"]
    results = bench.take_turns(9, {
        "ours": lambda: bench.time([bench.driver, "bundle", f"{folder}/set.pem", *signer, f"{folder}/bundle.cose"])
        + bench.time([bench.binary, "bundle", "verify", f"{folder}/bundle.cose", "--anchor", f"{folder}/root.pem"]),
        "openssl": lambda: bench.time(
            ["openssl", "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-md", "sha256", "-in", content,
             "-signer", signer[0], "-inkey", signer[1], "-certfile", f"{folder}/set.pem", "-out", f"{folder}/bundle.p7s"])
        + bench.time(
            ["openssl", "cms", "-verify", "-inform", "DER", "-in", f"{folder}/bundle.p7s", "-CAfile",
             f"{folder}/root.pem", "-purpose", "any", "-out", f"{folder}/verified"]),
    })
    bench.row("bundle of 10,000, signed and verified", results["ours"], results["openssl"], floor=0.5)


# A root and its first intermediate


def root_and_intermediate(bench):
    """Keys, root certificate and one intermediate on fresh tokens."""
    requests = _requests(bench, 1, "ec-p384")
    prepared = Authority(bench, bench.path("root", "prepared"))
    prepared.write_ceremony("first", [CREATE_ROOT, ISSUE.format(factory="a", csr=f"{requests}/000000.csr")])
    prepared.plan("first")
    prepared.approve("first")
    turns = iter(range(1000))

    def ours():
        authority = prepared.copy(bench.path("root", f"ours-{next(turns)}"))
        return authority.run("first")

    def peer(names, lists):
        folder = bench.path("root", f"peer-{next(turns)}")
        os.makedirs(f"{folder}/new")
        tokens = Tokens(bench, f"{folder}/softhsm")
        tokens.add("vault")
        configuration = _ca_configuration(folder)
        steps = [tokens.generate("vault", "root")]
        steps.append(["openssl", "req", "-new", "-x509", "-config", configuration, *ENGINE, "-keyform", "engine", "-key",
                      key("vault", "root"), "-sha384", "-days", "9125", "-out", f"{folder}/root.pem"])
        for name in names:
            steps.append(tokens.generate("vault", name, "EC:prime256v1"))
            steps.append(["openssl", "req", "-new", "-config", configuration, *ENGINE, "-keyform", "engine", "-key",
                          key("vault", name), "-sha256", "-out", f"{folder}/{name}.csr"])
            steps.append(_issue(folder, configuration, f"{folder}/{name}.csr", name))
        if lists:
            steps.append(_list(folder, configuration))
        steps.append(_issue(folder, configuration, f"{requests}/000000.csr", "intermediate"))
        sample = None
        for step in steps:
            taken = bench.time(step, tokens.environment)
            sample = sample + taken if sample else taken
        return sample

    results = bench.take_turns(5 if bench.quick else 15, {
        "ours": ours,
        "bare": lambda: peer([], lists=False),
        "whole": lambda: peer(["record", "signer"], lists=True),
    })
    # A root comes with a record key, a bundle signer and its first CRL; the floor is against a peer who makes them too.
    bench.row("root and one intermediate, the same objects", results["ours"], results["whole"], floor=1.5)
    bench.row("… against root and intermediate alone", results["ours"], results["bare"])


def _issue(folder, configuration, request, name):
    return ["openssl", "x509", "-req", "-in", request, "-CA", f"{folder}/root.pem", *ENGINE, "-CAkeyform", "engine",
            "-CAkey", key("vault", "root"), "-CAcreateserial", "-extfile", configuration, "-extensions", "intermediate",
            "-sha384", "-days", "4380", "-out", f"{folder}/{name}.pem"]


def _list(folder, configuration):
    return ["openssl", "ca", "-config", configuration, *ENGINE, "-keyform", "engine", "-keyfile", key("vault", "root"),
            "-gencrl", "-out", f"{folder}/root.crl"]


def _ca_configuration(folder, root=None, index=None):
    path = f"{folder}/ca.cnf"
    with open(path, "w", encoding="ascii") as file:
        file.write(CA_CONFIGURATION.format(folder=folder, root=root or f"{folder}/root.pem"))
    for name, text in (("index.txt", ""), ("serial", "01\n"), ("crlnumber", "01\n")):
        if name == "index.txt" and index:
            os.link(index, f"{folder}/{name}")
            continue
        with open(f"{folder}/{name}", "w", encoding="ascii") as file:
            file.write(text)
    return path


# Many intermediates


def thousand_intermediates(bench):
    """One plan with many intermediates from requests."""
    for kind in ("ec-p256", "ec-p384"):
        _many_intermediates(bench, 200 if bench.quick else 1000, kind)


def _many_intermediates(bench, count, kind):
    requests = _requests(bench, count, kind)
    names = [f"{number:06}" for number in range(count)]
    prepared = Authority(bench, bench.path(f"many-{kind}", "prepared"))
    prepared.hold("root", [CREATE_ROOT])
    prepared.write_ceremony("many", [ISSUE.format(factory=f"f{name}", csr=f"{requests}/{name}.csr") for name in names])
    tokens = Tokens(bench, bench.path(f"many-{kind}", "peer-softhsm"))
    tokens.add("vault")
    root = bench.path(f"many-{kind}", "root.pem")
    _make_root(bench, tokens, root)
    turns = iter(range(1000))
    planned, checks = [], []

    def ours():
        authority = prepared.copy(bench.path(f"many-{kind}", f"ours-{next(turns)}"))
        planned.append(authority.plan("many"))
        authority.approve("many")
        sample = authority.run("many")
        made = len(os.listdir(f"{authority.directory}/certificates"))
        assert made == 2 * (count + 3), made
        return sample

    def peer():
        folder = bench.path(f"many-{kind}", f"peer-{next(turns)}")
        os.makedirs(f"{folder}/new")
        configuration = _ca_configuration(folder, root)
        sample = bench.time(
            ["openssl", "ca", "-config", configuration, *ENGINE, "-keyform", "engine", "-keyfile", key("vault", "root"),
             "-batch", "-notext", "-infiles"] + [f"{requests}/{name}.csr" for name in names], tokens.environment)
        made = os.listdir(f"{folder}/new")
        assert len(made) == count
        checks.append(sample + bench.time(["openssl", "verify", "-CAfile", root] + [f"{folder}/new/{name}" for name in made]))
        return sample

    results = bench.take_turns(3 if bench.quick else 7, {"ours": ours, "openssl": peer})
    bench.row(f"{count:,} intermediates ({kind} requests), run", results["ours"], results["openssl"], floor=1.5)
    # Ours verifies each signature with two implementations before it calls a certificate done.
    bench.row("… against openssl ca and openssl verify", results["ours"], Result(checks))
    bench.row("… their planning, before", Result(planned))


def _make_root(bench, tokens, root):
    configuration = _ca_configuration(os.path.dirname(root), root)
    bench.call(tokens.generate("vault", "root"), tokens.environment)
    bench.call(["openssl", "req", "-new", "-x509", "-config", configuration, *ENGINE, "-keyform", "engine", "-key",
                key("vault", "root"), "-sha384", "-days", "9125", "-out", root], tokens.environment)


def _requests(bench, count, kind):
    """Certification requests, kept from one bench to the next."""
    folder = os.path.join(bench.cache, f"requests-{kind}-{count}")
    if not os.path.exists(f"{folder}/{count - 1:06}.csr"):
        bench.progress(f"making {count} requests")
        os.makedirs(folder, exist_ok=True)
        bench.call([bench.driver, "requests", str(count), kind, folder])
    return folder


# Certificate revocation lists


def revocation_lists(bench):
    """CRLs from an index of revoked certificates."""
    tokens = Tokens(bench, bench.path("crl", "softhsm"))
    tokens.add("vault")
    root = bench.path("crl", "root.pem")
    _make_root(bench, tokens, root)
    for count, runs in ((1_000, 15), (100_000, 7), (1_000_000, 0 if bench.quick else 5)):
        if not runs:
            continue
        index = _index(bench, count)
        folder = bench.path("crl", str(count))
        os.makedirs(f"{folder}/new")
        configuration = _ca_configuration(folder, root, index)
        output = f"{folder}/ours.crl"
        results = bench.take_turns(runs, {
            "ours": lambda: bench.time(
                [bench.driver, "crl", index, library(), "vault", "root", PIN, root, output], tokens.environment),
            "openssl": lambda: bench.time(_list(folder, configuration), tokens.environment),
        })
        bench.call(["openssl", "crl", "-in", output, "-inform", "DER", "-noout", "-verify", "-CAfile", root])
        floors = {"floor": 0.25, "memory_floor": 0.25} if count == 1_000_000 else {}
        bench.row(f"CRL of {count:,} entries", results["ours"], results["openssl"], **floors)
        shutil.rmtree(folder)


def _index(bench, count):
    """An index.txt of revoked certificates as `openssl ca` keeps it."""
    path = os.path.join(bench.cache, f"index-{count}.txt")
    if not os.path.exists(path):
        generator = random.Random(count)
        reasons = ["", ",keyCompromise", ",superseded", ",cessationOfOperation"]
        with open(f"{path}.new", "w", encoding="ascii") as file:
            for number in range(count):
                serial = f"{generator.getrandbits(127) | 1 << 126:032X}"
                file.write(f"R\t390101000000Z\t27{number % 12 + 1:02}01000000Z{reasons[number % 4]}\t{serial}\tunknown\t"
                           f"/O=Bench/CN=device {number}\n")
        os.rename(f"{path}.new", path)
    return path


# CRLs of devices, through the whole ceremony


def device_lists(bench):
    """CRLs of a million and of ten million devices from a CSV file: planned, run, verified."""
    if bench.quick:
        _device_list(bench, 20_000, 1)
        return
    _device_list(bench, 1_000_000, 3)
    # Some minutes and 8 GiB of disk, and for openssl 6 GiB of memory.
    _device_list(bench, 10_000_000, 1)


def _device_list(bench, count, runs):
    lines = _device_lines(bench, count)
    source = Authority(bench, bench.path(f"devices-{count}", "source"))
    source.hold("root", [CREATE_ROOT, GENERATE.format(factory="f1")])
    fingerprint = source.fingerprint()
    os.symlink(lines, f"{source.folder}/devices.csv")
    turns = itertools.count(1)
    planned, ran, verified = [], [], []
    # pyca reads the file whole into a list of objects.
    script = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "pyca_list.py")]
    theirs = bench.path(f"devices-{count}", "pyca.crl")

    def ours():
        authority = source.copy(bench.path(f"devices-{count}", f"turn-{next(turns)}"))
        environment = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = bench.folder
        try:
            plan, run = authority.hold("devices", [ISSUE_CRL.format(factory="f1", entries=lines)])
        finally:
            os.environ.pop("TMPDIR") if environment is None else os.environ.update(TMPDIR=environment)
        planned.append(plan)
        ran.append(run)
        verified.append(bench.time([bench.binary, "verify", authority.directory, "--root", fingerprint]))
        issuer = f"{authority.directory}/certificates/factory-f1.pem"
        bench.list = f"{authority.directory}/crls/factory-f1-000002.crl"
        bench.call(["openssl", "crl", "-in", bench.list, "-inform", "DER", "-noout", "-verify", "-CAfile", issuer])
        bench.issuer = issuer
        return plan + run

    tokens = Tokens(bench, bench.path(f"devices-{count}", "softhsm"))
    tokens.add("vault")
    root = bench.path(f"devices-{count}", "root.pem")
    _make_root(bench, tokens, root)
    folder = bench.path(f"devices-{count}", "openssl")
    os.makedirs(f"{folder}/new")
    configuration = _ca_configuration(folder, root, _index(bench, count))
    results = bench.take_turns(runs, {
        "ours": ours,
        "openssl": lambda: bench.time(_list(folder, configuration), tokens.environment),
        "pyca": lambda: bench.time(script + ["make", lines, theirs]),
    })
    bench.row(f"{count:,} devices: plan and run", results["ours"], results["openssl"], floor=1, memory_floor=1)
    bench.row("… against pyca", results["ours"], results["pyca"], floor=1, memory_floor=1)
    bench.row("… the plan alone", Result(planned))
    bench.row("… the run alone", Result(ran))
    readers = bench.take_turns(runs, {
        "openssl": lambda: bench.time(
            ["openssl", "crl", "-in", bench.list, "-inform", "DER", "-noout", "-verify", "-CAfile", bench.issuer]),
        "pyca": lambda: bench.time(script + ["verify", bench.list, bench.issuer]),
    })
    bench.row("… verified, against openssl crl -verify", Result(verified), readers["openssl"], floor=1, memory_floor=1)
    bench.row("… against pyca", Result(verified), readers["pyca"], floor=1, memory_floor=1)


def _device_lines(bench, count):
    """A CSV file of revoked devices, in no order."""
    path = os.path.join(bench.cache, f"devices-{count}.csv")
    if not os.path.exists(path):
        bench.progress(f"writing {count:,} lines")
        generator = random.Random(count)
        reasons = ["", "keyCompromise", "superseded", "cessationOfOperation"]
        with open(f"{path}.new", "w", encoding="ascii") as file:
            file.write("serial,date,reason\n")
            for number in range(count):
                serial = f"{generator.getrandbits(127) | 1 << 126:032x}"
                file.write(f"{serial},2026-{number % 9 + 1:02}-01T00:00:00Z,{reasons[number % 4]}\n")
        os.rename(f"{path}.new", path)
    return path


# The ledger


def ledger(bench):
    """Verification of an authority with a long ledger."""
    batches, size = (1, 3_330) if bench.quick else (10, 3_333)
    folder = os.path.join(bench.cache, f"ledger-{batches * size}")
    if not _verifies(bench, folder):
        shutil.rmtree(folder, ignore_errors=True)
        _make_long_ledger(bench, folder, batches, size)
    directory = f"{folder}/authority"
    with open(f"{folder}/done", encoding="ascii") as file:
        fingerprint = file.read()
    with open(f"{directory}/ledger.jsonl", "rb") as file:
        lines = sum(1 for _ in file)
    results = bench.take_turns(3 if bench.quick else 5, {
        "ours": lambda: bench.time([bench.binary, "verify", directory, "--root", fingerprint])})
    bench.row(f"verification of a ledger of {lines:,} lines", results["ours"])
    bench.figure("… with every signature and file", lines / results["ours"].seconds, "lines a second", floor=20_000)
    speeds = [int(bench.call([bench.driver, "ledger", f"{directory}/ledger.jsonl"]).split()[1]) for _ in range(5)]
    bench.figure("… the chain and the Merkle tree alone", sorted(speeds)[2], "lines a second")


def _verifies(bench, folder):
    """Whether an authority that was kept is whole, and of the formats that the program reads today."""
    if not os.path.exists(f"{folder}/done"):
        return False
    with open(f"{folder}/done", encoding="ascii") as file:
        command = [bench.binary, "verify", f"{folder}/authority", "--root", file.read()]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _make_long_ledger(bench, folder, batches, size):
    bench.progress(f"making an authority with {batches * size:,} certificates; it is kept in {folder}")
    requests = _requests(bench, batches * size, "ec-p256")
    authority = Authority(bench, folder, root_key="ec-p256")
    authority.hold("root", [CREATE_ROOT])
    for batch in range(batches):
        names = [f"{number:06}" for number in range(batch * size, (batch + 1) * size)]
        operations = [ISSUE.format(factory=f"f{name}", csr=f"{requests}/{name}.csr") for name in names]
        planned, run = authority.hold(f"batch-{batch}", operations)
        bench.progress(f"batch {batch + 1} of {batches}: planned in {planned.seconds:.1f} s, run in {run.seconds:.1f} s")
    fingerprint = authority.fingerprint()
    with open(f"{folder}/done", "w", encoding="ascii") as file:
        file.write(fingerprint)


ALL = {
    "start-up": start_up,
    "size": size,
    "device": device_verifier,
    "station": device_check,
    "bundle": large_bundle,
    "root": root_and_intermediate,
    "intermediates": thousand_intermediates,
    "crl": revocation_lists,
    "devices": device_lists,
    "ledger": ledger,
}
