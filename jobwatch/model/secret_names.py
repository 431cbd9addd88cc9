"""Which names are those of secrets: of options, variables, headers and settings."""

from __future__ import annotations

import re
from itertools import pairwise

__all__ = ["is_place", "is_secret"]

# The patterns are text until they are used: most commands need few of them, and `re` keeps those.

# The ends of words that say it: PGPASSWORD, --client-secret, accessToken, -storepass. Not
# --tokenizer.
_TELLING = (
    r"(?:passwords?|passwd|passphrase|passcode|secrets?|token|credentials?|apikey|accesskey"
    r"|secretkey|privatekey|authkey|signature|\w\wpass|\wpwd)\Z"
)
_OTHERS = frozenset(
    (
        *("bypass", "compass", "surpass", "trespass"),
        *("multipass", "singlepass", "onepass", "twopass", "firstpass", "secondpass"),
    )
)
# Those that say it as a whole word only, and as the last.
_SECRET_WORDS = frozenset(
    ("pass", "pwd", "pw", "pat", "pin", "psk", "otp", "jwt", "sig", "auth", "cookie", "bearer")
)
# Whose key it is that is none to sort by.
_KEYS = frozenset(
    (
        *("api", "access", "secret", "private", "auth", "account", "signing", "encryption"),
        *("master", "license"),
    )
)
# What is only about a secret, or says where it is: --password-file, --token-ttl.
_ABOUT = frozenset(
    (
        *("file", "files", "path", "dir", "url", "uri", "name", "names", "id", "env", "stdin"),
        *("count", "limit", "length", "size", "type", "ttl", "expiry", "expires", "version"),
        *("format", "mode", "policy", "store", "manager", "prompt", "provider", "command", "cmd"),
        "authentication",
    )
)
# What begins a name that says whether or how many, and not which: --no-auth, --max-token.
_WHETHER = frozenset(("no", "use", "max", "min", "num"))
# The value of docker's --secret, and a path of a key.
_MOUNT = r"(?:id|type|src|source|env|target)=[^,]*(?:,[a-z]+=[^,]*)*"
_KEY_PATH = r"(?:~|\.\.?)/\S*|\S*/id_[a-z\d]+|\S*\.(?:der|key|p12|pem|pfx|ppk)"
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"


def is_secret(name: str) -> bool:
    """Return whether what has this name is a secret."""
    words = [word.lower() for word in re.findall(_WORD, name)]
    if not words or words[-1] in _ABOUT or words[0] in _WHETHER or name in ("PWD", "OLDPWD"):
        return False
    pairs = pairwise(words)
    return (
        any(re.search(_TELLING, word) and word not in _OTHERS for word in words)
        or words[-1] in _SECRET_WORDS
        or any(second == "key" and first in _KEYS for first, second in pairs)
    )


def is_place(name: str, value: str) -> bool:
    """Return whether the value of a secret's name says only where that is.

    ``--secret id=aws,src=f`` and ``--private-key /etc/ssl/k.pem`` do.
    """
    name = name.lstrip("-").lower()
    pattern = _MOUNT if name == "secret" else _KEY_PATH if name.endswith("key") else ""
    return bool(value) and re.fullmatch(pattern, value) is not None
