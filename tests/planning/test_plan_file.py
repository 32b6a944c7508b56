"""A plan that a person writes is read whole, or everything that is wrong with it is named."""

import pytest

from nhipcau.planning.planfile import PlanFileError, read_plan
from nhipcau.planning.rules import parse_rules, shipped_rules

from .session import view


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[header", "Expected"),
        ('[header]\nhost = "999"', "999"),
        ('[header]\ncolour = "red"', "colour"),
        ('[[cues]]\nid = "c"\nminutes = "long"', "minutes"),
        ('[[cues]]\nid = "c"\nturns = [{ unit = "000" }]', "000"),
        ('[[songs]]\nid = "s"', "songs"),
    ],
)
def test_a_bad_file_is_named(text: str, named: str) -> None:
    with pytest.raises(PlanFileError) as caught:
        read_plan(text, view())
    assert named in str(caught.value)


def test_rows_stand_as_they_were_written() -> None:
    text = "".join(f'[[cues]]\nid = "c{n}"\n' for n in range(150))
    assert [cue.id for cue in read_plan(text, view()).cues] == [f"c{n}" for n in range(150)]


def test_the_rules_are_data_and_say_where_they_come_from() -> None:
    rules = shipped_rules()
    assert list(rules.kinds) == ["provincial", "departmental", "district", "emergency"]
    assert all(lead.source for lead in rules.leads.values())
    with pytest.raises(ValueError, match="source"):
        parse_rules('[[lead]]\nkey = "x"\nname = "x"\nname_en = "x"\ndays = 1')
