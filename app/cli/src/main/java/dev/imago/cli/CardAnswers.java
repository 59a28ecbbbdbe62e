package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.EnergySettings;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What only people know of a model or a corpus, as `--answers FILE.yaml` holds it: a text for each
/// question, and `carbon_intensity`.
///
/// @param carbon of the electricity, where it was said: in the answers, or else in the workspace's
///   `energy.yaml`
/// @param folder that files are named beside
record CardAnswers(
    Map<Question, String> texts, Optional<EnergySettings.Carbon> carbon, Path folder) {
  private static final String CARBON = "carbon_intensity";

  /// What is asked. A question of which a card can do without is optional: it is no gap.
  enum Question {
    NAME("name", "How is it called?"),
    LICENSE(
        "license",
        "Under which licence do others get it? An identifier of the hub, such as apache-2.0"),
    LICENSE_FILE("license_file", "Where is the text of that licence? A file beside the answers"),
    AUTHORS("authors", "Who made it and answers for it?"),
    CONTACT("contact", "Where do people write about it?"),
    INTENDED_USE("intended_use", "What is it meant for, and for whom?"),
    OUT_OF_SCOPE_USE("out_of_scope_use", "What must it not be used for?"),
    RISKS("risks", "Which harms, biases and limits are known?"),
    SOURCES_LICENCE(
        "sources_licence", "Under which terms was the text got that states no licence itself?"),
    BASE_MODEL("base_model", "Which model was it made from? Its name on the hub, such as org/name"),
    BASE_LICENCE("base_licence", "Under which licence is the model that it was made from?"),
    CITATION("citation", "How is it cited?");

    final String field;
    final String asks;

    Question(String field, String asks) {
      this.field = field;
      this.asks = asks;
    }
  }

  CardAnswers {
    texts = Map.copyOf(texts);
  }

  Optional<String> to(Question question) {
    return Optional.ofNullable(texts.get(question));
  }

  /// The answers of a file; none without one.
  ///
  /// @param declared of the electricity, where the file says nothing of it
  /// @throws ConfigException for what was not asked, or is no answer
  static CardAnswers read(@Nullable Path file, Optional<EnergySettings.Carbon> declared) {
    if (file == null) {
      return new CardAnswers(Map.of(), declared, Path.of(""));
    }
    JsonNode all;
    try {
      all = YAMLMapper.shared().readTree(Files.readString(file));
    } catch (IOException e) {
      throw new InputException("--answers %s cannot be read; name a file".formatted(file), e);
    } catch (JacksonException e) {
      throw new ConfigException("%s is no YAML: %s".formatted(file, e.getOriginalMessage()), e);
    }
    var texts = new EnumMap<Question, String>(Question.class);
    Optional<EnergySettings.Carbon> carbon = declared;
    for (Map.Entry<String, JsonNode> entry : all.properties()) {
      if (entry.getKey().equals(CARBON)) {
        carbon = carbon(file, entry.getValue()).or(() -> declared);
        continue;
      }
      Question question =
          Stream.of(Question.values())
              .filter(q -> q.field.equals(entry.getKey()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ConfigException(
                          "%s: there is no %s; there are %s, %s"
                              .formatted(file, entry.getKey(), fields(), CARBON)));
      JsonNode value = entry.getValue();
      if (!value.isString() && !value.isNull()) {
        throw new ConfigException(
            "%s: %s = %s is no text; write one".formatted(file, question.field, value));
      }
      if (!value.asString("").isBlank()) {
        texts.put(question, value.asString("").strip());
      }
    }
    Path folder = file.toAbsolutePath().getParent();
    return new CardAnswers(texts, carbon, folder == null ? Path.of("") : folder);
  }

  private static String fields() {
    return Stream.of(Question.values()).map(q -> q.field).collect(Collectors.joining(", "));
  }

  private static Optional<EnergySettings.Carbon> carbon(Path file, JsonNode node) {
    if (node.isNull()) {
      return Optional.empty();
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getKey().matches("grams_per_kwh|year|source|region")) {
        throw new ConfigException(
            "%s: %s has no %s; it has grams_per_kwh, year, source, region"
                .formatted(file, CARBON, entry.getKey()));
      }
    }
    double grams = node.path("grams_per_kwh").asDouble(Double.NaN);
    int year = node.path("year").asInt(0);
    String source = node.path("source").asString("").strip();
    if (!(grams >= 0 && grams <= 5000) || year < 1990 || year > 2100 || source.isEmpty()) {
      throw new ConfigException(
          "%s: %s = %s; it needs grams_per_kwh from 0 to 5000, year from 1990, and the source of the figure"
              .formatted(file, CARBON, node));
    }
    return Optional.of(
        new EnergySettings.Carbon(grams, year, source, node.path("region").asString("").strip()));
  }

  /// The file of the licence's text, where it was named.
  ///
  /// @throws InputException where there is none
  Optional<String> licenceText() {
    return to(Question.LICENSE_FILE)
        .map(
            name -> {
              Path file = folder.resolve(name);
              try {
                return Files.readString(file);
              } catch (IOException e) {
                throw new InputException(
                    "license_file %s cannot be read; name a text file".formatted(file), e);
              }
            });
  }

  /// A file of questions, to be filled in.
  static String questions(Iterable<Question> open, boolean withCarbon) {
    var text = new StringBuilder("# What only people know. Fill in what you can say.\n");
    for (Question question : open) {
      text.append("\n# ").append(question.asks).append('\n');
      text.append(question.field).append(":\n");
    }
    if (withCarbon) {
      text.append(
          """

          # What does the electricity emit, in grams of CO2 equivalents for a kilowatt-hour?
          # carbon_intensity: {grams_per_kwh: 0, year: 2025, source: "", region: ""}
          """);
    }
    return text.toString();
  }
}
