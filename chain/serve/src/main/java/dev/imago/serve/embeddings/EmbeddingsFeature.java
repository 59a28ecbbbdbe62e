package dev.imago.serve.embeddings;

import dev.imago.http.ApiException;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.model.ModelInput;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.TextRequest;
import dev.imago.tasks.embedding.Cosine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// `POST /v1/embeddings`: the vector of each text, or list of token ids, by the model's own
/// pooling, of length 1. Requests and answers are OpenAI's.
public final class EmbeddingsFeature implements Feature {
  public static final String PATH = "/v1/embeddings";

  public static final RouteFields FIELDS =
      TextRequest.fields(PATH).honoured("encoding_format", "dimensions");

  private static final int MOST_INPUTS = 2048;

  private final Models models;

  public EmbeddingsFeature(Models models) {
    this.models = models;
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
    boolean packed = packed(fields);
    ServedPredictor model;
    List<ModelInput> inputs;
    if (ids(fields.get("input"))) {
      FIELDS.check(fields);
      model = models.predicting(fields.string("model"), PATH);
      inputs = inputs(fields, model);
    } else {
      TextRequest request = TextRequest.read(fields, models, FIELDS);
      model = request.model();
      inputs = request.inputs();
    }
    int tokens = inputs.stream().mapToInt(ModelInput::length).sum();
    var data = new ArrayList<Map<String, Object>>();
    for (float[][] rows : model.scores(inputs)) {
      float[] vector = vector(fields, rows[0]);
      var one = new LinkedHashMap<String, Object>();
      one.put("object", "embedding");
      one.put("index", data.size());
      one.put("embedding", packed ? base64(vector) : vector);
      data.add(one);
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("object", "list");
    body.put("data", data);
    body.put("model", model.name());
    body.put("usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens));
    return body;
  }

  /// Whether the input is token ids, or lists of them.
  private static boolean ids(@Nullable JsonNode input) {
    return input != null
        && input.isArray()
        && !input.isEmpty()
        && (input.get(0).isNumber() || input.get(0).isArray());
  }

  private static List<ModelInput> inputs(JsonFields fields, ServedPredictor model) {
    JsonNode input = fields.get("input");
    if (input == null) {
      throw ApiException.invalid("input", "input is missing");
    }
    int longest =
        Math.toIntExact(fields.integer("truncate_prompt_tokens", -1, model.context()).orElse(0L));
    List<JsonNode> lists = input.get(0).isArray() ? List.copyOf(input.values()) : List.of(input);
    if (lists.size() > MOST_INPUTS) {
      throw ApiException.invalid(
          "input",
          "input has %d lists of token ids; at most %d are allowed"
              .formatted(lists.size(), MOST_INPUTS));
    }
    var inputs = new ArrayList<ModelInput>();
    for (JsonNode list : lists) {
      String at = input.get(0).isArray() ? "input[%d]".formatted(inputs.size()) : "input";
      int[] read = read(list, at, model.vocabularySize() - 1);
      int most = longest > 0 ? longest : model.context();
      if (read.length > most && longest == 0) {
        throw ApiException.invalid(
            "input",
            "context_length_exceeded",
            "%s has %d tokens, and the model reads %d at most: shorten it, or send truncate_prompt_tokens = -1 to have it cut"
                .formatted(at, read.length, most));
      }
      inputs.add(ModelInput.of(read.length > most ? Arrays.copyOf(read, most) : read));
    }
    return inputs;
  }

  private static int[] read(JsonNode list, String at, int mostId) {
    boolean good =
        list.isArray()
            && !list.isEmpty()
            && list.valueStream()
                .allMatch(
                    id ->
                        id.isIntegralNumber()
                            && id.canConvertToInt()
                            && id.intValue() >= 0
                            && id.intValue() <= mostId);
    if (!good) {
      throw ApiException.invalid(
          "input",
          "%s is no list of at least one token id in 0 … %d; send texts, or ids of this model"
              .formatted(at, mostId));
    }
    return list.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  private static boolean packed(JsonFields fields) {
    return switch (fields.string("encoding_format").orElse("float")) {
      case "float" -> false;
      case "base64" -> true;
      default ->
          throw ApiException.invalid(
              "encoding_format", "encoding_format is neither float nor base64; send one of them");
    };
  }

  /// Of length 1: the first of its numbers where fewer are wanted, which say the most in models
  /// that were trained for it. Kusupati et al. 2022, arXiv:2205.13147.
  private static float[] vector(JsonFields fields, float[] row) {
    int width = row.length;
    int wanted = Math.toIntExact(fields.integer("dimensions", 1, 1 << 20).orElse((long) width));
    if (wanted > width) {
      throw ApiException.invalid(
          "dimensions",
          "dimensions = %d, and this model's vectors have %d: ask for at most those, or leave it out"
              .formatted(wanted, width));
    }
    return Cosine.unit(Arrays.copyOf(row, wanted));
  }

  /// Little-endian single precision, as OpenAI's clients ask for it.
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
