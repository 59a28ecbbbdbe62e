package dev.imago.serve.models;

import dev.imago.serve.http.ApiException;
import dev.imago.serve.http.JsonFields;
import dev.imago.tasks.classification.Classification;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.IntNode;

/// A request that has texts labelled, or made vectors, in vLLM's form: `model`, `input`.
///
/// @param texts at least one
/// @param truncated whether what is longer than `longest` is cut rather than refused
/// @param longest ids of a text
public record TextRequest(
    ServedPredictor model, List<String> texts, boolean truncated, int longest) {
  private static final int MOST_TEXTS = 256;
  private static final Set<String> KNOWN =
      Set.of("model", "input", "truncate_prompt_tokens", "user", "priority");

  /// @param path of the route, for a model that belongs elsewhere
  public static TextRequest read(JsonFields fields, Models models, String path) {
    return read(fields, models, path, Set.of());
  }

  /// @param path of the route, for a model that belongs elsewhere
  /// @param more fields that the route reads itself
  public static TextRequest read(JsonFields fields, Models models, String path, Set<String> more) {
    var known = new HashSet<>(KNOWN);
    known.addAll(more);
    fields.refuseOthers(known);
    fields.refuseBut(
        "priority", List.of(IntNode.valueOf(0)), "requests are answered in their order");
    ServedPredictor model = models.predicting(fields.string("model"), path);
    List<String> texts = fields.strings("input", MOST_TEXTS);
    if (texts.isEmpty()) {
      throw ApiException.invalid(
          "input",
          fields.has("input")
              ? "input = [] holds no text; give one at least"
              : "input is missing; it is a text or a list of texts");
    }
    int context = model.context();
    long longest = fields.integer("truncate_prompt_tokens", -1, context).orElse(0L);
    return new TextRequest(
        model, texts, longest != 0, longest <= 0 ? context : Math.toIntExact(longest));
  }

  /// The ids of each text, cut where that was asked for.
  public List<int[]> sequences() {
    var sequences = new ArrayList<int[]>();
    for (String text : texts) {
      int[] ids = Classification.ids(text, model.tokenizer(), Integer.MAX_VALUE);
      admit(sequences.size(), ids.length);
      sequences.add(
          ids.length > longest ? Classification.ids(text, model.tokenizer(), longest) : ids);
    }
    return sequences;
  }

  /// Refuses a text that is longer than the model reads, where it was not to be cut.
  ///
  /// @param tokens of the whole text
  public void admit(int index, int tokens) {
    if (tokens == 0) {
      throw ApiException.invalid(
          "input", "input[%d] has no token: give a text with something in it".formatted(index));
    }
    if (tokens > longest && !truncated) {
      throw ApiException.invalid(
          "input",
          "context_length_exceeded",
          "input[%d] has %d tokens, and the model reads %d at most: shorten it, or send truncate_prompt_tokens = -1 to have it cut"
              .formatted(index, tokens, longest));
    }
  }
}
