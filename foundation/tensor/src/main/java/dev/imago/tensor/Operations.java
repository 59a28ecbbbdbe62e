package dev.imago.tensor;

import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The operations that every model is written against; one backend trains (libtorch), one serves
/// (the CPU kernels), and parity tests hold them together. A backend may fuse behind them.
///
/// A backend's instance is bound to one step: it knows the step's token ids, their positions and
/// sequences, and the caches behind them. *N tokens of the step, B its sequences, D width, H query
/// heads, K key–value heads, C width of a head, F feed-forward width, V vocabulary.*
///
/// @param <W> a weight: one tensor, or several on the same input stacked by rows
/// @param <X> an activation
public interface Operations<W, X> {
  /// The rows of `table` [V,D] that an index names, one for each token → [N,D].
  default X gather(W table, Index index) {
    return gather(table, index, 0);
  }

  /// The same, of rows that begin at `from`.
  X gather(W table, Index index, int from);

  /// The row of the id before each token in its sequence, such as a decoder reads that is to tell
  /// its own source: table [V,D] → [N,D].
  ///
  /// @param first the id before a sequence's first token
  X previous(W table, int first);

  /// x [N,in] · weight[out,in]ᵀ + bias [out] → [N,out].
  X linear(X x, W weight, @Nullable W bias);

  /// x / sqrt(mean(x²) + epsilon) · weight, over the last axis, or over each run of C numbers where
  /// the weight is of so many: x [N,D], weight [D] or [C] → [N,D]. Zhang & Sennrich 2019,
  /// arXiv:1910.07467.
  default X rmsNorm(X x, W weight, float epsilon) {
    return rmsNorm(x, weight, epsilon, 0);
  }

  /// The same, with `more` added to the weight.
  X rmsNorm(X x, W weight, float epsilon, float more);

  /// (x − mean) / sqrt(variance + epsilon) · weight + bias, over the last axis. Ba et al. 2016,
  /// arXiv:1607.06450.
  X layerNorm(X x, W weight, W bias, float epsilon);

  /// A function of each number.
  X apply(Nonlinearity function, X x);

  /// function(gate) · up: gateUp [N,2F], gate first → [N,F]. Shazeer 2020, arXiv:2002.05202.
  X gated(Nonlinearity function, X gateUp);

  /// x · factor.
  X scale(X x, float factor);

  /// a + b, of the same shape.
  X add(X a, X b);

  /// A block: what it gives is a function of its inputs and weights alone, so that in training it
  /// may be computed again in place of what it would keep for the way back. Between two blocks
  /// stands nothing but what begins a stack of them.
  default X block(X x, UnaryOperator<X> body) {
    return body.apply(x);
  }

  /// The same, of two inputs.
  ///
  /// @param other such as the rows of the sources; null where they were read before
  default X block(X x, @Nullable X other, BiFunction<X, @Nullable X, X> body) {
    return body.apply(x, other);
  }

  /// In training, each number 0 with the probability `rate`, the others divided by 1 − rate, so
  /// that the mean stays; else x as it is. Srivastava et al. 2014.
  default X dropout(X x, float rate) {
    return dropout(x, rate, false);
  }

  /// The same.
  ///
  /// @param locked whether all rows of a sequence lose the same columns. Gal & Ghahramani 2015,
  ///   arXiv:1512.05287
  default X dropout(X x, float rate, boolean locked) {
    return x;
  }

  /// Columns `from` … `from + count − 1` → [N,count].
  X columns(X x, int from, int count);

  /// Turns each head to its token's position: x [N,heads·C] → the same. Su et al. 2021,
  /// arXiv:2104.09864.
  X rotate(X x, Rope rope);

  /// softmax(q · kᵀ · scale + bias) · v, each token over its own sequence: q [N,H·C], k and v
  /// [N,K·C] → [N,H·C]. Vaswani et al. 2017, arXiv:1706.03762; Ainslie et al. 2023,
  /// arXiv:2305.13245.
  ///
  /// @param bias a table [buckets,H] by the distance of two tokens, where `shape` has buckets
  X attention(X q, X k, X v, AttentionShape shape, @Nullable W bias);

  /// The operations on the sources of the step's sequences, in the order of these: of those that
  /// were not read in a step before; null where there are none. A source is what an encoder reads
  /// and a decoder attends to, M tokens in all.
  @Nullable Operations<W, X> source();

  /// softmax(q · kᵀ · scale) · v, each token over all of its sequence's source: q [N,H·C] → the
  /// same.
  ///
  /// @param layer whose keys and values of sources are kept from step to step, from 0
  /// @param k [M,K·C] of [#source]; null where that is
  /// @param v [M,K·C]
  X across(int layer, X q, @Nullable X k, @Nullable X v, AttentionShape shape);

  /// A recurrent layer over each sequence, as PyTorch computes it and with its order of gates: x
  /// [N,in] → [N,D]; of G gates. Elman 1990; Hochreiter & Schmidhuber 1997 (LSTM); Cho et al. 2014,
  /// arXiv:1406.1078 (GRU).
  ///
  /// @param layer whose state it goes on from, from 0
  /// @param input [G·D,in]
  /// @param recurrent [G·D,D]
  /// @param inputBias [G·D]
  /// @param recurrentBias [G·D]
  X recurrent(Cell cell, int layer, X x, W input, W recurrent, W inputBias, W recurrentBias);

  /// Each token's row and those of the `count` − 1 tokens before it side by side, the oldest first;
  /// zeros before the beginning: x [N,D] → [N,count·D].
  ///
  /// @param layer whose rows it goes on from, from 0
  X recent(int layer, X x, int count);

  /// One row for each sequence, in the order of their first tokens: x [N,D] → [B,D].
  X pool(X x, Pooling pooling);

  /// What a recurrent layer computes of a token and of its state.
  enum Cell {
    /// Gates: input, forget, cell, output.
    LSTM(4, 2),
    /// Gates: reset, update, new.
    GRU(3, 1),
    RNN_TANH(1, 1),
    RNN_RELU(1, 1);

    private final int gates;
    private final int states;

    Cell(int gates, int states) {
      this.gates = gates;
      this.states = states;
    }

    /// G.
    public int gates() {
      return gates;
    }

    /// The state's size, in widths.
    public int states() {
      return states;
    }
  }

  /// What names a token's row of a table.
  enum Index {
    /// Its id.
    TOKEN,
    /// Its place in its sequence, from 0.
    POSITION,
    /// The text of its sequence that it is of: 0, or 1 in the second of two.
    SEGMENT
  }

  /// Which of a sequence's rows stand for it.
  enum Pooling {
    FIRST,
    LAST,
    MEAN
  }
}
