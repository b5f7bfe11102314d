"""A fit that was put in force is in force as it was, to the last bit, and its version is that of its content."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY, Probability
from ledger import documents
from services.risk import fitted
from terms.errors import KehutuError

SHARES = st.floats(0.0, 1.0)
PARAMETERS = st.builds(
    lambda called, loan, theta, sigma: replace(
        RiskParameters(), called=called, rho_loan=loan, theta_person=theta, sigma=sigma, fitted=True
    ),
    SHARES,
    SHARES,
    SHARES,
    st.floats(0.1, 3.0),
)
PROBABILITIES = st.one_of(
    st.just(IDENTITY),
    st.builds(
        lambda slope, shift: replace(IDENTITY, kind="logistic", slope=slope, shift=shift), SHARES, SHARES
    ),
)


@hypothesis_settings(max_examples=40)
@given(st.lists(st.tuples(PARAMETERS, PROBABILITIES), min_size=1, max_size=4))
def test_the_last_fit_is_in_force_and_every_version_stays(
    tmp_path_factory: pytest.TempPathFactory, fits: list[tuple[RiskParameters, Probability]]
) -> None:
    home = tmp_path_factory.mktemp("fits")
    assert fitted.in_force(home) is None
    kept = [fitted.keep(home, parameters, chance, {"cases": 7}) for parameters, chance in fits]
    assert fitted.in_force(home) == kept[-1]
    assert (kept[-1].parameters, kept[-1].probability) == fits[-1]
    for one in kept:
        assert documents.read(home, fitted.FOLDER, f"{fitted.NAME}-{one.version}") is not None
    contents = {repr(fit) for fit in fits}
    assert len({one.version for one in kept}) == len(contents)
    assert fitted.reset(home)
    assert (fitted.in_force(home), fitted.reset(home)) == (None, False)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b'{"version": 1}', b'{"version":1,"parameters":{"x":1}}']
)
def test_a_damaged_fit_is_named(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    home = tmp_path_factory.mktemp("fits")
    documents.write(home, fitted.FOLDER, fitted.NAME, text)
    with pytest.raises(KehutuError) as caught:
        fitted.in_force(home)
    assert caught.value.code == "FIT_DAMAGED"
