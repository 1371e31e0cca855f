"""Times as they are stored."""

from pipeline.runtime.clock import epoch, expiry, iso


def test_times_are_utc_and_sort_as_text() -> None:
    assert iso(0) == "1970-01-01T00:00:00.000Z"
    assert epoch(iso(1_772_356_992.5)) == 1_772_356_992.5
    assert iso(999) < iso(1000) < iso(1_000_000)
    assert expiry(30, since=1000.0) == 1000 + 30 * 86_400
