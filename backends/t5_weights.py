"""The weights of a T5 model, arranged for scoring: fused projections, in fp32, bf16, or int8 by row.

Fused weights become the storage of the original module's own parameters, so that nothing is held twice.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

Projection = Callable[["Tensor"], "Tensor"]
"""Rows in, rows out: shape (rows, in) to (rows, out)."""
INT8_MOST = 127
FINER = 2 * INT8_MOST
"""What a rounding leaves over is half a step at most, so that it fits into int8 in these steps."""
DEEP = 24
"""Layers from which on int8 does less, since their errors add up: an input is rounded twice, or, where the rest is in
bf16, queries, keys and values are too. On the pairs of ``benchmarks.speed.bench_kaleido`` the mean error of a
probability was .0038, .0042 and .0064 for 8, 12 and 24 layers without that; for 24 with two roundings .0048, and with
the feed-forward part alone in int8, beside bf16, .0046."""
WIDE, INT8_LAYERS_OF_WIDE = 2_048, 8
"""Width from which, beside bf16, only the last layers of a deep encoder are in int8. On twelve pairs of the same
benchmark the error was .0067 with all of them and .0033 with these, where bf16 alone had .0037."""


class FeedForward(NamedTuple):
    """The second half of a layer."""

    norm: "Tensor"
    into: Projection
    """To the gate and the linear part side by side where gated, else to the one inner part."""
    out: Projection


class SelfAttention(NamedTuple):
    """Attention of a sequence to itself; queries, keys and values come from one projection."""

    norm: "Tensor"
    qkv: Projection
    out: Projection


class CrossAttention(NamedTuple):
    """Attention of the decoder to the encoder's output."""

    norm: "Tensor"
    query: Projection
    key: "Tensor"
    """Shape (heads, head width, model width)."""
    value: "Tensor"
    """Shape (heads, head width, model width)."""
    out: Projection


class DecoderLayer(NamedTuple):
    """One layer of the decoder."""

    attention: SelfAttention
    cross: CrossAttention
    feed: FeedForward


class EncoderLayer(NamedTuple):
    """One layer of the encoder."""

    attention: SelfAttention
    feed: FeedForward


class T5Weights(NamedTuple):
    """Everything that one pass needs."""

    embedding: "Tensor"
    encoder: tuple[EncoderLayer, ...]
    encoder_norm: "Tensor"
    encoder_bias: "Tensor"
    """Shape (1, heads, longest, longest): from query to key; depends on their distance alone."""
    decoder: tuple[DecoderLayer, ...]
    decoder_norm: "Tensor"
    decoder_bias: "Tensor"
    """Shape (1, heads, 2, 2), with the future masked."""
    head: "Tensor"
    """Shape (vocabulary, model width)."""
    head_scale: float
    """``d_model ** -0.5`` where input and output embeddings were trained as one, else 1."""
    n_heads: int
    epsilon: float
    is_gated: bool
    act: Projection
    start: int
    """Token that the decoder starts with."""
    pad: int


class Int8Projection(NamedTuple):
    """A projection with weights in int8 by output column and inputs by row, so that a row does not see its batch mates.

    Symmetric quantisation, x ~ scale * round(x / scale) with scale = max|x| / 127 (Jacob et al. 2018, section 2). With
    ``finer``, what the rounding of an input leaves over is rounded too, in steps as many times as small, and both go
    through the same product: twice the work, and the weights' rounding alone is left.
    """

    product: Projection
    """From rows in int8 to their product with the weights, scales of the columns applied, fp32."""
    finer: int
    """Steps into which one step of an input is divided; 0 for none."""
    dtype: Any  # the library's own, imported late
    """Of what comes out."""

    def project(self, rows: "Tensor") -> "Tensor":
        """Return the product."""
        import torch

        scale = rows.abs().amax(1, keepdim=True).clamp_(min=1e-30).div_(INT8_MOST)
        left_over = torch.div(rows, scale)
        rounded = left_over.round()
        if not self.finer:
            return self.product(rounded.to(torch.int8)).mul_(scale).to(self.dtype)
        left_over.sub_(rounded).mul_(self.finer).round_()
        coarse, fine = self.product(torch.cat([rounded, left_over]).to(torch.int8)).chunk(2)
        return fine.div_(self.finer).add_(coarse).mul_(scale).to(self.dtype)


