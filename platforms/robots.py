"""The robots file: which addresses a site asks crawlers to leave alone, and how fast they may go."""

import re
from dataclasses import dataclass
from urllib.robotparser import RobotFileParser

AGENT = "MysteryShopper"

# The standard parser reads whole seconds only, and shops ask for fractions.
_DELAY = re.compile(r"^\s*crawl-delay\s*:\s*(\d+(?:\.\d+)?)\s*(?:#.*)?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Manners:
    """What one robots.txt asks of us."""

    parser: RobotFileParser
    delay: float

    def allows(self, url: str) -> bool:
        """Tell whether the address may be read."""
        return self.parser.can_fetch(AGENT, url)

    def pause(self, own_seconds: float) -> float:
        """Give the longer of our own pause and the one that is asked for, whomever it is asked of."""
        return max(own_seconds, self.delay)


def read_manners(text: str) -> Manners:
    """Give the manners out of a robots.txt; an empty one allows everything."""
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    return Manners(parser, max(map(float, _DELAY.findall(text)), default=0.0))
