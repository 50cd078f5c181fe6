"""A language model's opinion on whether a card is the same as a value, asked beside the page and never waited for."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from domain.cards import CanonicalValue, CardText, MachineOpinion
from domain.chat import ChatFailure, FailureReason
from domain.ids import StudyId, ValueId
from domain.nouns import content_hash
from domain.protocols import ChatModel
from elicitation.likeness import likeness_prompt, read_opinion

OPINION_TOKENS = 160
MAX_KEPT = 500
MAX_WORKERS = 4


class Heard(NamedTuple):
    """What has come so far."""

    opinions: dict[ValueId, MachineOpinion]
    n_failed: int
    is_complete: bool
    """Nothing more will come; true at once where no language model is configured."""


class _Asked(NamedTuple):
    """What was asked, without the words."""

    study_id: StudyId
    question: str


class Opinions:
    """Asks a study's language model about pairs and keeps its answers in memory for as long as a page needs them."""

    def __init__(self, *, chat_of_study: Callable[[StudyId], ChatModel | None]) -> None:
        self._chat_of_study = chat_of_study
        self._pool = ThreadPoolExecutor(max_workers=MAX_WORKERS, thread_name_prefix="opinions")
        self._kept: OrderedDict[_Asked, MachineOpinion | ChatFailure | None] = OrderedDict()
        self._lock = threading.Lock()

    def hear(self, study_id: StudyId, card: CardText, values: Sequence[CanonicalValue]) -> Heard:
        """Return the opinions there are by now; what was never asked is asked from now on."""
        chat = self._chat_of_study(study_id)
        if chat is None:
            return Heard(opinions={}, n_failed=0, is_complete=True)
        found = {value.id: self._ask_once(study_id, chat, card, value) for value in values}
        return Heard(
            opinions={key: one for key, one in found.items() if isinstance(one, MachineOpinion)},
            n_failed=sum(isinstance(one, ChatFailure) for one in found.values()),
            is_complete=all(one is not None for one in found.values()),
        )

    def forget(self, study_id: StudyId) -> None:
        """Drop what is kept of a study; called when a person erases their words."""
        with self._lock:
            for asked in [asked for asked in self._kept if asked.study_id == study_id]:
                del self._kept[asked]

    def close(self) -> None:
        """Take no new work and do not wait."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask_once(
        self, study_id: StudyId, chat: ChatModel, card: CardText, value: CanonicalValue
    ) -> MachineOpinion | ChatFailure | None:
        request = likeness_prompt(card, value).request(temperature=0.0, max_tokens=OPINION_TOKENS)
        key = _Asked(study_id, content_hash([chat.name, request.prompt_hash]))
        with self._lock:
            if key in self._kept:
                return self._kept[key]
            self._kept[key] = None
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)

        def work() -> None:
            opinion: MachineOpinion | ChatFailure = ChatFailure(
                reason=FailureReason.UNAVAILABLE, detail="the model gave no reply at all"
            )
            try:
                opinion = read_opinion(chat.complete([request])[0])
            finally:
                with self._lock:
                    if key in self._kept:
                        self._kept[key] = opinion

        self._pool.submit(work)
        return None
