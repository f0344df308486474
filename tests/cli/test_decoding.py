"""`ocpp decode` at the command line: cards for a reader, rows for a program, an exit code for a script."""

import json

from tests.cli.conftest import Cli


def test_frames_are_cards_for_a_reader_rows_for_a_program_and_end_with_11_when_broken(cli: Cli) -> None:
    good, bad = '[2,"1","Heartbeat",{}]', '[2,"2","Heartbeat",{"a":1}]'
    told = cli("ocpp", "decode", good)
    assert (told.code, "ACTION      Heartbeat\n" in told.out) == (0, True)
    both = cli("ocpp", "decode", f"{good} {bad}")
    assert (both.code, both.err.splitlines()[0]) == (11, "error: 1 of 2 frames break the standard")
    assert "VIOLATIONS\nWHERE  RULE                  MESSAGE\na      additionalProperties" in both.out
    assert "cpoctl ocpp schema Heartbeat --ocpp 1.6" in both.err
    rows = json.loads(cli("ocpp", "decode", f"{good} {bad}", "-o", "json").out)
    assert [row["valid"] for row in rows] == [True, False]
    columns = cli("ocpp", "decode", good, "--fields", "kind,action").out
    assert columns == "KIND  ACTION\nCall  Heartbeat\n"
