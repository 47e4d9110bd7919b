"""Rules about a connector's package: where its spec is found, and the papers that lie beside it."""

import re
from importlib import import_module
from importlib.resources import files
from typing import Final

from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.grade import FILE, Grade, Quality
from connectors.testing.conformance.rules import Rule

NAME: Final = "CONNECTOR"
README: Final = "README.md"
_LINK: Final = re.compile(r"https://[^\s)>\]`]+", re.ASCII)
_DATE: Final = re.compile(r"\b20\d\d-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?\b", re.ASCII)


async def offered(bench: Bench) -> str:
    """The package that the case lies in offers the spec as ``CONNECTOR``, so that an entry point can name it."""
    package, spec = bench.case.package, bench.case.spec
    found = getattr(import_module(package), NAME, None)
    expect(found is not None, f"{package} has no {NAME}")
    expect(found is spec, f"{package}:{NAME} is another spec than the one that is held against the rules")
    return f"{package}:{NAME} is the spec of {spec.key}"


async def papers(bench: Bench) -> str:
    """In the package are a README, with links to the network's own pages and the date of reading them, and the claim."""
    package = bench.case.package
    try:
        readme = (files(package) / README).read_text("utf-8")
    except FileNotFoundError:
        raise Broken(f"{package} has no {README}") from None
    links, dates = set(_LINK.findall(readme)), [found[0] for found in _DATE.finditer(readme)]
    expect(links, f"the {README} of {package} links to none of the network's pages")
    expect(dates, f"the {README} of {package} does not say when its links were read, such as: As of 2026-11-22")
    quality = Quality.of_package(package)
    expect(not quality.problems, "; ".join(quality.problems))
    return f"{README} has {len(links)} links, the newest date is {max(dates)}; {FILE} claims {quality.claimed}"


async def silent(bench: Bench) -> str:
    """Building a connector asks nothing and touches no port, so that a configuration can be checked anywhere."""
    del bench.touched[:]
    first, second = bench.build(bench.settings), bench.build(bench.settings)
    expect(not bench.touched, f"building used ports: {bench.touched}")
    expect(first is not second, "building twice gives one object, which two accounts would share")
    return "built twice, without a port"


RULES: Final = (
    Rule("the-package-offers-its-spec", offered, Grade.BRONZE),
    Rule("papers-are-in-the-package", papers, Grade.BRONZE),
    Rule("building-asks-nothing", silent, Grade.SILVER),
)
