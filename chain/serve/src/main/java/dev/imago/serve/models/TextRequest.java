package dev.imago.serve.models;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.model.ModelInput;
import dev.imago.serve.fields.RouteFields;
import dev.imago.tasks.classification.TextTask;
import java.util.ArrayList;
import java.util.List;

/// A request that has texts labelled, or made vectors, in vLLM's form: `model`, `input`.
///
/// @param texts at least one
/// @param pairs the second text of each; empty where there is one each
/// @param truncated whether what is longer than `longest` is cut rather than refused
/// @param longest ids of a text
public record TextRequest(
    ServedPredictor model, List<String> texts, List<String> pairs, boolean truncated, int longest) {
  /// The second of two texts that belong together.
  public static final String PAIR = "text_pair";

  private static final int MOST_TEXTS = 256;

  /// The fields of such a request.
  public static RouteFields fields(String path) {
    return RouteFields.of(path)
        .honoured("model", "input", "truncate_prompt_tokens")
        .accepted("user")
        .refused("priority", "requests are answered in their order", "0");
  }

  /// @param known the route's fields
  public static TextRequest read(JsonFields fields, Models models, RouteFields known) {
    known.check(fields);
    ServedPredictor model = models.predicting(fields.string("model"), known.path());
    List<String> texts = fields.strings("input", MOST_TEXTS);
    if (texts.isEmpty()) {
      throw ApiException.invalid(
          "input",
          fields.has("input")
              ? "input = [] holds no text; give one at least"
              : "input is missing; it is a text or a list of texts");
    }
    List<String> pairs =
        known.uses().containsKey(PAIR) ? fields.strings(PAIR, MOST_TEXTS) : List.of();
    if (!pairs.isEmpty() && pairs.size() != texts.size()) {
      throw ApiException.invalid(
          PAIR,
          "text_pair has %d texts and input %d: send as many, the second of each two"
              .formatted(pairs.size(), texts.size()));
    }
    int context = model.context();
    long longest = fields.integer("truncate_prompt_tokens", -1, context).orElse(0L);
    return new TextRequest(
        model, texts, pairs, longest != 0, longest <= 0 ? context : Math.toIntExact(longest));
  }

  /// Each text, with its second one where there is one, as the model reads it, cut where that was
  /// asked for.
  public List<ModelInput> inputs() {
    var inputs = new ArrayList<ModelInput>();
    for (int i = 0; i < texts.size(); i++) {
      ModelInput whole = input(i, Integer.MAX_VALUE);
      admit(i, whole.length());
      inputs.add(whole.length() > longest ? input(i, longest) : whole);
    }
    return inputs;
  }

  private ModelInput input(int i, int most) {
    String pair = pairs.isEmpty() ? "" : pairs.get(i);
    return TextTask.question(texts.get(i), pair, model.tokenizer(), most).input();
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
