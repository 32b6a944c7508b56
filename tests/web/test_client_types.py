"""The types that the web client writes by hand say what the office's API says."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from .people import House

_PLANNING = Path(__file__).parents[2] / "web-client/src/planning"
_TYPES = sorted(_PLANNING.glob("types*.ts"), key=lambda path: path.name != "types.ts")
_INTERFACE = re.compile(
    r"^(?:export )?interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}", re.MULTILINE | re.DOTALL
)
_FIELD = re.compile(r"^  (\w+)\??: (.+)$", re.MULTILINE)

# The client's name of a schema, where it is another one.
NAMES = {
    "Signed": "SignedOut",
    "Head": "HeadOut",
    "Heads": "HeadsOut",
    "Edition": "EditionOut",
    "CueTime": "TimeOut",
    "PlanProblem": "PlanProblemOut",
    "UnitName": "UnitNameOut",
    "Count": "CountOut",
    "Plan": "PlanOut",
    "Edited": "EditedOut",
    "Stepped": "SteppedOut",
    "Rules": "RulesOut",
    "Reply": "ReplyOut",
    "Invited": "InvitedOut",
    "Attendance": "AttendanceOut",
    "Deadline": "DeadlineOut",
    "Template": "TemplateOut",
    "FieldChange": "FieldChangeOut",
    "PartChange": "PartChangeOut",
    "Written": "WrittenOut",
    "Clash": "ClashOut",
    "Next": "NextOut",
    "Box": "BoxOut",
    "Picture": "PictureOut",
    "Sight": "SightOut",
    "DutyContact": "DutyContactOut",
    "DutyCheck": "DutyCheckOut",
    "Duty": "DutyOut",
    "Calls": "CallsOut",
    "Loss": "LossOut",
    "McuForecast": "McuForecastOut",
    "TrunkForecast": "TrunkForecastOut",
    "Forecast": "ForecastOut",
    "PaperFile": "PaperFileOut",
    "PaperRow": "PaperOut",
    "PaperRoom": "PaperRoomOut",
}
SAME = (
    "Header Pick Turn Ballot Cue Due Task Case Paper StandIn MeetingKind Party FailureCase "
    "LeadTime ModelDuty Contact"
)
SCHEMAS = {**NAMES, **{name: name for name in SAME.split()}}


_REPORT = Path(__file__).parents[2] / "web-client/src/report/types.ts"
OF_REPORTS = (
    "Stay",
    "Attendance",
    "TurnRow",
    "CueRow",
    "FloorSpan",
    "Request",
    "DelegationView",
    "VoteView",
    "Mishap",
    "Child",
    "Rates",
    "SavingRow",
    "Savings",
    "Report",
    "LogOut",
    "ReportOut",
    "ListedOut",
)


def _interfaces(paths: Sequence[Path] = tuple(_TYPES)) -> dict[str, dict[str, str]]:
    """Return the fields of each interface, those of the one it extends included."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    found: dict[str, dict[str, str]] = {}
    for name, above, body in _INTERFACE.findall(text):
        found[name] = {**found.get(above, {}), **dict(_FIELD.findall(body))}
    return found


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    made: dict[str, Any] = House().app.openapi()["components"]["schemas"]
    return made


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_an_interface_has_the_fields_of_its_schema(name: str, schemas: dict[str, Any]) -> None:
    agree(_interfaces()[name], schemas[SCHEMAS[name]]["properties"])


@pytest.mark.parametrize("name", OF_REPORTS)
def test_a_reports_interface_has_the_fields_of_its_schema(
    name: str, schemas: dict[str, Any]
) -> None:
    agree(_interfaces((_REPORT,))[name], schemas[name]["properties"])


def agree(written: dict[str, str], meant: dict[str, Any]) -> None:
    assert set(written) == set(meant)
    nullable = {field for field, rule in meant.items() if _may_be_null(rule)}
    assert {field for field, kind in written.items() if kind.endswith("null")} == nullable


def _may_be_null(rule: dict[str, Any]) -> bool:
    return any(one.get("type") == "null" for one in rule.get("anyOf", ()))
