"""Attention of the transformers backend against transformers' own function (5.19), which copies heads, bit for bit."""

from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
from transformers.integrations.sdpa_attention import sdpa_attention_forward  # noqa: E402

from clue_lib.engines.transformers import attend  # noqa: E402


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("n_queries", [1, 40])
@pytest.mark.parametrize("groups", [1, 3])
def test_padded_rows_attend_as_in_transformers(dtype, n_queries, groups):
    generator = torch.Generator().manual_seed(0)
    query, key, value = (
        torch.randn(4, heads, length, 16, generator=generator).to(dtype)
        for heads, length in ((2 * groups, n_queries), (2, 40), (2, 40))
    )
    mask = torch.ones(40, 40, dtype=torch.bool).tril()[-n_queries:].repeat(4, 1, 1, 1)
    mask[0, :, :, :7] = False  # the first row begins with seven padding tokens
    mask[0, :, :7, :] |= n_queries > 1  # where nothing can be seen transformers lets all be seen
    module = SimpleNamespace(num_key_value_groups=groups, is_causal=True)
    (ours, _), (theirs, _) = (f(module, query, key, value, mask, scaling=0.3) for f in (attend, sdpa_attention_forward))
    assert ours.shape == (4, n_queries, 2 * groups, 16)
    assert torch.equal(ours, theirs)


def test_without_a_mask_it_is_transformers_own():
    query = torch.randn(1, 6, 5, 8, generator=torch.Generator().manual_seed(0))
    module = SimpleNamespace(num_key_value_groups=3, is_causal=True)
    (ours, _), (theirs, _) = (
        f(module, query, query[:, :2], query[:, :2], None) for f in (attend, sdpa_attention_forward)
    )
    assert torch.equal(ours, theirs)