def int8_product(weight: "Tensor", scale: "Tensor") -> Projection:
    """Return the map of rows in int8 to their product with ``weight``, shape (out, in), int8, times ``scale``, (out,).

    oneDNN's product of weights that were packed once is faster than the plain one (``benchmarks.speed.bench_int8``),
    which stands in where this build of torch has none, or one that is called otherwise.
    """
    return _packed_product(weight, scale) or plain_int8_product(weight, scale)


def plain_int8_product(weight: "Tensor", scale: "Tensor") -> Projection:
    """Return the same map by torch's own product, with weights that are packed anew each time."""
    import torch

    plain = weight.t().contiguous()
    return lambda rows: torch._int_mm(rows, plain).float().mul_(scale)


def _packed_product(weight: "Tensor", scale: "Tensor") -> Projection | None:
    import torch

    none, onednn = torch.zeros(len(scale), dtype=torch.int32), torch.ops.onednn

    def packed_product(rows: "Tensor") -> "Tensor":
        made: Tensor = onednn.qlinear_pointwise(
            rows, 1.0, 0, packed, scale, none, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return made

    try:
        packed = onednn.qlinear_prepack(weight, None)
        packed_product(weight[:1])
    except (AttributeError, RuntimeError, TypeError):
        return None
    return packed_product


def multiplies_bf16() -> bool:
    """Tell whether the processor has units for matrices in bf16 (AMX), so that bf16 is faster than fp32 there."""
    import torch

    tell = getattr(torch.cpu, "get_capabilities", None)  # an older torch lacks it
    return tell is not None and bool(tell().get("amx_bf16", False))


def arrange(model: Any, *, longest: int, is_int8: bool, is_rest_bf16: bool = False) -> T5Weights:
    """Return the weights of ``model`` (a T5ForConditionalGeneration in evaluation mode) for inputs up to ``longest``.

    With ``is_int8`` the encoder's projections of a normalised state (queries, keys, values and the way into the
    feed-forward part), seven tenths of the work, run in int8; the model's own are given up, so that it can no longer
    be used. The rest stays in fp32: what comes out of the gate has long tails, and there int8 costs most. From
    ``DEEP`` layers on inputs are rounded twice. With ``is_rest_bf16`` too, the rest is in bf16, and from ``DEEP``
    layers on queries, keys and values are as well, and all but the last layers from the width ``WIDE`` on.
    """
    import torch

    config = model.config
    with torch.no_grad():
        dtype = torch.bfloat16 if is_rest_bf16 else model.dtype
        plain = Maker(partial(_plain, dtype=dtype), dtype)
        is_deep = is_int8 and len(model.encoder.block) >= DEEP
        int8 = Maker(partial(_int8, is_twice=is_deep and not is_rest_bf16, dtype=dtype), torch.float32)
        into = int8 if is_int8 else plain
        qkv = plain if is_deep and is_rest_bf16 else into
        is_wide = is_deep and is_rest_bf16 and config.d_model >= WIDE
        n_plain = len(model.encoder.block) - INT8_LAYERS_OF_WIDE if is_wide else 0
        readers = [(plain, plain) if place < n_plain else (qkv, into) for place in range(len(model.encoder.block))]
        first, decoder_first = model.encoder.block[0].layer[0], model.decoder.block[0].layer[0]
        future = torch.full((2, 2), float("-inf"), device=model.device).triu(1)
        bias = first.SelfAttention.compute_bias(longest, longest)
        decoder_bias = decoder_first.SelfAttention.compute_bias(2, 2) + future
        return T5Weights(
            embedding=model.shared.weight,
            encoder=tuple(
                EncoderLayer(_own(block.layer[0], own, plain), _feed(block.layer[1], feed, plain))
                for block, (own, feed) in zip(model.encoder.block, readers, strict=True)
            ),
            encoder_norm=model.encoder.final_layer_norm.weight.to(dtype),
            encoder_bias=bias.to(dtype).contiguous(),
            decoder=tuple(_decoder_layer(block, config.num_heads, plain) for block in model.decoder.block),
            decoder_norm=model.decoder.final_layer_norm.weight.to(dtype),
            decoder_bias=decoder_bias.to(dtype),
            head=model.lm_head.weight,
            head_scale=config.d_model**-0.5 if config.scale_decoder_outputs else 1.0,
            n_heads=config.num_heads,
            epsilon=config.layer_norm_epsilon,
            is_gated=config.is_gated_act,
            act=_act(config.dense_act_fn, model.encoder.block[0].layer[1].DenseReluDense.act),
            start=config.decoder_start_token_id,
            pad=config.pad_token_id,
        )


class Maker(NamedTuple):
    """How projections are made of the library's linear maps."""

    make: Callable[[list[Any]], Projection]
    """From maps of the same rows, their results side by side."""
    dtype: Any
    """In which the rows come."""


def _act(name: str, own: Projection) -> Projection:
    """Return the activation; the library's own ``gelu_new`` takes eight passes over memory for what is one here."""
    from torch.nn.functional import gelu

    return partial(gelu, approximate="tanh") if name == "gelu_new" else own


def _own(layer: Any, qkv: Maker, plain: Maker) -> SelfAttention:
    attention = layer.SelfAttention
    made = qkv.make([attention.q, attention.k, attention.v])
    return SelfAttention(layer.layer_norm.weight.to(qkv.dtype), made, plain.make([attention.o]))


def _feed(layer: Any, into: Maker, plain: Maker) -> FeedForward:
    dense = layer.DenseReluDense
    made = into.make([dense.wi_0, dense.wi_1] if hasattr(dense, "wi_0") else [dense.wi])
    return FeedForward(layer.layer_norm.weight.to(into.dtype), made, plain.make([dense.wo]))


def _decoder_layer(block: Any, n_heads: int, plain: Maker) -> DecoderLayer:
    attention = block.layer[1].EncDecAttention
    cross = CrossAttention(
        norm=block.layer[1].layer_norm.weight.to(plain.dtype),
        query=plain.make([attention.q]),
        key=attention.k.weight.to(plain.dtype).unflatten(0, (n_heads, -1)),
        value=attention.v.weight.to(plain.dtype).unflatten(0, (n_heads, -1)),
        out=plain.make([attention.o]),
    )
    return DecoderLayer(_own(block.layer[0], plain, plain), cross, _feed(block.layer[2], plain, plain))


def _plain(linears: list[Any], *, dtype: Any) -> Projection:
    import torch
    from torch.nn.functional import linear

    weight = torch.cat([one.weight for one in linears]) if len(linears) > 1 else linears[0].weight
    weight = weight.detach()
    start = 0
    for one in linears if weight.dtype == dtype else ():
        stop = start + one.weight.shape[0]
        one.weight.data = weight[start:stop]
        start = stop
    own = weight.to(dtype)
    return lambda rows: linear(rows, own)


def _int8(linears: list[Any], *, is_twice: bool, dtype: Any) -> Projection:
    import torch

    weight = torch.cat([one.weight for one in linears]).detach().float()
    for one in linears:
        one.weight = None
    scale = weight.abs().amax(1).clamp(min=1e-30) / INT8_MOST
    product = int8_product((weight / scale[:, None]).round().to(torch.int8), scale)
    return Int8Projection(product, FINER if is_twice else 0, dtype).project
