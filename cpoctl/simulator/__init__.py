"""Simulated chargers that behave like real ones, in OCPP 1.6, 2.0.1 and 2.1: for the demo, for tests and for load.

`VirtualCharger` is one charger told as a story, `Fleet` many that live by themselves; `simtime` is their clock,
`speech/` what they say in each version, `answers/` what they say when the server calls, `device/` what 2.x can ask.
"""

from cpoctl.simulator.backoff import Backoff
from cpoctl.simulator.car import Car
from cpoctl.simulator.charger import VirtualCharger
from cpoctl.simulator.fleet import Fleet, Habits, charger_ids
from cpoctl.simulator.life import Pace, Step, live
from cpoctl.simulator.link import CallRefused, HandshakeRefused, LinkLost
from cpoctl.simulator.narration import Happening
from cpoctl.simulator.simtime import ManualTime, RealTime, SimTime

__all__ = [
    "Backoff",
    "CallRefused",
    "Car",
    "Fleet",
    "Habits",
    "HandshakeRefused",
    "Happening",
    "LinkLost",
    "ManualTime",
    "Pace",
    "RealTime",
    "SimTime",
    "Step",
    "VirtualCharger",
    "charger_ids",
    "live",
]
