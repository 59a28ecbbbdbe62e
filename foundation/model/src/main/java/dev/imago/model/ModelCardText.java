package dev.imago.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// A [ModelCard] as a `README.md` with YAML front matter, the form that Hugging Face's hub shows
/// and searches: `language`, `tags`, `library_name`, `pipeline_tag` are its keys, `imago` is ours
/// and holds the card whole.
public final class ModelCardText {
  /// The file's name beside the weights.
  public static final String FILE = "README.md";

  private static final String FENCE = "---\n";
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
          .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLWriteFeature.SPLIT_LINES)
          .build();

  private ModelCardText() {}

  /// The file's text.
  ///
  /// @param library that loads the weights, as the hub names it: `transformers`, `gguf`
  public static String write(ModelCard card, String library) {
    return fenced(front(card, library)) + "\n" + body(card);
  }

  /// The front matter's fields, in the order of the file; `imago`, the card whole, is the last.
  ///
  /// @param library that loads the weights, as the hub names it: `transformers`, `gguf`
  public static SequencedMap<String, Object> front(ModelCard card, String library) {
    var front = new LinkedHashMap<String, Object>();
    if (!card.languages().isEmpty()) {
      front.put("language", card.languages());
    }
    front.put("library_name", library);
    front.put("pipeline_tag", card.pipeline());
    front.put("tags", card.tags());
    front.put("imago", card);
    return front;
  }

  /// Fields as front matter, with its fences.
  public static String fenced(Map<String, Object> front) {
    return FENCE + YAML.writeValueAsString(front) + FENCE;
  }

  /// What stands below the front matter: title, description, an example, the counts, the limits.
  public static String body(ModelCard card) {
    var text = new StringBuilder();
    text.append("# ").append(card.name().isBlank() ? "A language model" : card.name());
    text.append("\n\n").append(card.description()).append('\n');
    if (!card.hint().isEmpty()) {
      text.append("\nAn example of %s:\n\n```\n".formatted(CardWords.given(card)))
          .append(card.hint())
          .append("\n```\n");
    }
    text.append("\n| | |\n|---|---|\n");
    rows(card).forEach((k, v) -> text.append("| %s | %s |\n".formatted(k, v)));
    text.append("\nMade by Imago. %s\n".formatted(CardWords.limits(card)));
    return text.toString();
  }

  private static Map<String, String> rows(ModelCard card) {
    var rows = new LinkedHashMap<String, String>();
    rows.put("parameters", number(card.parameters()));
    ModelCard.Reading read = card.reading();
    if (read != null) {
      rows.put("documents", number(read.documents()));
      rows.put("bytes of UTF-8", number(read.bytes()));
      rows.put("tokens of them", number(read.corpusTokens()));
      rows.put("tokens seen in pre-training", number(read.tokens()));
      rows.put("seed", Long.toString(read.seed()));
    }
    ModelCard.Tuning tuned = card.tuning();
    if (tuned != null) {
      rows.put(CardWords.examples(tuned), number(tuned.pairs()));
      rows.put("examples seen in tuning", number(tuned.examples()));
    }
    return rows;
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /// A field of a `README.md`'s front matter that holds a text, such as `license`; empty where
  /// there is none, or it cannot be read.
  public static String field(String text, String name) {
    try {
      return YAML.readTree(frontOf(text)).path(name).asString("");
    } catch (JacksonException e) {
      return "";
    }
  }

  /// The YAML between the fences; empty where there are none.
  private static String frontOf(String text) {
    String unix = text.replace("\r\n", "\n");
    int end = unix.startsWith(FENCE) ? unix.indexOf("\n" + FENCE, FENCE.length() - 1) : -1;
    return end < 0 ? "" : unix.substring(FENCE.length(), end + 1);
  }

  /// Reads a `README.md`, ours or another's; what cannot be read is left out.
  public static ModelCard read(String text) {
    String yaml = frontOf(text);
    if (yaml.isEmpty()) {
      return ModelCard.named("");
    }
    try {
      JsonNode front = YAML.readTree(yaml);
      if (front.path("imago").isObject()) {
        return ModelCard.facts(front.path("imago"));
      }
      JsonNode language = front.path("language");
      List<String> languages =
          language.isArray()
              ? language
                  .valueStream()
                  .filter(JsonNode::isString)
                  .map(JsonNode::stringValue)
                  .toList()
              : language.isString() ? List.of(language.stringValue()) : List.of();
      return new ModelCard("", "", "", 0, languages, null, null);
    } catch (JacksonException e) {
      return ModelCard.named("");
    }
  }
}
