"""Asks axe whether an open page is for everybody: WCAG 2.2 AA, and what axe holds to be good practice."""

from functools import cache
from pathlib import Path

from tests.panel.conftest import Screen

_AXE = Path(__file__).parent / "vendor" / "axe.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
async (tags) => {
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`));
}
"""


async def no_violations(screen: Screen) -> None:
    """Fail with a list of what is wrong on the page as it is now."""
    assert await violations(screen) == []


async def violations(screen: Screen) -> list[str]:
    """Return what is wrong on the page as it is now."""
    if not await screen.frame.evaluate("'axe' in window"):
        # A script element would be stopped by the panel's own content policy.
        await screen.frame.evaluate(_code())
    found: list[str] = await screen.frame.evaluate(_RUN, _TAGS)
    return found


@cache
def _code() -> str:
    return _AXE.read_text(encoding="utf-8")
