"""What an import would change, as lines for a person at a terminal."""

from collections.abc import Iterator

from nhipcau.org.importplan import ImportPlan


def plan_lines(plan: ImportPlan, *, dry_run: bool) -> Iterator[str]:
    """Yield one line for each unit that is new, changed or gone, and a last one that counts."""
    for version in plan.new:
        yield f"+ {version.code}  {version.name}"
    for change in plan.changed:
        before, after = change.before, change.after
        what = ", ".join(change.fields)
        yield f"~ {before.code}  {before.name} → {after.code}  {after.name} ({what})"
    for version in plan.gone:
        yield f"- {version.code}  {version.name}"
    for site in plan.left_sites:
        yield f"! site {site} is left without a unit"
    would = "would be " if dry_run else ""
    yield (
        f"{len(plan.new)} {would}new, {len(plan.changed)} {would}changed, "
        f"{len(plan.gone)} {would}gone, {plan.unchanged} stay, from {plan.change.day} on"
    )
