"""Blocks of each of ggml's types at random, and what gguf-py (pip install gguf) makes of them.

    python gguf_types.py > foundation/tensor/src/test/resources/dev/imago/tensor/gguf-types.txt

A line: type, two blocks as hex, the SHA-256 of their numbers as little-endian floats. `IMAGO_PEERS=python mvn test` checks many more.
Scales of half precision are finite, as in every file; all other bits are any.
"""
import hashlib
import sys

import numpy as np

from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

# Where a block's halves lie.
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2],
    "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0], "MXFP4": [], "F16": [0], "BF16": [],
}

np.seterr(all="ignore")


def main():
    blocks = int(sys.argv[1]) if len(sys.argv) > 1 else 2  # more by BlockFormatTest
    rng = np.random.default_rng(7)
    for name, halves in HALVES.items():
        size = GGML_QUANT_SIZES[T[name]][1]
        data = rng.integers(0, 256, (blocks, size), dtype=np.uint8)
        if name == "BF16":
            data[:, 1] &= 0xBF  # finite
        for at in halves:
            data[:, at + 1] &= 0xBF
        floats = dequantize(data.reshape(-1), T[name]).astype("<f4")
        print(name, data.tobytes().hex(), hashlib.sha256(floats.tobytes()).hexdigest())

main()
