"""How much each piece of evidence says for a list; fitted by ``benchmarks/fit.py``, not by hand.

Logistic regression on the candidate lists of labelled pages; the answer it was fitted to is how well
the entries of a candidate agree with the labels.
"""

__all__ = ["WEIGHTS"]

#: Evidence (see ``ranking.weigh_evidence``) to log-odds.
WEIGHTS = {
    "bias": -5.23,
    "many": 1.49,
    "few": -0.32,
    "votes": 0.69,
    "titled": -0.85,
    "same_column": -0.01,
    "title_score": 1.66,
    "title_short": -1.02,
    "title_long": -0.09,
    "title_words": 1.11,
    "distinct": -1.20,
    "linked": 1.62,
    "distinct_urls": 1.59,
    "heads": 0.18,
    "many_heads": 0.57,
    "dated": 0.57,
    "prose": 0.24,
    "per_entry": -0.31,
    "crowded": -0.53,
    "urls_per": -0.97,
    "repeats": 0.52,
    "link_density": -0.06,
    "share": 0.99,
    "entry_chars": 0.60,
    "huge": -0.03,
    "nav": -2.26,
    "aside": -1.00,
    "main": -0.02,
    "early": 0.51,
    "bare": -0.37,
    "even": 0.54,
}
