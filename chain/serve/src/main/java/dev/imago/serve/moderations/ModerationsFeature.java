package dev.imago.serve.moderations;

import dev.imago.http.ApiException;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.model.Output;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// `POST /v1/moderations`: which categories a text belongs to, by a served model of classes whose
/// labels are categories. A text longer than the model reads is cut at its end.
///
/// OpenAI's categories that the model does not know are told false, with a score of 0; its other
/// labels are told beside them. A label that says nothing is wrong (`none`, `ok`, `safe`, `clean`,
/// `O`) is no category.
public final class ModerationsFeature implements Feature {
  public static final String PATH = "/v1/moderations";

  public static final RouteFields FIELDS =
      RouteFields.of(PATH).honoured("model", "input").accepted("user", "safety_identifier");

  private static final int MOST_TEXTS = 256;
  private static final List<String> NOTHING =
      List.of("none", "ok", "safe", "clean", "normal", "neutral", "o");
  private static final List<String> CATEGORIES =
      List.of(
          "harassment",
          "harassment/threatening",
          "hate",
          "hate/threatening",
          "illicit",
          "illicit/violent",
          "self-harm",
          "self-harm/intent",
          "self-harm/instructions",
          "sexual",
          "sexual/minors",
          "violence",
          "violence/graphic");

  private final Models models;
  private final UnaryOperator<String> newId;

  /// @param newId makes an id from its prefix
  public ModerationsFeature(Models models, UnaryOperator<String> newId) {
    this.models = models;
    this.newId = newId;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(PATH, Route.Access.KEY, exchange -> exchange.json(answer(exchange.fields()))));
  }

  /// The answer to a request, as JSON.
  ///
  /// @throws ApiException for what cannot be done
  public Map<String, Object> answer(JsonFields fields) {
    FIELDS.check(fields);
    ServedPredictor model = models.classifying(fields.string("model"), PATH);
    if (!(model.output() instanceof Output.Classes output)) {
      throw new IllegalStateException("%s tells no classes".formatted(model.name()));
    }
    List<String> texts = texts(fields);
    var inputs =
        texts.stream()
            .map(t -> TextTask.question(t, "", model.tokenizer(), model.context()).input())
            .toList();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).length() == 0) {
        throw ApiException.invalid(
            "input", "input[%d] has no token: give a text with something in it".formatted(i));
      }
    }
    var results = new ArrayList<Map<String, Object>>();
    for (float[][] scores : model.scores(inputs)) {
      Verdict verdict = Verdict.of(output, scores[0], model.readout().calibration());
      results.add(result(output.labels(), verdict));
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("id", newId.apply("modr-"));
    body.put("model", model.name());
    body.put("results", results);
    return body;
  }

  private static Map<String, Object> result(List<String> labels, Verdict verdict) {
    var flags = new LinkedHashMap<String, Boolean>();
    var scores = new LinkedHashMap<String, Double>();
    var types = new LinkedHashMap<String, List<String>>();
    CATEGORIES.forEach(
        category -> {
          flags.put(category, false);
          scores.put(category, 0.0);
          types.put(category, List.of("text"));
        });
    boolean any = false;
    for (int i = 0; i < labels.size(); i++) {
      String label = labels.get(i);
      if (NOTHING.contains(label.toLowerCase(Locale.ROOT))) {
        continue;
      }
      double score = verdict.shares().get(i);
      boolean flagged = verdict.told().contains(label);
      flags.put(label, flagged);
      scores.put(label, score);
      types.put(label, List.of("text"));
      any |= flagged;
    }
    var result = new LinkedHashMap<String, Object>();
    result.put("flagged", any);
    result.put("categories", flags);
    result.put("category_scores", scores);
    result.put("category_applied_input_types", types);
    return result;
  }

  /// A text, a list of texts, or of parts of type text.
  private static List<String> texts(JsonFields fields) {
    JsonNode input = fields.get("input");
    List<String> texts;
    if (input != null && input.isArray() && !input.isEmpty() && input.get(0).isObject()) {
      texts = new ArrayList<>();
      for (JsonFields part : fields.requiredObjects("input")) {
        String type = part.requiredString("type");
        if (!type.equals("text")) {
          throw ApiException.invalid(
              part.path("type"),
              "unsupported_parameter",
              "%s = «%s»: this model reads text only".formatted(part.path("type"), type));
        }
        texts.add(part.requiredString("text"));
      }
    } else {
      texts = fields.strings("input", MOST_TEXTS);
    }
    if (texts.isEmpty() || texts.size() > MOST_TEXTS) {
      throw ApiException.invalid(
          "input", "input holds %d texts; give 1 … %d".formatted(texts.size(), MOST_TEXTS));
    }
    return texts;
  }
}
