"""The lengths of T5's span corruption (Raffel et al. 2020), by the formulas of the T5 library's random_spans_helper, as transformers' run_t5_mlm_flax.py has them; and its noise mask.

  python conformance/spans.py

SpanCorruptionTest has what this prints.
"""
import numpy as np

def lengths(tokens, density, mean):
    noise = int(round(tokens * density)); rest = tokens - noise; spans = int(round(noise / mean))
    return rest + spans + 1, noise + spans + 1

def fitting(inputs, density, mean):
    tokens = inputs
    while lengths(tokens + 1, density, mean)[0] <= inputs: tokens += 1
    return tokens, lengths(tokens, density, mean)[1]

def noise_mask(length, density, mean):
    noise = min(max(int(np.round(length * density)), 1), length - 1)
    spans = max(int(np.round(noise / mean)), 1)
    def segments(n, k):
        first = np.arange(n - 1) < k - 1
        np.random.shuffle(first)
        return np.bincount(np.cumsum(np.pad(first, [[1, 0]])))
    parts = np.stack([segments(length - noise, spans), segments(noise, spans)], 1).reshape(-1)
    return np.repeat(np.arange(2 * spans) % 2 == 1, parts)

for inputs, density, mean in [(512, 0.15, 3), (128, 0.15, 3), (256, 0.15, 3), (512, 0.5, 3), (100, 0.3, 2), (64, 0.15, 8)]:
    tokens, targets = fitting(inputs, density, mean)
    mask = noise_mask(tokens, density, mean)
    starts = int((mask & ~np.roll(mask, 1)).sum())
    assert (len(mask) - mask.sum() + starts + 1, mask.sum() + starts + 1) == lengths(tokens, density, mean) and not mask[0]
    print(inputs, density, mean, tokens, targets)
