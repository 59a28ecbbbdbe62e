package dev.imago.serve.fields;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// What becomes of a field of a request.
public sealed interface FieldUse {
  /// It does what it says.
  record Honoured() implements FieldUse {}

  /// It changes nothing in the answer, here or elsewhere.
  record Accepted() implements FieldUse {}

  /// It would change the answer.
  ///
  /// @param neutral the values, as JSON, at which it would not, which are let through
  /// @param instead what to do; empty where leaving it out is all
  record Refused(List<JsonNode> neutral, String instead) implements FieldUse {
    public Refused {
      neutral = List.copyOf(neutral);
    }
  }
}
