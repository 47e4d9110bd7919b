"""What the gateway must reach, and whether it did."""

from typing import Final

from benchmarks.fanout.figures import Case, Results
from benchmarks.verdict import Verdict

BARRED: Final = Case(2_000, 1)
STEP_MS: Final = 50


def verdicts(results: Results) -> list[Verdict]:
    """For 2,000 viewers of one total, all from this run."""
    ours = results.of("gateway", BARRED)
    beside = {
        name: ours.per_cpu_second / results.of(name, BARRED).per_cpu_second for name in ("Mercurius", "Yoga", "Strawberry")
    }
    memory, late = ours.memory / 1e3, results.notified.p99_ms
    return [
        Verdict(
            "deliveries in a second of server CPU, beside Mercurius",
            f"{beside['Mercurius']:.1f} x",
            ">= 3 x",
            beside["Mercurius"] >= 3,
        ),
        Verdict("beside bare Strawberry", f"{beside['Strawberry']:.1f} x", ">= 15 x", beside["Strawberry"] >= 15),
        Verdict("beside GraphQL Yoga", f"{beside['Yoga']:.1f} x", "", None),
        Verdict("server CPU of one delivery", f"{ours.microseconds:.1f} us", "<= 15 us", ours.microseconds <= 15),
        Verdict("memory of one subscription", f"{memory:.1f} kB", "<= 27 kB", memory <= 27),
        Verdict(
            f"{results.notified.rate} signed notifications a second, each to its last viewer, p99",
            f"{late:.0f} ms",
            f"<= {STEP_MS + 100} ms",
            late <= STEP_MS + 100,
        ),
    ]
