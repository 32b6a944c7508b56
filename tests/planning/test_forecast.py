"""The load of each MCU and trunk, and what happens when one is lost."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from nhipcau.planning.forecast import Demand, Forecast, Verdict, forecast
from nhipcau.planning.lineup import Mcu, homes, root_of
from nhipcau.quantities import Bitrate, McuName

from .session import checked, session, unit

DISTRICTS = {str(code): 0 for code in range(568, 576)}


def line_up() -> list[Mcu]:
    leaves = [
        Mcu(
            McuName(f"mcu-{code}"),
            f"MCU {code}",
            serves=unit(code),
            uplink="mcu-tinh",
            max_sites=60,
        )
        for code in DISTRICTS
    ]
    root = Mcu(McuName("mcu-tinh"), "MCU tỉnh", cores=4)
    spare = Mcu(McuName("mcu-du-phong"), "MCU dự phòng", cores=4, spare=True)
    return [root, *leaves, spare]


def demand(**sites: int) -> Demand:
    standins = {row.id: row.by for row in session().standins}
    counted = {McuName(name.replace("_", "-")): count for name, count in sites.items()}
    return Demand(counted, {}, standins)


def session_forecast(mcus: list[Mcu]) -> Forecast:
    served = homes(checked().invitation, mcus)
    counts = Counter(served.values())
    return forecast(mcus, Demand(counts, {}, {row.id: row.by for row in session().standins}))


def by_name(made: Forecast) -> Mapping[str, Verdict]:
    return {one.mcu.name: one.lost.verdict for one in made.mcus}


def test_every_room_of_the_session_has_the_mcu_of_its_district() -> None:
    made = session_forecast(line_up())
    counts = {str(one.mcu.name): one.sites for one in made.mcus}
    assert counts["mcu-tinh"] == 1 and counts["mcu-568"] == 28 and counts["mcu-du-phong"] == 0
    assert sum(counts.values()) == 145
    assert len(made.trunks) == 8


def test_the_session_is_carried_and_so_is_the_loss_of_any_of_its_mcus() -> None:
    made = session_forecast(line_up())
    assert all(one.fits for one in made.mcus)
    assert set(by_name(made).values()) == {Verdict.CARRIES}
    assert all(trunk.fits and trunk.lost.verdict is Verdict.CARRIES for trunk in made.trunks)
    root = made.mcus[0]
    assert root.root and root.lost.by == "mcu-du-phong"


def test_one_mcu_with_all_sites_costs_what_was_measured() -> None:
    # The spike measured 54 % of a core for 16 tiles, three rungs and 145 viewers.
    made = forecast([Mcu(McuName("m"), "M")], demand(m=145))
    assert 0.4 < made.mcus[0].load.cores < 1.0


def test_a_thin_line_of_the_stand_in_degrades_and_a_thinner_one_cannot() -> None:
    def lost(line_mbps: int) -> Verdict:
        spare = replace(line_up()[-1], line_bps=Bitrate(line_mbps * 1_000_000))
        mcus = [*line_up()[:1], spare]
        standins = {"mcu-tinh": ("mcu-du-phong",)}
        sites = {McuName("mcu-tinh"): 100}
        return by_name(forecast(mcus, Demand(sites, {}, standins)))["mcu-tinh"]

    assert [lost(rate) for rate in (400, 220, 100)] == [
        Verdict.CARRIES,
        Verdict.DEGRADES,
        Verdict.CANNOT,
    ]


def test_without_a_stand_in_the_sites_of_an_mcu_are_lost() -> None:
    made = forecast(line_up(), Demand({McuName("mcu-568"): 28}, {}, {}))
    assert by_name(made)["mcu-568"] is Verdict.CANNOT
    assert by_name(made)["mcu-569"] is Verdict.CARRIES


def test_a_stand_in_that_is_full_is_passed_over() -> None:
    mcus = [replace(mcu, max_sites=28) if mcu.spare else mcu for mcu in line_up()]
    standins = {"mcu-568": ("mcu-du-phong", "mcu-tinh")}
    made = forecast(mcus, Demand({McuName("mcu-568"): 29}, {}, standins))
    lost = next(one.lost for one in made.mcus if one.mcu.name == "mcu-568")
    assert (lost.verdict, lost.by) == (Verdict.CARRIES, "mcu-tinh")


def test_a_weak_district_cannot_go_on_alone() -> None:
    weak = [replace(mcu, cores=0.2) if mcu.uplink else mcu for mcu in line_up()]
    verdicts = {trunk.lost.verdict for trunk in session_forecast(weak).trunks}
    assert verdicts == {Verdict.CANNOT}


def test_what_other_meetings_need_counts_too() -> None:
    alone = forecast(line_up(), demand(mcu_tinh=50))
    beside = forecast(line_up(), Demand({McuName("mcu-tinh"): 50}, {McuName("mcu-tinh"): 90}, {}))
    assert beside.mcus[0].load.cores > alone.mcus[0].load.cores
    assert beside.mcus[0].load.line_bps > 2 * alone.mcus[0].load.line_bps


def test_a_district_that_chairs_composes_by_itself() -> None:
    root = root_of(line_up(), unit("571"))
    assert root is not None and root.name == "mcu-571"


@pytest.mark.parametrize("bad", [{"cores": 0}, {"line_bps": 0}, {"max_sites": 0}, {"name": ""}])
def test_what_no_machine_is_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=":"):
        replace(line_up()[0], **bad)  # type: ignore[arg-type] # what is wrong is meant
