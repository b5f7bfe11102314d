"""What the page of ``risk_page`` says around its figures."""

from __future__ import annotations

HEAD = """# How good are the forecasts of arrears?

Made by `{command}`; do not edit.
Machine: {machine}; {wall} s, of which {cpu} s of computing.

A model of contagion is judged in worlds whose rules it does not know, against simpler models and against the ceiling:
the chance p of each firm given exactly what the model sees, from {draws:,} draws a seed. Five test seeds (0 to 4).
Fitting and calibration use other seeds (1000 to 1009, 100 years each), never these. AUC*, AP* and E* count each firm p
positive and 1 - p negative, so no noise of outcomes is left; E* is the mean of |forecast - p|. Judged are the firms
that are not known to be in default. `±` is the standard error over seeds; brackets are paired 95 % intervals
(Student's t).

Parameters are fitted for each world apart, for each model that has them. One hop is own distress plus the weights of
harming firms times theirs. Personalised PageRank restarts by own distress (0.15), steps along harm by loss weight and
ranks only. Guarantees are called in full with chance c (`called`), also for h by break weights; by loss weights the
share rho of them is lost. Lines that begin with "wrong" are the unfitted chance by close groups with a mistake put in
(two rounds only: h), to show that the judge would see it. Targets against other implementations allow two standard
errors of five seeds.

Trees are gradient-boosted (scikit-learn's HistGradientBoostingClassifier, `benchmarks/trees.py`): on the firm's own
record and money features of those whose failure hits it (one hop: 25 columns, among them sums of own distress * L/E and
of L/E of known defaults, by relation), on those of the neighbours' neighbours too (two hops: 125 columns), and on
either with the fitted chance by close groups as one more column. Leaves and number of trees are chosen on three of the
ten fitting seeds after learning from seven; they then learn from all ten. They are calibrated on those three.
"""

RULES = """
## The worlds

`benchmarks/worlds.py`; it imports numpy only. 3,000 firms. 9,000 distinct ordered trade links, ends in proportion to
min(U^(-1/1.3), 50), drawn apart for out and in. 300 random firms guarantee each other in rings of 3 to 8. Trade amount
lognormal(0, 1); visible buffer = receivables / leverage, leverage lognormal with mean M and log-sd 0.6 (buffer 1
without receivables); guarantee = buffer of the guarantor * lognormal(ln g, 0.5). The true buffer is the visible one
times exp(0.4 N), new every year. A failed trade link loses Beta(1.8, 2.2) of its amount, a guarantee all with
probability 0.6, else nothing. A firm is known in default at the cut-off with probability k (s = 1); else
s = min(0.4, logistic(mu + sd N)) with mean m before the cut. Own shock x = 0.4 z + sqrt(0.84) e, z common to the year;
limit d = Phi^-1(1 - s).

| world | M | g | m | sd | k | a firm fails when |
| --- | --- | --- | --- | --- | --- | --- |
| (a) | 0.6 | 0.3 | 0.065 | 1.2 | 0 | s + sum of L/E over failed >= theta, uniform; judged by loss weights, rho 1 |
| (b) | 3 | 0.8 | 0.02 | 0.6 | 0.05 | x >= d, or losses >= true buffer |
| (b2) | 1 | 1.2 | 0.03 | 1 | 0.03 | max(x, 0)/d + losses/true buffer >= 1 |

Read into these rules: links, amounts, visible buffers, s and the known defaults belong to the seed; only the year's
shocks, true buffers and loss shares are new in each year and draw.
"""

STATED = {
    "b": (
        0.016,
        {
            "own record": 0.561,
            "personalised PageRank": 0.692,
            "one hop, break weights, fitted": 0.756,
            "trees, one hop": 0.766,
            "trees, two hops": 0.793,
            "h, loss weights, fitted": 0.788,
            "ceiling": 0.802,
        },
    ),
    "b2": (
        0.008,
        {
            "own record": 0.678,
            "personalised PageRank": 0.659,
            "one hop, break weights, fitted": 0.744,
            "trees, one hop": 0.749,
            "trees, two hops": 0.753,
            "h, loss weights, fitted": 0.752,
            "ceiling": 0.756,
        },
    ),
}
"""AUC* by world and model that another implementation of the same rules found, and how its seeds spread."""

UTILITY = """
## World (c): the synthetic utility world

Reported, never a target. `benchmarks/judge_world.py` loads the generator's world (`docs/worlds.md`) into a site of its
own, {seeds} seeds of {customers:,} customers, as any data is loaded. Payments follow cash, tenancy and holidays; a
failing enterprise stops paying suppliers, staff and bills in turn; nothing in it calls the model. Default = six overdue
bills at once. Parameters and trees are learned from the twelve months after the cut-off of January 2025
({learned[defaults]} defaults of {learned[parties]:,} parties, all seeds), and judged by the twelve months after January
2026, which no bill of the site shows ({judged[defaults]} of {judged[parties]:,}; among parties that another's failure
would cost money {linked[defaults]} of {linked[parties]:,}). Outcomes of one year, so noise of outcomes is in. Trees see
trade and guarantees only. Mean ± standard error over seeds.

| model | AUC | average precision | AUC, linked parties | average precision, linked |
| --- | --- | --- | --- | --- |
{rows}

| parameter | start | fitted | 95 % interval | |
| --- | --- | --- | --- | --- |
{estimates}

Fitted close groups against the own record and against trees, paired by seed:

| | difference | |
| --- | --- | --- |
{verdict}

A few dozen defaults a year tell little of the parameters: those marked as kept stay at their start values. Whether
links forecast better than the own record in this world is what the last table says, and nothing more may be read in it.
"""

SMALL = """
## Small published networks

The balance sheets of `contagion-small` (three banks; NEVA), every outside asset losing 2 %, full pass-through: share of
equity lost by linear DebtRank, and the largest distance to the closed form. These check the arithmetic; they judge no
forecast. Published cases of other measures are in `kehutu evaluate reference`.

| file | lost | distance | proven bound |
| --- | --- | --- | --- |
{rows}
"""

OTHERS = """
## Labelled credit files

Forecasts from a party's own record on public credit files: [credit.md](credit.md). They have no links, so they judge
own risk only.
"""

TAIL = """
## Not done

- Dense links, of many small joint losses, which break weights understate: trees may win there. Here they are judged
  unfitted only ("dense trade").
- Fitting theta and a sigma for uncertain buffers is not judged here: these worlds have no evidence links, no proxies.
  `kehutu fit risk` does it on a site's own history.
- More than 300 trees were tried once, on two hops in (b2): the likelihood of the seeds that choose changes by less than
  0.00002 up to 900.
- E* contains the noise of p itself, given in the first table of each world; so an E* near that cannot be told from 0.
- The unfitted values are not blind: (b) and (b2) were chosen from ten settings before break weights were tried, and the
  start sigma was picked from 0.6, 0.8 and 1 with test seeds of an earlier implementation of these worlds in view. The
  fitted values use the fitting seeds only.
"""
