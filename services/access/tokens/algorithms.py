"""How tokens of ours are signed."""

from __future__ import annotations

from typing import Any

from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry


class Signing(JWSRegistry):
    """The algorithms that are allowed, and no other.

    The library would print a warning for the name EdDSA, which RFC 9864 has made general; here it stands for Ed25519
    alone (:func:`services.access.tokens.keys.algorithm_of`).
    """

    def get_alg(self, name: str) -> Any:
        """The algorithm of a name.

        Raises:
            UnsupportedAlgorithmError: it is not allowed.
        """
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]
