#!/usr/bin/env python3
"""Checks an exported audit chain of Holdfast: audit-check.py FILE [HEAD]

HEAD: a hash that was written down earlier; the chain must hold an entry with it. Ends with 0 where the chain is whole,
1 where it is broken, 2 for wrong usage, 3 where it cannot be read. docs/audit-chain.md describes the format.
"""
import hashlib, json, re, sys

FIELDS = ["action", "actor", "at", "facts", "hash", "previous", "reason", "seq", "subject"]
HASH, TIME = re.compile("[0-9a-f]{64}"), re.compile("[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\\.[0-9]{3}Z")
PATTERNS = ((TIME, "at"), (HASH, "hash"), (HASH, "previous"))
MAX_LINE = 1024 * 1024

def canonical(value):
    """Names sorted, no white space, and every half of a surrogate pair that stands alone written as \\udxxx."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda half: "\\u%04x" % ord(half.group()), text)

def is_entry(entry):
    if type(entry) is not dict or sorted(entry) != FIELDS or type(entry["facts"]) is not list:
        return False
    facts = entry["facts"]
    if not all(type(fact) is dict and sorted(fact) == ["name", "value"] for fact in facts):
        return False
    texts = [entry[name] for name in FIELDS if name not in ("facts", "reason", "seq")]
    texts += [] if entry["reason"] is None else [entry["reason"]]
    texts += [text for fact in facts for text in fact.values()]
    return (
        type(entry["seq"]) is int
        and all(type(text) is str for text in texts)
        and all(pattern.fullmatch(entry[name]) for pattern, name in PATTERNS)
    )

def flaw(line, seq, previous):
    """Why this line (bytes, without its line feed) is not entry `seq`; None where it is. Returns its hash beside it."""
    if len(line) > MAX_LINE:
        return "it is longer than a line may be", None
    try:
        text = line.decode("utf-8")
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return "it is not JSON in UTF-8", None
    if not is_entry(entry):
        return "it does not have the fields of an entry", None
    if canonical(entry) != text:
        return "it is not in canonical form", None
    own = entry.pop("hash")
    if hashlib.sha256(canonical(entry).encode("utf-8")).hexdigest() != own:
        return "its content does not have the hash that it carries", None
    if entry["seq"] != seq:
        return "it carries the number %d" % entry["seq"], None
    if entry["previous"] != previous:
        return "it does not carry the hash of the entry before it", None
    return None, own

def check(file, head):
    seq, last, seen = 0, "0" * 64, head is None
    for line in file:
        why, own = flaw(line[:-1], seq + 1, last) if line.endswith(b"\n") else ("its line is cut short", None)
        if why is not None:
            print("broken at entry %d: %s" % (seq + 1, why))
            return 1
        seq, last = seq + 1, own
        seen = seen or own == head
    if not seen:
        print("broken at entry %d: the chain ends, and no entry has the hash %s" % (seq + 1, head))
        return 1
    print("whole: %d entries, head %s" % (seq, last))
    return 0

if len(sys.argv) not in (2, 3):
    print(__doc__)
    sys.exit(2)
try:
    with open(sys.argv[1], "rb") as chain:
        sys.exit(check(chain, sys.argv[2] if len(sys.argv) == 3 else None))
except OSError as error:
    print("cannot be read: %s" % error)
    sys.exit(3)
