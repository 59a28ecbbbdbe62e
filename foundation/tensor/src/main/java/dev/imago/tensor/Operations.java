package dev.imago.tensor;

/// The small set of operations that every model is written against; one backend trains (libtorch),
/// one serves (the CPU kernels), and a parity test holds them together.
///
/// A backend's instance is bound to one step: it knows the step's token ids, their positions and
/// sequences, and the caches behind them. *N tokens of the step, D width, H query heads, K
/// key–value heads, C width of a head, F feed-forward width, V vocabulary.*
///
/// @param <W> a weight: one matrix, or several on the same input stacked by rows
/// @param <X> an activation
public interface Operations<W, X> {
  /// The rows of `table` [V,D] for the step's ids → [N,D].
  X embedding(W table);

  /// x [N,in] · weight[out,in]ᵀ → [N,out].
  X linear(X x, W weight);

  /// x / sqrt(mean(x²) + epsilon) · weight, over the last axis: x [N,D], weight [D] → [N,D]. Zhang
  /// & Sennrich 2019, arXiv:1910.07467.
  X rmsNorm(X x, W weight, float epsilon);

  /// Rotates queries and keys, then attends causally, each token to its sequence up to itself: qkv
  /// [N,(H+2K)·C], queries first, then keys, then values → [N,H·C]. Su et al. 2021,
  /// arXiv:2104.09864; Ainslie et al. 2023, arXiv:2305.13245.
  ///
  /// @param layer whose cache the keys and values belong to, from 0
  X attention(int layer, X qkv, AttentionShape shape);

  /// silu(gate) · up: gateUp [N,2F], gate first → [N,F]. Shazeer 2020, arXiv:2002.05202.
  X swiGlu(X gateUp);

  /// a + b, of the same shape.
  X add(X a, X b);
}
