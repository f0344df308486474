"""A charger boots again and again, each time on a new connection."""

from cpoctl.simulator.scenarios import Stage

BOOTS = 8


async def play(stage: Stage) -> None:
    """Boot, lose the line, boot."""
    charger = await stage.booted()
    for number in range(2, BOOTS + 1):
        await charger.go_offline()
        await charger.connect()
        status = str((await charger.boot()).get("status"))
        stage.require(f"boot {number} of {BOOTS} is accepted", status == "Accepted", status)
