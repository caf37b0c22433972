"""shamir-mnemonic, the reference implementation of SLIP-0039, splits and combines.

Standard input: JSON. `split`: [{groups: [[threshold, count]], needed, secret, passphrase, extendable, exponent}],
`combine`: [{shares: [text], passphrase}]. Standard output: JSON with an answer for each: `split`: the texts of the
shares by group, `combine`: {secret} or {refused}; and `words`, the whole list. Secrets are in hex.
"""
import json
import sys

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST


def split(task):
    return generate_mnemonics(
        task["needed"], [tuple(group) for group in task["groups"]], bytes.fromhex(task["secret"]),
        task["passphrase"].encode(), task["extendable"], task["exponent"])


def combine(task):
    try:
        return {"secret": combine_mnemonics(task["shares"], task["passphrase"].encode()).hex()}
    except MnemonicError as error:
        return {"refused": str(error)}


work = json.load(sys.stdin)
json.dump({
    "split": [split(task) for task in work["split"]],
    "combine": [combine(task) for task in work["combine"]],
    "words": WORDLIST,
}, sys.stdout)
