"""Monitors: what a charger watches of its own variables, and tells when something happens to them. OCPP 2.x"""

from typing import Annotated, Literal

from cpoctl.operations import Option

Kind = Literal["upper", "lower", "delta", "periodic", "clock-aligned", "target-delta", "target-delta-relative"]
Base = Literal["all", "factory-default", "hard-wired"]
Criterion = Literal["threshold", "delta", "periodic"]
Watched = Annotated[
    tuple[str, ...], Option("of this component, or this variable of it; may be repeated", long="component")
]
