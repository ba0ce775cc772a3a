"""France and its neighbours in the answers about exchanges: who sends, who receives, one direction after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from simulator.model import trade
from simulator.model.grid import Floats
from simulator.paris import HOUR, Ints
from simulator.rte.flows import FRANCE, NEIGHBOURS
from simulator.world import World


@dataclass(frozen=True)
class Direction:
    """One of the two directions of a border, by its code such as DE."""

    border: str
    outwards: bool  # France sends

    @property
    def sign(self) -> int:
        """What a net export is multiplied by to count in this direction."""
        return 1 if self.outwards else -1

    @cached_property
    def countries(self) -> dict[str, str]:
        """The four fields that name the sender and the receiver."""
        sender, receiver = (FRANCE, NEIGHBOURS[self.border]) if self.outwards else (NEIGHBOURS[self.border], FRANCE)
        return {
            "sender_country_eic_code": sender[0],
            "sender_country_name": sender[1],
            "receiver_country_eic_code": receiver[0],
            "receiver_country_name": receiver[1],
        }

    @property
    def pair(self) -> str:
        """Sender and receiver, such as FR-CH."""
        return f"FR-{self.border}" if self.outwards else f"{self.border}-FR"


def both(borders: Iterable[str]) -> list[Direction]:
    """Both directions of each border, out of France first."""
    return [Direction(border, outwards) for border in borders for outwards in (True, False)]


def day_ahead_capacity(world: World, direction: Direction, starts: Ints) -> Floats:
    """Net transfer capacity of the day ahead, MW, at some instants (UTC seconds)."""
    return trade.capacity(world.france, direction.border, starts // HOUR, direction.outwards)
