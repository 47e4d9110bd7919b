"""Acme's connector with one fault each that shows in totals, by the rule that must name it, and by whose the totals are."""

from typing import Final

from tests.conformance.spoiled.asking import ListsGross
from tests.conformance.spoiled.changing import ConstantVersion
from tests.conformance.spoiled.faults import Faults
from tests.conformance.spoiled.reading import CountsBackwards, IdOfTheMoment, IdPerDelivery, NewWhenDelivered
from tests.conformance.spoiled.refunding import CountsUnfinished, RefundsTwice
from tests.conformance.spoiled.unfinished import CountsInVain, GivesUpTooSoon

REPORTED: Final[Faults] = {
    "the-ledger-comes-to-the-books": (ListsGross,),
    "any-order-comes-to-the-same": (
        ConstantVersion,
        CountsBackwards,
    ),
    "what-comes-twice-counts-once": (ConstantVersion,),
    "what-is-delivered-again-takes-nothing-back": (NewWhenDelivered,),
}
COUNTED: Final[Faults] = {
    "the-ledger-comes-to-the-books": (
        RefundsTwice,
        CountsUnfinished,
        CountsInVain,
    ),
    "any-order-comes-to-the-same": (
        RefundsTwice,
        GivesUpTooSoon,
    ),
    "what-comes-twice-counts-once": (IdPerDelivery,),
    "what-is-delivered-again-takes-nothing-back": (IdOfTheMoment,),
}
