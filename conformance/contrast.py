"""sentence-transformers' MultipleNegativesRankingLoss on given vectors, with its gradients, for dev.imago.torch.ContrastTest:

  python contrast.py OUT.json

Each case has anchors, positives and k negatives an anchor, as vectors [n, 2 + k, d]; the loss is a mean over anchors.
"""
import json
import random
import sys

sys.path.pop(0)  # tokenizers.py beside this file is none of theirs
import torch
from sentence_transformers.losses import MultipleNegativesRankingLoss


class Given(torch.nn.Module):
    """A model whose texts are the vectors themselves."""

    def forward(self, features):
        return {"sentence_embedding": features["vectors"]}


def case(seed, n, negatives, width, scale):
    rng = random.Random(seed)
    values = [[[round(rng.uniform(-1, 1), 3) for _ in range(width)] for _ in range(2 + negatives)] for _ in range(n)]
    vectors = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    loss = MultipleNegativesRankingLoss(Given(), scale=scale)
    columns = [{"vectors": vectors[:, i]} for i in range(2 + negatives)]
    value = loss(columns, torch.zeros(n))
    value.backward()
    return {"scale": scale, "vectors": values, "loss": value.item(), "gradient": vectors.grad.tolist()}


with open(sys.argv[1], "w", encoding="utf-8") as file:
    cases = [case(1, 4, 0, 5, 20.0), case(2, 3, 1, 4, 20.0), case(3, 3, 2, 4, 5.0)]
    json.dump({"cases": cases}, file)
