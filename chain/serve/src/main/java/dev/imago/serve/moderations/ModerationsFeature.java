package dev.imago.serve.moderations;

import dev.imago.http.ApiException;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.moderation.ModerationVerdict;
import dev.imago.moderation.Moderator;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.metering.MeteredRoutes;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// `POST /v1/moderations`: which categories a text belongs to, by a served model of classes whose
/// labels are categories. A text longer than the model reads is cut at its end.
///
/// Where the server has lists of words, what they flag is flagged beside what the model flags, and
/// the higher score of the two is told; without a model of classes, or asked for as `word-lists`,
/// they judge alone.
///
/// OpenAI's categories that the model does not know are told false, with a score of 0; its other
/// labels are told beside them. A label that says nothing is wrong (`none`, `ok`, `safe`, `clean`,
/// `O`) is no category.
public final class ModerationsFeature implements Feature {
  public static final String PATH = "/v1/moderations";

  public static final RouteFields FIELDS =
      RouteFields.of(PATH).honoured("model", "input").accepted("user", "safety_identifier");

  /// By which requests name the lists.
  static final String LISTS = "word-lists";

  private static final int MOST_TEXTS = 256;
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
  private final Supplier<Optional<Moderator>> lists;
  private final UnaryOperator<String> newId;

  /// @param lists judge beside a model, or alone where none tells classes
  /// @param newId makes an id from its prefix
  public ModerationsFeature(
      Models models, Supplier<Optional<Moderator>> lists, UnaryOperator<String> newId) {
    this.models = models;
    this.lists = lists;
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
    List<String> texts = texts(fields);
    Optional<String> named = fields.string("model");
    boolean alone =
        lists.get().isPresent() && named.map(LISTS::equals).orElseGet(() -> !models.classify());
    String name = LISTS;
    List<ModerationVerdict> verdicts;
    if (alone) {
      verdicts =
          MeteredRoutes.read(LISTS, LISTS, 0, () -> texts.stream().map(this::listed).toList());
    } else {
      ServedPredictor model = models.classifying(named, PATH);
      name = model.name();
      verdicts = judged(model, texts);
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("id", newId.apply("modr-"));
    body.put("model", name);
    body.put("results", verdicts.stream().map(ModerationsFeature::result).toList());
    return body;
  }

  private ModerationVerdict listed(String text) {
    return lists
        .get()
        .map(each -> each.judge(text))
        .orElseGet(() -> new ModerationVerdict(Map.of(), Set.of()));
  }

  /// What a model says, and the lists beside it.
  private List<ModerationVerdict> judged(ServedPredictor model, List<String> texts) {
    var verdicts = new ArrayList<ModerationVerdict>();
    for (ModerationVerdict verdict : ModelModerator.verdicts(model, texts, model::scores)) {
      verdicts.add(verdict.with(listed(texts.get(verdicts.size()))));
    }
    return verdicts;
  }

  private static Map<String, Object> result(ModerationVerdict verdict) {
    var scores = new LinkedHashMap<String, Double>();
    CATEGORIES.forEach(category -> scores.put(category, 0.0));
    scores.putAll(verdict.scores());
    var flags = new LinkedHashMap<String, Boolean>();
    var types = new LinkedHashMap<String, List<String>>();
    for (String category : scores.keySet()) {
      flags.put(category, verdict.flagged().contains(category));
      types.put(category, List.of("text"));
    }
    var result = new LinkedHashMap<String, Object>();
    result.put("flagged", verdict.isFlagged());
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
