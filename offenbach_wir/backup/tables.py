"""Checksums of tables that do not depend on the order in which a database gives their rows."""

import hashlib

MODULUS = 2**256


def sum_of(rows):
    """{"rows": n, "sha256": the sum of all rows' checksums} of rows as bytes."""
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(row).digest(), "big")
    return {"rows": count, "sha256": f"{total % MODULUS:064x}"}


def differences(found, said):
    """Names of tables that are not what was said of them."""
    return sorted(name for name in {*found, *said} if found.get(name) != said.get(name))
