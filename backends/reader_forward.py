"""One pass of an MPNet encoder over situations with all their values beside them.

A row holds one situation and any number of values. The situation sees itself alone; a value sees the situation and
itself, and its places go on where the situation ends, as if it were the only one. So the situation is read once for all
of its values, and a value's logits do not depend on the others.

The encoder is that of all-mpnet-base-v2: attention with a bias by distance (Song and others, MPNet, 2020, with the
buckets of T5), layers normalised after each half. Functions take plain tensors, so that training and scoring run the
same code.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

Tokens = tuple[int, ...]
FIRST_PLACE = 2
"""MPNet counts places from here; lower numbers are padding's."""
FARTHEST = 128
"""Distances from here on share a bucket."""
UNSEEN = -1e4
LENGTH_STEP = 8


class Projection(NamedTuple):
    """A linear map."""

    weight: "Tensor"
    """Shape (out, in)."""
    bias: "Tensor"


class Norm(NamedTuple):
    """A layer normalisation."""

    weight: "Tensor"
    bias: "Tensor"


class Layer(NamedTuple):
    """One layer of the encoder."""

    query: Projection
    key: Projection
    value: Projection
    out: Projection
    attention_norm: Norm
    inner: Projection
    outer: Projection
    feed_norm: Norm


class ReaderWeights(NamedTuple):
    """Everything that one pass needs."""

    words: "Tensor"
    """Shape (vocabulary, width)."""
    places: "Tensor"
    """Shape (places, width)."""
    embedding_norm: Norm
    distances: "Tensor"
    """Shape (buckets, heads)."""
    layers: tuple[Layer, ...]
    head: Projection
    """From twice the width to relevance, supports, opposes, either."""
    n_heads: int
    epsilon: float
    begin: int
    """Token before a situation."""
    end: int
    """Token behind a situation, and around a value."""
    pad: int


class Row(NamedTuple):
    """A situation and the values beside it, as tokens without marks."""

    situation: Tokens
    values: tuple[Tokens, ...]


class _Laid(NamedTuple):
    ids: "Tensor"
    """Shape (rows, length)."""
    owner: "Tensor"
    """Of each token: 0 for the situation, n for the n-th value, -1 for padding."""
    place: "Tensor"


def read(weights: ReaderWeights, rows: Sequence[Row], *, dropout: float = 0.0) -> "Tensor":
    """Return the logits of relevance, supports, opposes and either, shape (values of all rows, 4), fp32.

    Args:
        weights: of the reader.
        rows: one batch; each has a value.
        dropout: share of states that are dropped, in training alone.
    """
    laid = _lay_out(weights, rows)
    state = _encode(weights, laid, dropout=dropout)
    features = _features(state, laid.owner, [len(row.values) for row in rows])
    return _project(_dropped(features, dropout), weights.head)


def _lay_out(weights: ReaderWeights, rows: Sequence[Row]) -> _Laid:
    import torch

    parts: list[tuple[list[int], list[int], list[int]]] = []
    for row in rows:
        ids = [weights.begin, *row.situation, weights.end]
        n = len(ids)
        owner, place = [0] * n, list(range(n))
        for number, value in enumerate(row.values, start=1):
            marked = (weights.end, *value, weights.end)
            ids += marked
            owner += [number] * len(marked)
            place += range(n, n + len(marked))
        parts.append((ids, owner, place))
    longest = -(-max(len(ids) for ids, _, _ in parts) // LENGTH_STEP) * LENGTH_STEP
    blanks = (weights.pad, -1, 0)
    columns = [
        [[*column, *[blank] * (longest - len(column))] for column in columns_]
        for columns_, blank in zip(zip(*parts, strict=True), blanks, strict=True)
    ]
    return _Laid(*(torch.tensor(column, device=weights.words.device) for column in columns))


def _encode(weights: ReaderWeights, laid: _Laid, *, dropout: float) -> "Tensor":
    from torch.nn.functional import gelu, scaled_dot_product_attention

    state = weights.words[laid.ids] + weights.places[laid.place + FIRST_PLACE]
    state = _norm(state, weights.embedding_norm, weights.epsilon)
    bias = _bias(weights, laid)
    shape = (*state.shape[:2], weights.n_heads, -1)
    for layer in weights.layers:
        query, key, value = (
            _project(state, one).view(shape).transpose(1, 2) for one in (layer.query, layer.key, layer.value)
        )
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=bias)
        out = _project(mixed.transpose(1, 2).flatten(2), layer.out)
        state = _norm(state + _dropped(out, dropout), layer.attention_norm, weights.epsilon)
        fed = _project(gelu(_project(state, layer.inner)), layer.outer)
        state = _norm(state + _dropped(fed, dropout), layer.feed_norm, weights.epsilon)
    return state


def _bias(weights: ReaderWeights, laid: _Laid) -> "Tensor":
    """Return what is added to attention, shape (rows, heads, length, length): by distance, and on what is not seen."""
    from torch.nn.functional import embedding

    owner, place = laid.owner, laid.place
    sees = (owner[:, None, :] == owner[:, :, None]) | (owner[:, None, :] == 0)
    bucket = _bucket(place[:, None, :] - place[:, :, None], n_buckets=len(weights.distances))
    by_distance = embedding(bucket, weights.distances).permute(0, 3, 1, 2)
    return by_distance.masked_fill(~sees[:, None], UNSEEN)


def _bucket(distance: "Tensor", *, n_buckets: int) -> "Tensor":
    """Return the bucket of each distance: half of them for each direction, half of these exact, the rest by logarithm.

    Raffel and others, T5 (2020), section 2.1; MPNet takes the same.
    """
    import torch

    half = n_buckets // 2
    exact = half // 2
    ahead = (distance > 0).long() * half
    size = distance.abs()
    steps = torch.log(size.clamp(min=1).float() / exact) / math.log(FARTHEST / exact) * (half - exact)
    return ahead + torch.where(size < exact, size, (exact + steps.long()).clamp(max=half - 1))


def _features(state: "Tensor", owner: "Tensor", n_values: Sequence[int]) -> "Tensor":
    """Return for each value the mean of its states, and that mean times the mean of the situation's, both normalised.

    Shape (values of all rows, 2 * width).
    """
    import torch
    from torch.nn.functional import layer_norm, one_hot

    most, device = max(n_values), state.device
    is_of = one_hot(owner + 1, most + 2)[..., 1:].float()
    means = torch.einsum("rlk,rld->rkd", is_of, state) / is_of.sum(1).clamp(min=1)[..., None]
    values = means[:, 1:]
    pairs = torch.stack([values, values * means[:, :1]], 2)
    is_there = torch.arange(most, device=device)[None] < torch.tensor(n_values, device=device)[:, None]
    return layer_norm(pairs[is_there], (state.shape[-1],)).flatten(1)


def _project(state: "Tensor", projection: Projection) -> "Tensor":
    from torch.nn.functional import linear

    return linear(state, projection.weight, projection.bias)


def _norm(state: "Tensor", norm: Norm, epsilon: float) -> "Tensor":
    from torch.nn.functional import layer_norm

    return layer_norm(state, (state.shape[-1],), norm.weight, norm.bias, epsilon)


def _dropped(state: "Tensor", share: float) -> "Tensor":
    from torch.nn.functional import dropout

    return dropout(state, share, training=share > 0)
