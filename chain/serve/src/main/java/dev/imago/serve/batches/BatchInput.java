package dev.imago.serve.batches;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The requests of a batch: a line of JSON each, with `custom_id`, `method`, `url` and `body`.
final class BatchInput {
  static final int MOST = 50_000;
  private static final int MOST_ERRORS = 100;
  private static final int MOST_CHARACTERS = 1 << 22;
  private static final JsonMapper JSON = JsonMapper.shared();

  /// One of them.
  record Line(String customId, ObjectNode body) {}

  private BatchInput() {}

  /// Reads a line that was checked.
  static Line line(String text) {
    JsonNode json = JSON.readTree(text);
    return new Line(json.path("custom_id").asString(), (ObjectNode) json.path("body"));
  }

  /// Counts the requests; whatever is wrong with lines is told in `errors`, each with its number.
  static int check(Path file, String endpoint, ArrayNode errors) throws IOException {
    int count = 0;
    int number = 0;
    Set<String> ids = new HashSet<>();
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        number++;
        if (text.isBlank()) {
          continue;
        }
        count++;
        String wrong = wrong(text, endpoint, ids);
        if (wrong == null && count > MOST) {
          wrong = "the file has more than %,d requests".formatted(MOST);
        }
        if (wrong != null) {
          errors
              .addObject()
              .put("code", "invalid_request")
              .put("line", number)
              .put("message", wrong)
              .putNull("param");
          if (errors.size() >= MOST_ERRORS || count > MOST) {
            return count;
          }
        }
      }
    } catch (CharacterCodingException e) {
      errors
          .addObject()
          .put("code", "invalid_file")
          .put("line", number + 1)
          .put("message", "the file is no UTF-8")
          .putNull("param");
    }
    if (count == 0 && errors.isEmpty()) {
      errors
          .addObject()
          .put("code", "empty_file")
          .put("line", 1)
          .put("message", "the file holds no request")
          .putNull("param");
    }
    return count;
  }

  private static @Nullable String wrong(String text, String endpoint, Set<String> ids) {
    if (text.length() > MOST_CHARACTERS) {
      return "the line has %,d characters, and at most %,d are read"
          .formatted(text.length(), MOST_CHARACTERS);
    }
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JacksonException e) {
      return "the line is no JSON: " + e.getOriginalMessage();
    }
    String id = json.path("custom_id").asString("");
    if (id.isEmpty()) {
      return "custom_id is missing; it is a text by which the answer is found";
    }
    if (!ids.add(id)) {
      return "custom_id = «%s» stands twice".formatted(brief(id));
    }
    if (!json.path("method").asString("").equals("POST")) {
      return "method is not POST";
    }
    if (!json.path("url").asString("").equals(endpoint)) {
      return "url = «%s» is not the batch's endpoint %s"
          .formatted(brief(json.path("url").asString("")), endpoint);
    }
    return json.path("body").isObject() ? null : "body is no object";
  }

  private static String brief(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
