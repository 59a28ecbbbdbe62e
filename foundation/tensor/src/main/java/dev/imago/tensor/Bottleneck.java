package dev.imago.tensor;

import java.util.List;

/// A small network behind what comes out of a linear layer, which no weight of it holds: y becomes
/// y
/// + f(y · downᵀ + a) · upᵀ + c. Houlsby et al. 2019, arXiv:1902.00751.
///
/// *N tokens, D width of what comes out, r of the network.*
///
/// @param function f
/// @param down [r,D]
/// @param downBias a, [r]
/// @param up [D,r]
/// @param upBias c, [D]
public record Bottleneck(
    Nonlinearity function, HostTensor down, HostTensor downBias, HostTensor up, HostTensor upBias) {
  /// As the kernels take it.
  record Weights(
      Nonlinearity function, CpuWeight down, CpuWeight downBias, CpuWeight up, CpuWeight upBias) {
    /// y [N,D] → [N,D].
    CpuActivation behind(CpuOperations ops, CpuActivation y) {
      CpuActivation inner = ops.apply(function, ops.linear(y, down, downBias));
      return ops.add(y, ops.linear(inner, up, upBias));
    }
  }

  Weights weights() {
    return new Weights(
        function,
        CpuWeight.matrix(List.of(down)),
        CpuWeight.vector(List.of(downBias)),
        CpuWeight.matrix(List.of(up)),
        CpuWeight.vector(List.of(upBias)));
  }
}
