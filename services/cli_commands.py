"""What each command does: the same use cases as the pages."""

import argparse
import json

from domain.errors import UserInputError
from domain.graphs import GraphQuery, Thresholds
from domain.ids import ContextId, QuestionId
from domain.people import REAL_SOURCES, Source
from domain.studies import Study
from services.container import Services
from services.doctor import examine
from services.secrets_store import reset_administrator
from services.starter import ensure_starter


def import_study(services: Services, arguments: argparse.Namespace) -> int:
    """Import a study and say what came in."""
    report = services.interchange.import_study(arguments.path, slug=arguments.slug)
    counts = {
        "study": report.study.slug,
        "values": report.n_values,
        "cards": report.n_cards,
        "participants": report.n_participants,
        "contexts": report.n_contexts,
        "edge_votes": report.n_votes,
    }
    _say(counts, as_json=arguments.json)
    return 0


def export_graph(services: Services, arguments: argparse.Namespace) -> int:
    """Export the moral graph of a study."""
    study = find_study(services, arguments.study)
    query = graph_query(services, study, arguments)
    graph = services.explore.moral_graph(query)
    services.interchange.export_graph(query, arguments.out, has_votes=arguments.votes)
    _say(
        {
            "study": study.slug,
            "file": str(arguments.out),
            "edges": len(graph.kept_edges()),
            "edge_votes": graph.n_votes,
            "people": graph.n_people,
        },
        as_json=arguments.json,
    )
    return 0


def export_study(services: Services, arguments: argparse.Namespace) -> int:
    """Export a whole study."""
    study = find_study(services, arguments.study)
    has_simulated = Source.SIMULATED.value in arguments.include
    services.interchange.export_study(study.id, arguments.out, has_simulated=has_simulated)
    _say({"study": study.slug, "file": str(arguments.out)}, as_json=False)
    return 0


def find_study(services: Services, slug: str) -> Study:
    """Return the study called ``slug``; the error lists the ones there are."""
    study = services.studies.by_slug(slug)
    if study is None:
        known = ", ".join(s.slug for s in services.studies.all()) or "none yet"
        raise UserInputError(f"There is no study {slug!r}. Studies here: {known}.")
    return study


def graph_query(services: Services, study: Study, arguments: argparse.Namespace) -> GraphQuery:
    """Return the query that the options ask for; unknown contexts and questions are named."""
    setup = services.studies.setup(study.id)
    contexts = {c.text: c.id for c in setup.contexts}
    questions = {q.slug: q.id for q in setup.questions}
    return GraphQuery(
        study_id=study.id,
        context_ids=tuple(ContextId(_known(contexts, text, "context")) for text in arguments.context),
        question_ids=tuple(QuestionId(_known(questions, slug, "question")) for slug in arguments.question),
        sources=REAL_SOURCES | {Source(name) for name in arguments.include},
        until=arguments.until,
        training_only=arguments.training_only,
        thresholds=Thresholds(min_wiser=arguments.min_wiser),
    )


def _known(ids: dict[str, ContextId] | dict[str, QuestionId], name: str, kind: str) -> str:
    if name not in ids:
        raise UserInputError(f"There is no {kind} {name!r} in this study. There are: {', '.join(sorted(ids))}.")
    return str(ids[name])


def simulate(services: Services, arguments: argparse.Namespace) -> int:
    """Let scripted people go the whole way."""
    ensure_starter(services.desk)
    study = find_study(services, arguments.study)
    report = services.simulation.run(study, n_participants=arguments.participants, seed=arguments.seed)
    counts = {"study": study.slug, "participants": report.n_participants, "finished": report.n_finished}
    _say({**counts, "edge_votes": report.n_votes}, as_json=arguments.json)
    return 0


def doctor(services: Services, arguments: argparse.Namespace) -> int:
    """Say which parts are in use, what is missing, and the line that mends it; 1 when something is missing."""
    reports = examine(services)
    if arguments.json:
        print(json.dumps([report._asdict() for report in reports]))
    else:
        for report in reports:
            mark = "ok     " if report.is_well else "MISSING"
            print(f"{mark} {report.part:<13} {report.in_use or report.mend}")
    return 0 if all(report.is_well for report in reports) else 1


def reset_password(services: Services, _: argparse.Namespace) -> int:
    """Make a fresh password for the administrator and show it once."""
    first = reset_administrator(services.settings.data_dir)
    print(f"name: {first.name}\npassword: {first.password}\nEveryone who was signed in has to sign in again.")
    return 0


def _say(counts: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(counts))
        return
    for name, value in counts.items():
        print(f"{name.replace('_', ' ')}: {value}")
