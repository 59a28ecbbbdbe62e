package dev.imago.torch;

import dev.imago.tensor.Nonlinearity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is added to a frozen weight, or multiplied with it, for each of its parts or for some of
/// them.
///
/// *P parts, r rank.*
public sealed interface Adapter {
  /// A low-rank addition: x · (W + scale · up · down)ᵀ. Hu et al. 2021, arXiv:2106.09685. With
  /// magnitudes m, each row of that sum has its own length: m · (W + …) / ‖W + …‖. Liu et al. 2024,
  /// arXiv:2402.09353 (DoRA).
  ///
  /// @param dropout share of its inputs that are 0 by chance in training
  /// @param down [Σr,in] of the parts that have one, stacked
  /// @param parts in the order of the weight's
  record LowRank(float dropout, Slot down, List<Part> parts) implements Adapter {
    public LowRank {
      parts = List.copyOf(parts);
    }

    /// Whether lengths of rows are learned.
    boolean magnitudes() {
      return parts.stream().anyMatch(p -> p.magnitude() != null);
    }
  }

  /// One part's own.
  ///
  /// @param down its place among those stacked in `down`; −1 where nothing is added to the part
  /// @param from its first row there
  /// @param rank r
  /// @param scale by which the addition counts
  /// @param up [rows,r]
  /// @param magnitude [rows], of DoRA
  record Part(
      int down, int from, int rank, double scale, @Nullable Slot up, @Nullable Slot magnitude) {
    static final Part NONE = new Part(-1, 0, 0, 0, null, null);
  }

  /// Rows of a table that train, in the place of its own: the embeddings of some tokens, and with
  /// them their scores, where the same table is the last layer.
  ///
  /// @param ids which rows, each once
  /// @param rows [n,D] what they are
  record Rows(List<Integer> ids, Slot rows) implements Adapter {
    public Rows {
      ids = List.copyOf(ids);
    }

    /// The ids as the operations take them.
    long[] indices() {
      return ids.stream().mapToLong(Integer::longValue).toArray();
    }
  }

  /// A small network behind what comes out, beside its own sum: y = x · Wᵀ + b becomes y + f(y ·
  /// downᵀ + a) · upᵀ + c. Houlsby et al. 2019, arXiv:1902.00751. It changes no weight, so that
  /// none holds it.
  ///
  /// @param function f
  /// @param down [r,out]
  /// @param downBias a, [r]
  /// @param up [out,r]
  /// @param upBias c, [out]
  record Bottleneck(Nonlinearity function, Slot down, Slot downBias, Slot up, Slot upBias)
      implements Adapter {}

  /// Learned factors: of the inputs, (x · l) · Wᵀ + b, or of what comes out, l · (x · Wᵀ + b). Liu
  /// et al. 2022, arXiv:2205.05638 (IA³).
  ///
  /// @param inputs which of the two
  /// @param factors l of each part, [in] or [rows]; null for a part without
  record Scaling(boolean inputs, List<@Nullable Slot> factors) implements Adapter {
    public Scaling {
      factors = Collections.unmodifiableList(new ArrayList<>(factors));
    }
  }
}
