"""An erasure reaches everything that is kept of a study outside the database."""

from functools import cached_property

from services.container import Services
from services.settings import Settings


def test_every_part_that_can_forget_is_told_to(tmp_path):
    services = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True))
    names = [name for name, part in vars(Services).items() if isinstance(part, cached_property)]
    parts = [getattr(services, name) for name in names]
    can_forget = {type(part).__name__ for part in parts if hasattr(part, "forget")}
    told = {type(forget.__self__).__name__ for forget in services.own_data._forget}
    services.close()
    assert can_forget >= {"MeaningSpace", "Explore", "GroupAnalyses", "Opinions", "ExportJobs"}
    assert told == can_forget
