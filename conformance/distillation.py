"""Prints PyTorch's loss of a student beside a teacher, its parts and gradients, on small numbers: DistillationLossTest holds them.

  python conformance/distillation.py
"""
import torch, torch.nn.functional as F
torch.set_printoptions(precision=7)
def n(seed, *shape): # the same numbers in any language
    k = torch.arange(torch.Size(shape).numel())
    return (((k * 37 + seed) % 19 - 9) / 8.0).float().view(*shape)
ids, targets = torch.tensor([1, 4, 2, 3, 0, 5]), torch.tensor([4, 2, -100, 0, 5, 1])
counts = targets >= 0
for alpha, T in ((0.7, 2.0), (1.0, 1.0), (0.25, 4.0)):
    e, w, b = (x.requires_grad_() for x in (n(3, 6, 4), n(5, 6, 4), n(7, 6)))
    zs, zt = e[ids] @ w.t() + b, n(11, 6, 3)[ids] @ n(13, 6, 3).t()
    soft = lambda z: torch.log_softmax(z[counts] / T, -1)
    kl = T * T * F.kl_div(soft(zs), soft(zt), reduction="sum", log_target=True)
    ce = F.cross_entropy(zs, targets, reduction="sum")
    loss = alpha * kl + (1 - alpha) * ce
    loss.backward()
    print(alpha, T, "loss %.6f kl %.6f ce %.6f" % tuple(x.detach() for x in (loss, kl, ce)))
    for name, p in (("e", e), ("w", w), ("b", b)): print(" ", name, [round(float(x), 6) for x in p.grad.reshape(-1)[:6]], round(float(p.grad.double().square().sum()), 5))
