"""Which faults a delivery has, and which of its attempts."""

from connectors.testing.emulation import DeliveryFaults
from tests.connectors.testing.pond import Fault


def faults() -> DeliveryFaults[Fault]:
    """Forgeries pass."""
    return DeliveryFaults(Fault, passing={Fault.FORGED})


def test_what_was_asked_for_once_spoils_one_delivery() -> None:
    known = faults()
    known.once(Fault.LATE)

    assert (Fault.LATE in known.take(), Fault.LATE in known.take()) == (True, False)


def test_what_passes_is_gone_with_the_first_attempt_and_the_rest_stays() -> None:
    known = faults()
    known.once(Fault.FORGED, Fault.LATE)
    plan = known.take()

    assert [plan.at(attempt) for attempt in range(3)] == [{Fault.FORGED, Fault.LATE}, {Fault.LATE}, {Fault.LATE}]


def test_what_was_asked_for_always_spoils_every_attempt_until_it_is_cleared() -> None:
    known = faults()
    known.always(Fault.FORGED)
    plans = known.take(), known.take()
    known.clear()

    assert [plan.at(attempt) for plan in plans for attempt in range(2)] == [{Fault.FORGED}] * 4
    assert known.take().at(0) == frozenset()


def test_a_fault_waits_for_a_delivery_that_it_fits() -> None:
    known = faults()
    known.once(Fault.LATE)

    assert Fault.LATE not in known.take(without=[Fault.LATE])
    assert Fault.LATE in known.take()
