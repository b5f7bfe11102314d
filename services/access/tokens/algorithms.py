"""How tokens of ours are signed."""

from __future__ import annotations

from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jws import JWSAlgModel, JWSRegistry


class Signing(JWSRegistry):
    """The algorithms that are allowed, and no other.

    The library would print a warning for the name EdDSA, which RFC 9864 has made general; here it stands for Ed25519
    alone (:func:`services.access.tokens.keys.algorithm_of`).
    """

    def get_alg(self, name: str) -> JWSAlgModel:
        """The algorithm of a name.

        Raises:
            UnsupportedAlgorithmError: it is not allowed.
        """
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]
