"""Writes checkpoints for the reader of values with random weights and a tokenizer made on the spot, for tests.

Nothing is fetched, and nothing such a checkpoint says means anything.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backends.reader_weights import LINEARS, MARKS, N_OUT

if TYPE_CHECKING:
    from torch import Tensor

TEXT = "a neighbour lends money to friend and asks for it back before winter promise honesty care lending"
WORDS = TEXT.split()
"""Single tokens; other words are spelled."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789:,."
BEGIN, PAD, END = 0, 1, 2
FILLING, UNKNOWN = "<pad>", "<unk>"
VOCABULARY = ("<s>", FILLING, "</s>", UNKNOWN, *WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS))
WIDTH, INNER_WIDTH, N_LAYERS, RANK = 32, 48, 2, 3
SIZES = {"inner": (WIDTH, INNER_WIDTH), "outer": (INNER_WIDTH, WIDTH)}
"""Of the linear maps of a layer that are not square."""


def write_random_mpnet(folder: Path, *, is_masked_lm: bool = False, seed: int = 1) -> Any:  # a class of the library
    """Write ``config.json``, ``model.safetensors`` and ``tokenizer.json``; return the library's model of them.

    Args:
        folder: is there.
        is_masked_lm: write it with the head that fills in words, under whose names the published one was trained.
        seed: of the weights, none of which is zero or one.
    """
    import torch
    from transformers import MPNetConfig, MPNetForMaskedLM, MPNetModel

    shape = MPNetConfig(
        vocab_size=300, hidden_size=WIDTH, intermediate_size=INNER_WIDTH, num_hidden_layers=N_LAYERS,
        num_attention_heads=4, relative_attention_num_buckets=32, pad_token_id=PAD, bos_token_id=BEGIN,
        eos_token_id=END,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model: Any = (MPNetForMaskedLM if is_masked_lm else MPNetModel)(shape)
        model.eval()
        for one in model.parameters():
            one.add_(torch.randn_like(one) * 0.2)
    model.save_pretrained(folder)
    _write_tokenizer(folder)
    return model


def random_changes(*, size: float = 0.3, seed: int = 2) -> "dict[str, Tensor]":
    """Return changes for such a checkpoint; with ``size`` 0 they change nothing but the head."""
    import torch

    rng = torch.Generator().manual_seed(seed)
    found: dict[str, Tensor] = {}
    for name in (f"layers.{number}.{ours}" for number in range(N_LAYERS) for ours in LINEARS):
        n_in, n_out = SIZES.get(name.rpartition(".")[2], (WIDTH, WIDTH))
        found[f"{name}.down"] = torch.randn(n_in, RANK, generator=rng) * size
        found[f"{name}.up"] = torch.randn(RANK, n_out, generator=rng) * size
    return found | {
        "head.weight": torch.randn(N_OUT, 2 * WIDTH, generator=rng) * 0.3,
        "head.bias": torch.randn(N_OUT, generator=rng) * 0.3,
    }


def _write_tokenizer(folder: Path) -> None:
    """Write one that cuts and fills as the published one does, which the reader must not let it do."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    ids = {word: number for number, word in enumerate(dict.fromkeys(VOCABULARY))}
    made = Tokenizer(models.WordPiece(ids, unk_token=UNKNOWN, max_input_chars_per_word=100))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens([*MARKS, UNKNOWN])
    made.enable_truncation(12)
    made.enable_padding(length=12, pad_id=PAD, pad_token=FILLING)
    made.save(str(folder / "tokenizer.json"))
