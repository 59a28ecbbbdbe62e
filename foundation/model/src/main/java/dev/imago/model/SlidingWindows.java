package dev.imago.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which layers see only the tokens that came last: sliding windows. Beltagy et al. 2020,
/// arXiv:2004.05150.
///
/// @param tokens that a token of those layers sees, itself among them; 0 where no layer is so
/// @param local of each layer, whether it is so; empty where none is
public record SlidingWindows(int tokens, List<Boolean> local) {
  public static final SlidingWindows NONE = new SlidingWindows(0, List.of());

  private static final String SLIDING = "sliding_attention";
  private static final String FULL = "full_attention";

  public SlidingWindows {
    local = List.copyOf(local);
    if (tokens < 0 || tokens == 0 && local.contains(true)) {
      throw new IllegalArgumentException(
          "sliding_window = %d, and there are layers that want one".formatted(tokens));
    }
  }

  /// Of all layers.
  public static SlidingWindows all(int tokens, int layers) {
    return tokens == 0 ? NONE : new SlidingWindows(tokens, Collections.nCopies(layers, true));
  }

  /// As `layer_types` says.
  ///
  /// @param tokens of the window; 0 for none
  /// @param otherwise which layers have one, where the file does not say it
  public static SlidingWindows read(ConfigJson c, int tokens, int layers, IntPredicate otherwise) {
    var local = new ArrayList<Boolean>();
    List<String> types = c.texts("layer_types");
    if (!types.isEmpty() && types.size() != layers) {
      throw new IllegalArgumentException(
          "layer_types names %d layers, and num_hidden_layers is %d"
              .formatted(types.size(), layers));
    }
    for (int i = 0; i < layers; i++) {
      local.add(
          switch (types.isEmpty() ? "" : types.get(i)) {
            case "" -> tokens > 0 && otherwise.test(i);
            case SLIDING -> true;
            case FULL -> false;
            default ->
                throw new IllegalArgumentException(
                    "layer_types = %s is not supported; %s and %s are"
                        .formatted(types.get(i), FULL, SLIDING));
          });
    }
    return local.contains(true) ? new SlidingWindows(tokens, local) : NONE;
  }

  /// Adds `layer_types`.
  ///
  /// @param layers in all
  public void write(ObjectNode config, int layers) {
    ArrayNode types = config.putArray("layer_types");
    for (int i = 0; i < layers; i++) {
      types.add(of(i) > 0 ? SLIDING : FULL);
    }
  }

  /// The tokens that one of a layer sees; 0 for no bound.
  public int of(int layer) {
    return layer < local.size() && local.get(layer) ? tokens : 0;
  }

  /// Whether sequences of this length are never bounded.
  public boolean reaches(int context) {
    return tokens == 0 || tokens >= context;
  }
}
