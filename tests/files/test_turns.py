"""The rate of all downloads together: what they may take of a second, whoever asks."""

from itertools import pairwise

from cpoctl.files.turns import Rate


def test_blocks_begin_as_far_apart_as_they_are_long() -> None:
    rate = Rate(1_000_000, lambda: 100.0)
    rate.wait_s(250_000)
    begins = [rate.wait_s(250_000) for _ in range(5)]
    assert [round(later - sooner, 9) for sooner, later in pairwise(begins)] == [0.25] * 4


def test_a_pause_does_not_let_a_flood_follow() -> None:
    now = [0.0]
    rate = Rate(1_000_000, lambda: now[0])
    rate.wait_s(100_000)
    now[0] = 60.0
    gone_at_once = 0
    while rate.wait_s(10_000) == 0:
        gone_at_once += 10_000
    assert gone_at_once <= 50_000


def test_without_a_bound_nothing_waits() -> None:
    rate = Rate(0)
    assert [rate.wait_s(1 << 30) for _ in range(3)] == [0, 0, 0]
