"""A watch that runs for long stays as small as it began."""

from __future__ import annotations

import sys

import pytest
from watch import LivePage, delivered, lay_out, watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def test_twenty_runs_take_no_more_than_the_first_and_deliver_each_entry_once(tmp_path):
    with LivePage() as page:
        samples = watch(page.url, tmp_path, cycles=20)
        published = page.published
    counts = delivered(tmp_path)
    assert (len(counts), set(counts.values())) == (published, {1})
    assert published == 22
    # The last one may be on its way out when it is looked at.
    assert len(samples) in (19, 20)
    first, last = samples[:5], samples[-5:]
    assert min(one.memory_mb for one in last) < max(one.memory_mb for one in first) + 5
    assert min(one.files for one in last) <= max(one.files for one in first)
    assert min(one.threads for one in last) <= max(one.threads for one in first)
    # A run is remembered in some 200 bytes, an entry in less than 2 kB.
    assert last[-1].state_kb < first[-1].state_kb + 40
    assert lay_out(samples, rows=2).count("\n") >= 3
