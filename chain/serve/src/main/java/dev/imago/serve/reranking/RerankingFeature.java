package dev.imago.serve.reranking;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import dev.imago.tasks.embedding.Cosine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// `POST /rerank`, and `/v1/rerank`: texts in the order of how well they belong to a query.
/// Requests and answers are Jina's.
///
/// A model that scores two texts reads the query with each of them; one of vectors tells the cosine
/// of their vectors. What is longer than the model reads is cut at its end.
public final class RerankingFeature implements Feature {
  static final String PATH = "/rerank";

  private static final int MOST_DOCUMENTS = 1024;

  public static final RouteFields FIELDS =
      RouteFields.of(PATH)
          .honoured("model", "query", "documents", "top_n", "return_documents")
          .accepted("user");

  private final Models models;

  public RerankingFeature(Models models) {
    this.models = models;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(PATH, Route.Access.KEY, this::rerank),
        Route.post("/v1" + PATH, Route.Access.KEY, this::rerank));
  }

  private record Ranked(int index, double score) {}

  private void rerank(Exchange exchange) {
    JsonFields fields = exchange.fields();
    FIELDS.check(fields);
    ServedPredictor model = models.ranking(fields.string("model"), PATH);
    String query = fields.requiredString("query");
    List<String> documents = documents(fields);
    long most = fields.integer("top_n", 1, Integer.MAX_VALUE).orElse((long) documents.size());
    boolean returned = !fields.has("return_documents") || fields.bool("return_documents");
    List<ModelInput> inputs = inputs(model, query, documents);
    List<Ranked> ranked = scored(model, model.scores(inputs));
    var results = new ArrayList<Map<String, Object>>();
    ranked.stream()
        .sorted(Comparator.comparingDouble(Ranked::score).reversed())
        .limit(most)
        .forEach(
            one -> {
              var result = new LinkedHashMap<String, Object>();
              result.put("index", one.index());
              result.put("relevance_score", one.score());
              if (returned) {
                result.put("document", Map.of("text", documents.get(one.index())));
              }
              results.add(result);
            });
    var body = new LinkedHashMap<String, Object>();
    body.put("model", model.name());
    body.put("results", results);
    int tokens = inputs.stream().mapToInt(ModelInput::length).sum();
    body.put("usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens));
    exchange.json(body);
  }

  /// Texts, or objects with a `text`.
  private static List<String> documents(JsonFields fields) {
    JsonNode given = fields.get("documents");
    if (given == null || !given.isArray() || given.isEmpty() || given.size() > MOST_DOCUMENTS) {
      throw ApiException.invalid(
          "documents",
          "documents is a list of 1 … %,d texts, or of objects with a text"
              .formatted(MOST_DOCUMENTS));
    }
    var documents = new ArrayList<String>();
    for (JsonNode one : given) {
      JsonNode text = one.isObject() ? one.path("text") : one;
      if (!text.isString()) {
        throw ApiException.invalid(
            "documents",
            "documents[%d] is neither a text nor an object with a text"
                .formatted(documents.size()));
      }
      documents.add(text.stringValue());
    }
    return documents;
  }

  /// Of a model that scores two texts, each document with the query; of vectors, the query first.
  private static List<ModelInput> inputs(
      ServedPredictor model, String query, List<String> documents) {
    var inputs = new ArrayList<ModelInput>();
    boolean vectors = model.output() instanceof Output.Embedding;
    if (vectors) {
      inputs.add(input(model, query, ""));
    }
    documents.forEach(d -> inputs.add(vectors ? input(model, d, "") : input(model, query, d)));
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).length() == 0) {
        boolean asked = vectors && i == 0;
        int document = vectors ? i - 1 : i;
        throw ApiException.invalid(
            asked ? "query" : "documents",
            "%s has no token: give a text with something in it"
                .formatted(asked ? "query" : "documents[%d]".formatted(document)));
      }
    }
    return inputs;
  }

  private static ModelInput input(ServedPredictor model, String text, String pair) {
    return TextTask.question(text, pair, model.tokenizer(), model.context()).input();
  }

  private static List<Ranked> scored(ServedPredictor model, List<float[][]> rows) {
    var ranked = new ArrayList<Ranked>();
    if (model.output() instanceof Output.Classes output) {
      for (float[][] of : rows) {
        double score = Verdict.of(output, of[0], model.readout().calibration()).shares().getFirst();
        ranked.add(new Ranked(ranked.size(), score));
      }
      return ranked;
    }
    float[] query = rows.getFirst()[0];
    for (float[][] of : rows.subList(1, rows.size())) {
      ranked.add(new Ranked(ranked.size(), Cosine.of(query, of[0])));
    }
    return ranked;
  }
}
