"""g: from a score to the probability that arrears follow, and from that to money. Every expected loss is made here.

    PD_j = g(h_j)        EL_j = PD_j * LGD_j * EAD_j

g never falls, g(0) = 0 and g(1) = 1: what no record reaches has no cause to name, and a party in default is in default.
Between them it is the identity until it is calibrated (docs/science.md, "Fitting").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.own_risk.calibration import Calibration, calibrate
from graph.arrays import Floats, Ints

Kind: TypeAlias = Literal["identity", "isotonic", "platt"]


@dataclass(frozen=True, slots=True)
class Probability:
    """g. ``scores``, ``chances``: isotonic, straight lines through these points. ``slope``, ``shift``: Platt, of log
    odds. Tuples, so that it can be compared, hashed and written down.
    """

    kind: Kind = "identity"
    scores: tuple[float, ...] = ()
    chances: tuple[float, ...] = ()
    slope: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what would fall or leave [0, 1].

        Raises:
            ValueError: points that fall or are outside [0, 1], a slope below 0, points where none belong.
        """
        if len(self.scores) != len(self.chances) or (self.kind == "isotonic") is not bool(self.scores):
            raise invalid_argument(
                f"{len(self.scores)} scores and {len(self.chances)} chances for {self.kind}"
            )
        for values in (self.scores, self.chances):
            if any(not 0.0 <= v <= 1.0 for v in values) or any(np.diff(values) < 0):
                raise invalid_argument(f"points of g are {values}, expected to rise within [0, 1]")
        if not (np.isfinite(self.shift) and np.isfinite(self.slope) and self.slope >= 0):
            raise invalid_argument(
                f"slope is {self.slope} and shift {self.shift}; expected finite numbers, the slope at least 0"
            )

    def __call__(self, score: Floats) -> Floats:
        """g of scores in [0, 1]."""
        if self.kind == "identity":
            return score
        if self.kind == "isotonic":
            known = (np.array((0.0, *self.scores, 1.0)), np.array((0.0, *self.chances, 1.0)))
            between = np.interp(score, *known)
        else:
            between = Calibration(
                "platt", (np.zeros(0), np.zeros(0)), slope=self.slope, shift=self.shift
            ).apply(score)
        return np.where(score <= 0.0, 0.0, np.where(score >= 1.0, 1.0, np.clip(between, 0.0, 1.0)))

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a run's head and for JSON; the inverse is :meth:`read`."""
        return {
            "kind": self.kind,
            "scores": list(self.scores),
            "chances": list(self.chances),
            "slope": self.slope,
            "shift": self.shift,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Probability:
        """From :meth:`as_dict`; None, of a run made before there was a g, is the identity.

        Raises:
            KeyError, ValueError: damaged values.
        """
        if stored is None:
            return IDENTITY
        return cls(
            kind=stored["kind"],
            scores=tuple(float(v) for v in stored["scores"]),
            chances=tuple(float(v) for v in stored["chances"]),
            slope=float(stored["slope"]),
            shift=float(stored["shift"]),
        )


IDENTITY = Probability()
"""Not calibrated: the score is taken for the probability."""


def learn(happened: Floats, score: Floats) -> Probability:
    """g from what became of parties that the scores had not been fitted to.

    Args:
        happened: n, 0 or 1, both occur. ``score``: n. Only scores strictly between 0 and 1 are learned from: the ends
            are given.

    Isotonic from 1,000 positives, else Platt (docs/science.md, "Fitting").

    Raises:
        ValueError: the scores between 0 and 1 lack one of the two outcomes.
    """
    between = (score > 0.0) & (score < 1.0)
    happened, score = happened[between], score[between]
    if not len(happened) or not 0 < happened.sum() < len(happened):
        raise invalid_argument(
            f"{int(happened.sum())} of {len(happened)} scores between 0 and 1 came true; expected both outcomes"
        )

    found = calibrate(happened, score)
    if found.kind == "platt":
        return Probability("platt", slope=found.slope, shift=found.shift)
    scores, chances = found.knots
    return Probability("isotonic", tuple(scores.tolist()), tuple(chances.tolist()))


def expected_loss(probability: Probability, score: Floats, lgd: Floats, exposure: Ints | Floats) -> Ints:
    """g(score) * loss given default * exposure, in whole fen; arrays of one shape."""
    return np.rint(losses(probability, score, lgd, exposure)).astype(np.int64)


def losses(probability: Probability, score: Floats, lgd: Floats, exposure: Ints | Floats) -> Floats:
    """The same before it is rounded."""
    return probability(score) * lgd * exposure


def slope_from_zero(probability: Probability, score: Floats) -> Floats:
    """g(h)/h: turns a share of a score into a share of its probability; 1 where the score is 0.

    Sums that are linear in scores (who is to blame for how much of the whole) become sums of expected losses with it.
    """
    return np.divide(probability(score), score, out=np.ones_like(score), where=score > 0.0)
