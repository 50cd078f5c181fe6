"""Where a machine-made thing comes from: every draft, story and judgement carries one."""

from pydantic import Field

from domain.nouns import Moment, Noun


class Provenance(Noun):
    """What made this text or number, closely enough to make it again."""

    backend: str
    """Name of the part, such as ``guided`` or ``openai:NAME@http://host:8000/v1``; ``template:NAME`` for templates."""
    revision: str = ""
    """Version of the model or of the code that made it; empty where the backend tells none."""
    prompt_id: str = ""
    """Prompt file and version, such as ``articulate@1``; empty where there was no prompt."""
    prompt_hash: str = ""
    """SHA-256 of the rendered prompt; empty where there was no prompt."""
    parameters: dict[str, str] = Field(default_factory=dict)
    """Temperature, seed, token limit as sent."""
    not_honoured: tuple[str, ...] = ()
    """Names of parameters that the backend could not honour."""
    code_version: str = ""
    made_at: Moment
