package dev.imago.torch;

import java.util.List;

/// A low-rank addition to a frozen weight: x · (W + scale · up · down)ᵀ, one pair of small matrices
/// for each of the weight's parts. Hu et al. 2021, arXiv:2106.09685.
///
/// *P parts, r rank.*
///
/// @param rank r
/// @param scale alpha / r
/// @param down [P·r,in], the parts stacked
/// @param ups [rows,r] of each part
public record Adapter(int rank, double scale, Slot down, List<Slot> ups) {
  public Adapter {
    ups = List.copyOf(ups);
  }
}
