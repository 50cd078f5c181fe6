"""The weights of the reader of values: those of all-mpnet-base-v2, and the changes of low rank that were learnt.

A change to a linear map W is D U, so that x becomes x W + x D U. The sum of both is made once, in fp32: in bf16 so
small a change would be rounded away.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from backends.reader_forward import Layer, Norm, Projection, ReaderWeights

if TYPE_CHECKING:
    from torch import Tensor

MPNET = "mpnet"
N_OUT = 4
MARKS = ("<s>", "</s>", "<pad>")
LINEARS = {
    "query": "attention.attn.q",
    "key": "attention.attn.k",
    "value": "attention.attn.v",
    "out": "attention.attn.o",
    "inner": "intermediate.dense",
    "outer": "output.dense",
}
"""Our name of each linear map of a layer to the checkpoint's."""
Changes = Mapping[str, "Tensor"]
"""``layers.N.MAP.down`` (in, rank) and ``.up`` (rank, out) for each linear map; ``head.weight`` (4, 2 * width) and
``head.bias`` (4,)."""


class Base(NamedTuple):
    """A checkpoint as its authors publish it."""

    config: dict[str, Any]
    tensors: Mapping[str, "Tensor"]
    marks: tuple[int, int, int]
    """Tokens that begin, end and fill an input."""


def marks_of(tokenizer: Any) -> tuple[int, int, int]:  # the library leaves it untyped
    """Return the tokens that begin, end and fill an input; ValueError where the tokenizer has none."""
    begin, end, pad = (tokenizer.token_to_id(mark) for mark in MARKS)
    if None in {begin, end, pad}:
        raise ValueError(f"the tokenizer lacks one of {', '.join(MARKS)}")
    return begin, end, pad


def read_base(folder: Path, marks: tuple[int, int, int]) -> Base:
    """Return the checkpoint in a folder: ``config.json`` and ``model.safetensors``, of the kind MPNet.

    Raises:
        OSError, ValueError: a file is not there or is something else.
    """
    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("model_type") != MPNET:
        raise ValueError(f"it holds a model of the kind {config.get('model_type')!r}, not {MPNET!r}")
    tensors = load_file(folder / "model.safetensors")
    return Base(config, {name.removeprefix(f"{MPNET}."): one.float() for name, one in tensors.items()}, marks)


def changed(base: Base, changes: Changes) -> ReaderWeights:
    """Return the weights of a checkpoint with changes; gradients flow to the changes.

    Raises:
        KeyError: a part is missing.
        RuntimeError, ValueError: shapes do not fit.
    """
    head = (N_OUT, 2 * base.config["hidden_size"])
    if changes["head.weight"].shape != head:
        raise ValueError(f"the head has the shape {tuple(changes['head.weight'].shape)}, not {head}")
    return ReaderWeights(
        words=base.tensors["embeddings.word_embeddings.weight"],
        places=base.tensors["embeddings.position_embeddings.weight"],
        embedding_norm=_norm(base, "embeddings.LayerNorm"),
        distances=base.tensors["encoder.relative_attention_bias.weight"],
        layers=tuple(_layer(base, number, changes) for number in range(base.config["num_hidden_layers"])),
        head=Projection(changes["head.weight"], changes["head.bias"]),
        n_heads=base.config["num_attention_heads"],
        epsilon=base.config["layer_norm_eps"],
        begin=base.marks[0],
        end=base.marks[1],
        pad=base.marks[2],
    )


def _layer(base: Base, number: int, changes: Changes) -> Layer:
    here, ours = f"encoder.layer.{number}", f"layers.{number}"
    maps = {name: _projection(base, f"{here}.{theirs}", changes, f"{ours}.{name}") for name, theirs in LINEARS.items()}
    return Layer(
        query=maps["query"],
        key=maps["key"],
        value=maps["value"],
        out=maps["out"],
        attention_norm=_norm(base, f"{here}.attention.LayerNorm"),
        inner=maps["inner"],
        outer=maps["outer"],
        feed_norm=_norm(base, f"{here}.output.LayerNorm"),
    )


def _projection(base: Base, theirs: str, changes: Changes, ours: str) -> Projection:
    weight = base.tensors[f"{theirs}.weight"]
    change = (changes[f"{ours}.down"] @ changes[f"{ours}.up"]).t()
    return Projection(weight + change, base.tensors[f"{theirs}.bias"])


def _norm(base: Base, theirs: str) -> Norm:
    return Norm(base.tensors[f"{theirs}.weight"], base.tensors[f"{theirs}.bias"])
