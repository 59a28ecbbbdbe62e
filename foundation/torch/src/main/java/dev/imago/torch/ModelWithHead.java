package dev.imago.torch;

import dev.imago.tensor.Operations;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A model as training sees it: everything before its last layer, and that layer, which is computed
/// together with the loss.
///
/// @param hidden such as `model::hidden`
/// @param weight the last layer's matrix; null of a model of vectors, which has none
/// @param bias its bias, where it has one
/// @param softCap c, where a score s of that layer becomes c · tanh(s / c); 0 for scores as they
///   are
/// @param readout of a CRF: between, start and end; of a parser: root, arcs and relations; empty
///   where there is none
/// @param recomputes whether blocks keep their inputs alone and are computed again on the way back
/// @param virtual what is learned before each sequence; null for nothing
public record ModelWithHead(
    Function<Operations<Slot, Activation>, Activation> hidden,
    @Nullable Slot weight,
    @Nullable Slot bias,
    float softCap,
    List<Slot> readout,
    boolean recomputes,
    @Nullable LearnedTokens virtual) {
  public ModelWithHead {
    readout = List.copyOf(readout);
  }

  /// With nothing before the sequences.
  public ModelWithHead(
      Function<Operations<Slot, Activation>, Activation> hidden,
      @Nullable Slot weight,
      @Nullable Slot bias,
      float softCap,
      List<Slot> readout,
      boolean recomputes) {
    this(hidden, weight, bias, softCap, readout, recomputes, null);
  }

  /// Of scores as they are, without a CRF, and of which all is kept.
  public ModelWithHead(
      Function<Operations<Slot, Activation>, Activation> hidden,
      @Nullable Slot weight,
      @Nullable Slot bias) {
    this(hidden, weight, bias, 0, List.of(), false);
  }

  /// The same, its blocks computed again on the way back.
  public ModelWithHead recomputing() {
    return new ModelWithHead(hidden, weight, bias, softCap, readout, true, virtual);
  }

  /// The same, with learned vectors before each sequence.
  public ModelWithHead behind(LearnedTokens tokens) {
    return new ModelWithHead(hidden, weight, bias, softCap, readout, recomputes, tokens);
  }

  /// The last layer's matrix, for a loss that needs it.
  Slot lastWeight() {
    if (weight == null) {
      throw new IllegalArgumentException("a model of embeddings has no last layer to score with");
    }
    return weight;
  }
}
