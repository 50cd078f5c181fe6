"""Writes T5 checkpoints with random weights and a tokenizer made on the spot, for tests and measurements.

Nothing is fetched, and nothing such a checkpoint says means anything.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

SPECIAL = ("<pad>", "</s>", "<unk>")
SPACE = "\u2581"
"""Stands for a blank before a word, as in SentencePiece."""
ANSWERS = "Yes No Supports Opposes Either Value: Right: Duty:"
WORD_SCORE, CHARACTER_SCORE = -5.0, -10.0


class T5Shape(NamedTuple):
    """The widths of a model, named as in its configuration."""

    d_model: int
    d_kv: int
    d_ff: int
    num_layers: int
    num_heads: int
    vocab_size: int = 32_128
    feed_forward_proj: str = "gated-gelu"
    is_tied: bool = False
    """Input and output embeddings are one, and the decoder's output is scaled, as in the first T5."""


TINY = T5Shape(d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=3, vocab_size=2_048)
FLAN_SHAPES = {
    "small": T5Shape(512, 64, 1_024, 8, 6),
    "base": T5Shape(768, 64, 2_048, 12, 12),
    "large": T5Shape(1_024, 64, 2_816, 24, 16),
    "xl": T5Shape(2_048, 64, 5_120, 24, 32),
}
"""Of google/flan-t5-small, -base, -large and -xl, from their configurations."""


def write_random_t5(
    folder: Path, shape: T5Shape, *, texts: Iterable[str], seed: int, params: Mapping[str, object] | None = None
) -> Path:
    """Write ``config.json``, ``model.safetensors`` and ``tokenizer.json`` as Flan-T5's stand on the hub.

    Args:
        folder: is there.
        shape: of the model.
        texts: whose words are single tokens; others are spelled.
        seed: of the weights.
        params: joined into the configuration, such as ``task_specific_params``.
    """
    import torch
    from safetensors.torch import save_file
    from transformers import T5Config, T5ForConditionalGeneration

    _write_tokenizer(folder, texts, shape.vocab_size)
    widths = {name: value for name, value in shape._asdict().items() if name != "is_tied"}
    config = T5Config.from_dict(widths | {"tie_word_embeddings": shape.is_tied, "decoder_start_token_id": 0})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        state = T5ForConditionalGeneration(config).state_dict()
        weights = {name: weight for name, weight in state.items() if "embed_tokens" not in name}
        if shape.is_tied:
            del weights["lm_head.weight"]
        else:
            weights["lm_head.weight"] = torch.randn(shape.vocab_size, shape.d_model) * shape.d_model**-0.5
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    content = config.to_dict() | {"tie_word_embeddings": shape.is_tied, "architectures": ["T5ForConditionalGeneration"]}
    del content["scale_decoder_outputs"]  # the hub's configurations were written before it was known
    (folder / "config.json").write_text(json.dumps(content | dict(params or {})), encoding="utf-8")
    return folder


def _write_tokenizer(folder: Path, texts: Iterable[str], most: int) -> None:
    """Write a unigram tokenizer that knows the words of ``texts`` and single characters, with T5's special tokens."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    words = [f"{SPACE}{word}" for text in (ANSWERS, *texts) for word in text.split()]
    pieces = list(dict.fromkeys([SPACE, *(char for word in words for char in word), *words]))
    likely = [(piece, WORD_SCORE if len(piece) > 1 else CHARACTER_SCORE) for piece in pieces][: most - len(SPECIAL)]
    tokenizer = Tokenizer(models.Unigram([*((one, 0.0) for one in SPECIAL), *likely], unk_id=2))
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.normalizer = normalizers.NFKC()
    space = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), space])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.save(str(folder / "tokenizer.json"))
