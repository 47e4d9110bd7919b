"""What one run of one server gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """So many viewers in all, spread evenly over so many totals."""

    viewers: int
    totals: int

    def __str__(self) -> str:
        return f"{self.viewers:,} viewers of {'one total' if self.totals == 1 else f'{self.totals} totals'}"


@dataclass(frozen=True, slots=True)
class Figures:
    """``seconds`` of the measured part, and what was spent in it."""

    server: str
    case: Case
    deliveries: int
    seconds: float
    server_cpu: float
    others_work: float
    """Of whatever else ran on the server's core."""
    other_cpu: float
    """Of the viewers, of whoever moved the totals, and of Redis where there is one: all on another core."""
    p50_ms: float
    """From a change to its last viewer's frame."""
    p99_ms: float
    bytes_each: float
    """Of a frame's text."""
    memory: float
    """Bytes by which the server's resident memory grew for each subscription."""
    connects: float
    """Viewers a second that connected, subscribed and had their first frame."""

    @property
    def microseconds(self) -> float:
        """Server CPU of one delivery."""
        return self.server_cpu / self.deliveries * 1e6

    @property
    def per_cpu_second(self) -> float:
        """Deliveries in a second of server CPU."""
        return self.deliveries / self.server_cpu

    @property
    def per_second(self) -> float:
        """Deliveries by the clock."""
        return self.deliveries / self.seconds


@dataclass(frozen=True, slots=True)
class Notified:
    """What ``viewers`` of one total saw of signed notifications sent at a steady rate."""

    viewers: int
    rate: int
    p50_ms: float
    """From the sending of a notification to its last viewer's frame."""
    p99_ms: float
    server_cpu: float
    """As a part of the time it took."""


@dataclass(frozen=True, slots=True)
class Results:
    """Of one run. ``given_up`` are servers with the cases in which they kept their viewers waiting for too long."""

    figures: tuple[Figures, ...]
    notified: Notified
    compressed: Figures
    """Of the gateway in the case for which there are bars, with frames compressed for viewers who offer it."""
    given_up: tuple[tuple[str, Case], ...] = ()

    def of(self, server: str, case: Case) -> Figures:
        """Those of one server in one case."""
        [found] = [each for each in self.figures if (each.server, each.case) == (server, case)]
        return found
