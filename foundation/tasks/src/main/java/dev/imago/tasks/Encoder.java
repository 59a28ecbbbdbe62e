package dev.imago.tasks;

import dev.imago.data.Split;
import java.nio.file.Path;
import java.util.List;

/// How the examples of one task become ids for a model, by that model's tokenizer.
public interface Encoder {
  /// Encodes one side of some labels, in their order.
  ///
  /// @param longest ids of a sequence, at most
  Encoded encode(Path labels, Split split, int longest);

  /// The ids that end what the model says; none where it says nothing.
  default List<Integer> stops() {
    return List.of();
  }
}
