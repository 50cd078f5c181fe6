"""`moralgraph judge`: let a study's language model judge the borderline pairs of its values."""

import argparse
import json

from domain.gathered import PairOpinion
from services import cli_commands
from services.cli_options import at_least
from services.container import Services
from services.gathering import MOST_BORDERLINE


def add_judge(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    judge = commands.add_parser("judge", help="let the language model judge borderline pairs of a study's values")
    judge.add_argument("--study", required=True)
    judge.add_argument("--most-pairs", type=at_least(0), default=MOST_BORDERLINE, metavar="N")
    judge.add_argument("--json", action="store_true")
    judge.set_defaults(command=judge_study)


def judge_study(services: Services, arguments: argparse.Namespace) -> int:
    """Judge what was not judged yet, store it, and say what came of it."""
    study = cli_commands.find_study(services, arguments.study)
    job = services.judging.run(study.id, most_pairs=arguments.most_pairs)
    queue = services.pair_review.queue(study.id)
    figures: dict[str, object] = {
        "study": study.slug,
        "model": job.model,
        "judged_now": job.n_judged,
        "failed_now": job.n_failed,
        "words_changed_meanwhile": job.n_dropped,
        "to_look_at": len(queue.open),
        "not_judged_yet": len(queue.to_judge()),
        "ended": job.error or job.state.value,
        "kept_apart": len(queue.apart),
        **{opinion.value: queue.count(opinion) for opinion in PairOpinion},
    }
    if arguments.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name.replace('_', ' ')}: {figure}" for name, figure in figures.items()))
    return 0
