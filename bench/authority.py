"""An authority of one operator, driven through the released program."""

import os
import shutil

from softhsm import PIN, Tokens, library

POLICY = """anchorite: policy/1
authority: bench
environment: development
organization: Bench
operators:
  you:
    name: You
    roles: [owner]
    keys: ["{key}"]
tokens:
  vault: {{label: vault, unlock: [file-descriptor]}}
quorums:
  create-root: {{owner: 1 of 1}}
  issue-intermediate: {{owner: 1 of 1}}
  issue-crl: {{owner: 1 of 1}}
  issue-end-entity: {{owner: 1 of 1}}
  publish-bundle: {{owner: 1 of 1}}
approvals: {{window: 1d, requester-may-approve: yes}}
scopes:
  factory: {{kind: identifier}}
  device: {{kind: text}}
profiles:
  root:
    kind: root
    subject: [O: "{{organization}}", CN: "Bench {{environment}} Root {{name}}"]
    validity: 25y
    path-length: 1
    key-types: [{root_key}]
  factory:
    kind: intermediate
    subject: [O: "{{organization}}", OU: "{{factory}}", CN: "Bench {{environment}} {{factory}} CA {{generation}}"]
    scope: [factory]
    validity: 12y
    path-length: 0
    key-types: [ec-p256, ec-p384]
  device:
    kind: end-entity
    subject: [O: "{{organization}}", OU: "{{factory}}", CN: "{{device}}"]
    scope: [factory, device]
    validity: 12y
    key-types: [ec-p256]
  bundle-signer:
    kind: bundle-signer
    subject: [CN: "Bench {{environment}} Bundle Signer {{name}}"]
    validity: 5y
    key-types: [ec-p256]
  record-key:
    kind: record-key
    subject: [CN: "Bench {{environment}} Record {{name}}"]
    validity: 25y
    extended-key-usage: [1.3.6.1.5.5.7.3.36]
    key-types: [ec-p256]
crl:
  root: {{next-update: 12mo, overlap: 30d}}
  intermediate: {{next-update: 12mo, overlap: 30d}}
bundle: {{store-id: bench/trust, signer-profile: bundle-signer}}
ledger: {{record-profile: record-key}}
limits:
  maximum-operations: 100000
  maximum-approvals: 8
  maximum-request-bytes: 16384
  maximum-plan-bytes: 1073741824
  maximum-crl-entries: 10000000
  maximum-clock-skew: 5m
"""

CEREMONY = """anchorite: ceremony/1
title: {title}
authority: bench
environment: development
policy: policy.yaml
requester: you
operations:
"""
CREATE_ROOT = "  - {operation: create-root, name: G1, profile: root, token: vault}\n"
ISSUE = "  - {{operation: issue-intermediate, profile: factory, issuer: G1, scope: {{factory: {factory}}}, csr: {csr}}}\n"
GENERATE = ("  - {{operation: issue-intermediate, profile: factory, issuer: G1, scope: {{factory: {factory}}}, "
            "generate: {{token: vault}}}}\n")
ISSUE_DEVICE = ("  - {{operation: issue-end-entity, profile: device, issuer: {{factory: {factory}}}, "
                "scope: {{factory: {factory}, device: {device}}}, csr: {csr}}}\n")
PUBLISH_BUNDLE = "  - {operation: publish-bundle}\n"
ISSUE_CRL = "  - {{operation: issue-crl, issuer: {{factory: {factory}}}, entries: {entries}}}\n"


class Authority:
    """A folder with policy, site file, operator's key, tokens, and the authority itself."""

    def __init__(self, bench, folder, root_key="ec-p384"):
        self.bench = bench
        self.folder = folder
        os.makedirs(folder)
        self.tokens = Tokens(bench, f"{folder}/softhsm")
        self.tokens.add("vault")
        bench.call(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "you@bench", "-f", f"{folder}/operator"])
        with open(f"{folder}/operator.pub", encoding="ascii") as file:
            key = file.read().strip()
        self._write("policy.yaml", POLICY.format(key=key, root_key=root_key))
        self._write("site.yaml", f"anchorite: site/1\ntokens:\n  vault:\n    module: {library()}\n")

    def copy(self, folder):
        """The same authority in another folder: a plan that is made can be run in each copy."""
        os.makedirs(folder)
        for name in os.listdir(self.folder):
            if name == "softhsm":
                continue
            source, target = f"{self.folder}/{name}", f"{folder}/{name}"
            shutil.copytree(source, target) if os.path.isdir(source) else shutil.copy2(source, target)
        copy = Authority.__new__(Authority)
        copy.bench, copy.folder = self.bench, folder
        copy.tokens = self.tokens.copy(f"{folder}/softhsm")
        return copy

    @property
    def directory(self):
        return f"{self.folder}/authority"

    def _write(self, name, text):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def write_ceremony(self, name, operations):
        self._write(f"{name}.yaml", CEREMONY.format(title=name) + "".join(operations))

    def plan(self, name):
        """Measures the planning of a ceremony."""
        return self.bench.time(
            [self.bench.binary, "plan", f"{self.folder}/{name}.yaml", "--authority", self.directory,
             "--output", f"{self.folder}/{name}.plan"])

    def approve(self, name):
        plan = f"{self.folder}/{name}.plan/plan.json"
        self.bench.call(["ssh-keygen", "-q", "-Y", "sign", "-n", "anchorite-plan", "-f", f"{self.folder}/operator", plan])
        os.rename(f"{plan}.sig", f"{self.folder}/{name}.plan/you.approval")

    def run(self, name):
        """Measures the run of a plan."""
        return self.bench.time(
            [self.bench.binary, "run", f"{self.folder}/{name}.plan/plan.json", "--authority", self.directory,
             "--site", f"{self.folder}/site.yaml", "--pin-fd", "4"], self.tokens.environment, secret=PIN)

    def hold(self, name, operations):
        """Plans, approves and runs; returns the samples of planning and running."""
        self.write_ceremony(name, operations)
        planned = self.plan(name)
        self.approve(name)
        return planned, self.run(name)

    def fingerprint(self):
        path = f"{self.directory}/certificates/G1.cer"
        text = self.bench.call(["openssl", "x509", "-in", path, "-inform", "DER", "-noout", "-fingerprint", "-sha256"])
        return text.strip().split("=")[1].replace(":", "").lower()
