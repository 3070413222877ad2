"""How much each piece of evidence says for a list; fitted by ``benchmarks/fit.py``, not by hand.

Logistic regression on the candidate lists of labelled pages; the answer it was fitted to is how well
the entries of a candidate agree with the labels.
"""

__all__ = ["GROUP_WEIGHTS", "LIST_WEIGHTS", "TEASER_WEIGHTS", "TITLE_WEIGHTS"]

#: Evidence (see ``ranking.weigh_evidence``) to log-odds.
LIST_WEIGHTS = {
    "bias": -5.23,
    "many": 1.49,
    "few": -0.32,
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
    "dealt": 0.0,
}

#: Evidence (see ``fields.title_evidence``) to log-odds.
TITLE_WEIGHTS = {
    "bias": -1.5,
    "coverage": 3.0,
    "heads": 2.2,
    "linked": 1.3,
    "distinct": 2.0,
    "named": 1.4,
    "meta": -1.6,
    "prose_named": -0.8,
    "tiny": -3.0,
    "short": -1.0,
    "shortish": 0.3,
    "fair": 1.5,
    "long": -2.5,
    "dates": -5.0,
    "labels": -5.0,
    "prose": -1.2,
    "order": -1.2,
    "repeats": -2.1,
}

#: Evidence (see ``fields.teaser_evidence``) to log-odds.
TEASER_WEIGHTS = {
    "bias": -1.6,
    "coverage": 1.0,
    "heads": -2.0,
    "linked": -1.0,
    "distinct": 1.0,
    "named": -0.5,
    "meta": -1.5,
    "prose_named": 1.2,
    "length": 2.0,
    "short": -2.0,
    "dates": -4.0,
    "labels": -4.0,
    "prose": 1.5,
}

#: Evidence (see ``ranking.group_evidence``) to log-odds.
GROUP_WEIGHTS = {
    "bias": -4.0,
    "many": 2.0,
    "tiny": -4.0,
    "short": -1.5,
    "shortish": -0.5,
    "long": -2.0,
    "distinct": 2.0,
    "linked": 1.3,
    "heads": 2.2,
    "named": 1.4,
    "meta": -1.2,
    "prose_named": -0.8,
    "dates": -3.0,
    "labels": -4.0,
    "nav": -2.0,
    "aside": -1.0,
    "main": 0.5,
}
