"""Long work beside the event loop rests nine times as long as it worked, in spells that no Call notices."""

from cpoctl.csms.giving_way import REST_MOST, RESTS, SPELL, Spells


def test_it_rests_after_each_spell_nine_times_as_long_and_never_for_long() -> None:
    clock, rests = [0.0], list[float]()
    spells = Spells(now=lambda: clock[0], sleep=rests.append)
    for spent in (SPELL / 2, SPELL / 2, SPELL / 4, 10.0):
        clock[0] += spent
        spells.step()
    assert rests == [RESTS * SPELL, REST_MOST]
