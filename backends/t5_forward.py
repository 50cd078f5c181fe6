"""One pass of a T5 model over many short inputs, without padding where that is cheaper, and one step of its decoder.

The same arithmetic as the library's own forward with an attention mask, in another order:

- All inputs of a batch lie behind one another, so projections see no padding; attention runs over inputs of one length
  at a time. On a graphics card lengths are rounded up and the added places are masked: fewer, larger launches.
- The decoder reads one position of a sequence whose beginning is the same for all, so keys and values of the encoder's
  output are never made: with one query q, q (W_k h) = (q W_k) h, and the weighted sum of W_v h is W_v of the weighted
  sum.
- A decoder that starts with its padding mark, as T5's do, reads one token twice to reach position 1. Equal keys and
  equal values give equal states, so both positions say the same and one is computed.
- Only the rows of the output embedding that the questions name are multiplied.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from backends.t5_weights import CrossAttention, FeedForward, SelfAttention, T5Weights

if TYPE_CHECKING:
    from torch import Tensor


class Run(NamedTuple):
    """Inputs of one length that lie behind one another in a batch."""

    first_input: int
    n: int
    length: int
    """With padding."""
    first_token: int
    bias: "Tensor"
    """Added to the attention of the encoder: distance, and minus infinity on padding."""
    padding: "Tensor | None"
    """Minus infinity on padding, else 0: shape (n, 1, length); ``None`` where there is none."""

    @property
    def inputs(self) -> slice:
        """Rows of the inputs."""
        return slice(self.first_input, self.first_input + self.n)

    @property
    def tokens(self) -> slice:
        """Rows of the tokens."""
        return slice(self.first_token, self.first_token + self.n * self.length)


def option_logits(
    weights: T5Weights, inputs: Sequence[Sequence[int]], *, rows: Sequence[int], position: int, step: int
) -> "Tensor":
    """Return the logits of the tokens ``rows`` for each input, shape (inputs, rows), fp32, on the weights' device.

    Args:
        weights: of the model.
        inputs: token ids, sorted by length; the longest within the weights' position bias.
        rows: token ids of the output vocabulary.
        position: 0 or 1, the position of the decoder that is read.
        step: lengths are rounded up to multiples of it; 1 pads nothing.
    """
    import torch

    with torch.inference_mode():
        runs, tokens = _lay_out(weights, inputs, step)
        encoded = _encode(weights, tokens, runs)
        n_positions = position + 1 if weights.start != weights.pad else 1
        last = _decode(weights, encoded, runs, n=len(inputs), n_positions=n_positions)
        chosen = weights.head[torch.tensor(rows, device=last.device)].float()
        return last * weights.head_scale @ chosen.t()


def _lay_out(weights: T5Weights, inputs: Sequence[Sequence[int]], step: int) -> tuple[list[Run], "Tensor"]:
    import torch

    device, longest = weights.embedding.device, weights.encoder_bias.shape[-1]
    runs: list[Run] = []
    ids: list[int] = []
    place = 0
    for length, group in groupby(inputs, key=lambda one: min(-(-len(one) // step) * step, longest)):
        members = list(group)
        bias, padding = weights.encoder_bias[:, :, :length, :length], None
        if any(len(one) < length for one in members):
            lengths = torch.tensor([len(one) for one in members], device=device)
            is_padding = torch.arange(length, device=device)[None] >= lengths[:, None]
            padding = torch.zeros(is_padding.shape, device=device).masked_fill_(is_padding, float("-inf"))[:, None]
            bias = bias + padding[:, None].to(bias.dtype)
        runs.append(Run(place, len(members), length, len(ids), bias, padding))
        for one in members:
            ids += [*one, *[weights.pad] * (length - len(one))]
        place += len(members)
    return runs, torch.tensor(ids, device=device)


def _encode(weights: T5Weights, tokens: "Tensor", runs: Sequence[Run]) -> "Tensor":
    state = weights.embedding[tokens].float()
    for layer in weights.encoder:
        _attend(weights, layer.attention, state, runs)
        _feed(weights, layer.feed, state)
    return _norm(weights, state, weights.encoder_norm)


def _attend(weights: T5Weights, attention: SelfAttention, state: "Tensor", runs: Sequence[Run]) -> None:
    from torch.nn.functional import scaled_dot_product_attention

    fused = attention.qkv(_norm(weights, state, attention.norm))
    mixed = fused.new_empty(fused.shape[0], fused.shape[1] // 3)
    for run in runs:
        shape = (run.n, run.length, 3, weights.n_heads, -1)
        query, key, value = fused[run.tokens].view(shape).permute(2, 0, 3, 1, 4)
        out = scaled_dot_product_attention(query, key, value, attn_mask=run.bias, scale=1.0)
        mixed[run.tokens].view(run.n, run.length, weights.n_heads, -1).copy_(out.transpose(1, 2))
    state += attention.out(mixed)


def _feed(weights: T5Weights, feed: FeedForward, state: "Tensor") -> None:
    inner = feed.into(_norm(weights, state, feed.norm))
    if weights.is_gated:
        gate, straight = inner.chunk(2, dim=1)
        state += feed.out(weights.act(gate) * straight)
    else:
        state += feed.out(weights.act(inner))


def _decode(weights: T5Weights, encoded: "Tensor", runs: Sequence[Run], *, n: int, n_positions: int) -> "Tensor":
    """Return the decoder's output at its last position, shape (n, width), fp32."""
    import torch

    begun = torch.tensor([weights.start, weights.pad][:n_positions], device=encoded.device)
    state = weights.embedding[begun].float().repeat(n, 1)
    bias = weights.decoder_bias[:, :, :n_positions, :n_positions]
    whole = [Run(0, n, n_positions, 0, bias, None)]
    for layer in weights.decoder:
        _attend(weights, layer.attention, state, whole)
        _cross(weights, layer.cross, state, encoded, runs)
        _feed(weights, layer.feed, state)
    return _norm(weights, state.view(n, n_positions, -1)[:, -1], weights.decoder_norm).float()


def _cross(weights: T5Weights, cross: CrossAttention, state: "Tensor", encoded: "Tensor", runs: Sequence[Run]) -> None:
    import torch

    n_heads, width = weights.n_heads, encoded.shape[1]
    query = cross.query(_norm(weights, state, cross.norm)).view(state.shape[0], n_heads, -1)
    asked = torch.einsum("rhk,hkd->rhd", query, cross.key)
    n_inputs = sum(run.n for run in runs)
    asked = asked.reshape(n_inputs, -1, width)
    found = torch.empty_like(asked)
    for run in runs:
        there = encoded[run.tokens].view(run.n, run.length, width)
        scores = (asked[run.inputs] @ there.transpose(1, 2)).float()
        if run.padding is not None:
            scores = scores + run.padding
        found[run.inputs] = scores.softmax(-1).to(there.dtype) @ there
    mixed = torch.einsum("rhd,hkd->rhk", found.view(-1, n_heads, width), cross.value)
    state += cross.out(mixed.reshape(state.shape[0], -1))


def _norm(weights: T5Weights, state: "Tensor", scale: "Tensor") -> "Tensor":
    """Root mean square normalisation (Zhang and Sennrich 2019) in fp32, returned in the weights' type."""
    from torch.nn.functional import rms_norm

    return rms_norm(state, (state.shape[-1],), scale.float(), weights.epsilon).to(scale.dtype)
