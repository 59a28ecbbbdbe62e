package dev.imago.serve.embeddings;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.model.ModelInput;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.TextRequest;
import dev.imago.tasks.embedding.Cosine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `POST /v1/embeddings`: the vector of each text by the model's own pooling, of length 1. Requests
/// and answers are OpenAI's.
public final class EmbeddingsFeature implements Feature {
  static final String PATH = "/v1/embeddings";

  private static final Set<String> FIELDS = Set.of("encoding_format", "dimensions");

  private final Models models;

  public EmbeddingsFeature(Models models) {
    this.models = models;
  }

  @Override
  public List<Route> routes() {
    return List.of(Route.post(PATH, Route.Access.KEY, this::embed));
  }

  private void embed(Exchange exchange) {
    JsonFields fields = exchange.fields();
    TextRequest request = TextRequest.read(fields, models, PATH, FIELDS);
    boolean packed = packed(fields);
    ServedPredictor model = request.model();
    List<ModelInput> inputs = request.inputs();
    int tokens = inputs.stream().mapToInt(ModelInput::length).sum();
    var data = new ArrayList<Map<String, Object>>();
    for (float[][] rows : model.scores(inputs)) {
      float[] vector = Cosine.unit(rows[0]);
      checkDimensions(fields, vector.length);
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
    exchange.json(body);
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

  private static void checkDimensions(JsonFields fields, int width) {
    long wanted = fields.integer("dimensions", 1, 1 << 20).orElse((long) width);
    if (wanted != width) {
      throw ApiException.invalid(
          "dimensions",
          "dimensions = %d, and this model's vectors have %d: leave it out"
              .formatted(wanted, width));
    }
  }

  /// Little-endian single precision, as OpenAI's clients ask for it.
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
