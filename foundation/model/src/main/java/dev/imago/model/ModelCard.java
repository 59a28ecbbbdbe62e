package dev.imago.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.imago.tensor.GgufValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a model says of itself. Each link that makes weights adds what it did; the card travels in
/// the model's own files, so that a model says the same wherever it is moved: as front matter of a
/// Hugging Face folder's `README.md` ([ModelCardText]), and in a GGUF's metadata.
///
/// It holds counts, names of languages and one example of a prompt, and no path, no time and no
/// file name: the same work gives the same card, and a published model tells nothing of the machine
/// that it was made on.
///
/// @param name that clients call the model by; empty where nobody named it
/// @param about what a person said of it; empty for what [#description] makes of the rest
/// @param hint an example of a prompt; empty where there is none
/// @param parameters trainable numbers; 0 where that is not known
/// @param languages of the text, ISO 639, most of it first
/// @param reading what it was pre-trained on, where that is known
/// @param tuning what it was tuned on, where it was
public record ModelCard(
    String name,
    String about,
    String hint,
    long parameters,
    List<String> languages,
    @Nullable Reading reading,
    @Nullable Tuning tuning) {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /// The key of our own facts in a GGUF; all others are the format's.
  private static final String FACTS = "imago.card";

  /// What was read.
  ///
  /// @param documents that were there to train on
  /// @param bytes of them, in UTF-8
  /// @param corpusTokens of them, by the model's own tokenizer
  /// @param tokens that training saw, repeated ones too
  /// @param seed of that training
  /// @param languages bytes by language, most first; `java` for Java
  /// @param kinds documents by kind, such as `code` and `prose`, most first
  public record Reading(
      long documents,
      long bytes,
      long corpusTokens,
      long tokens,
      long seed,
      Map<String, Long> languages,
      Map<String, Long> kinds) {
    public Reading {
      languages = copy(languages);
      kinds = copy(kinds);
    }

    private static Map<String, Long> copy(@Nullable Map<String, Long> counts) {
      return counts == null
          ? Map.of()
          : java.util.Collections.unmodifiableMap(new LinkedHashMap<>(counts));
    }
  }

  /// What was tuned on.
  ///
  /// @param pairs of a prompt and its answer, or of a text and its labels
  /// @param examples that training saw, repeated ones too
  /// @param task that was learned, as the hub names it: `text-classification`,
  ///   `token-classification`; empty for text generation
  public record Tuning(
      long pairs, long examples, @JsonInclude(JsonInclude.Include.NON_EMPTY) String task) {
    public Tuning {
      task = task == null ? "" : task;
    }

    /// Text generation.
    public Tuning(long pairs, long examples) {
      this(pairs, examples, "");
    }
  }

  public ModelCard {
    name = name == null ? "" : name;
    about = about == null ? "" : about;
    hint = hint == null ? "" : hint;
    languages = languages == null ? List.of() : List.copyOf(languages);
  }

  /// A card that holds a name and nothing else.
  public static ModelCard named(String name) {
    return new ModelCard(name, "", "", 0, List.of(), null, null);
  }

  /// A card of what was read.
  public static ModelCard of(Reading reading, long parameters, String hint) {
    List<String> languages =
        reading.languages().keySet().stream().filter(l -> l.matches("[a-z]{2,3}")).toList();
    return new ModelCard(
        "",
        "",
        hint,
        parameters,
        languages.stream().filter(l -> !l.equals("und")).toList(),
        reading,
        null);
  }

  /// The same after tuning.
  ///
  /// @param example a prompt as it was tuned on; empty to keep the hint
  public ModelCard tuned(Tuning done, String example) {
    return new ModelCard(
        name, about, example.isEmpty() ? hint : example, parameters, languages, reading, done);
  }

  /// The same with what a person says of it; what is empty stays as it is.
  public ModelCard called(String ownName, String ownAbout, String ownHint) {
    return new ModelCard(
        ownName.isBlank() ? name : ownName,
        ownAbout.isBlank() ? about : ownAbout,
        ownHint.isBlank() ? hint : ownHint,
        parameters,
        languages,
        reading,
        tuning);
  }

  /// The same, with a count where there was none.
  public ModelCard ofParameters(long count) {
    return new ModelCard(
        name, about, hint, parameters == 0 ? count : parameters, languages, reading, tuning);
  }

  /// What the model is, in a sentence or two of English.
  public String description() {
    return about.isBlank() ? CardWords.describe(this) : about;
  }

  /// The card's keys of a GGUF: the format's own ones, as other software shows them, and ours.
  public SequencedMap<String, GgufValue> metadata() {
    var to = new LinkedHashMap<String, GgufValue>();
    to.put("general.name", new GgufValue.Text(name.isBlank() ? "imago" : name));
    if (parameters == 0) {
      return to;
    }
    to.put("general.description", new GgufValue.Text(description()));
    to.put("general.size_label", new GgufValue.Text(CardWords.label(parameters)));
    to.put("general.tags", new GgufValue.Texts(tags()));
    if (!languages.isEmpty()) {
      to.put("general.languages", new GgufValue.Texts(languages));
    }
    to.put(FACTS, new GgufValue.Text(JSON.writeValueAsString(this)));
    return to;
  }

  /// What the model does, as the hub names it.
  String pipeline() {
    return tuning == null || tuning.task().isEmpty() ? "text-generation" : tuning.task();
  }

  /// Words by which a model is found.
  List<String> tags() {
    var tags = new ArrayList<>(List.of("imago", pipeline()));
    if (reading != null) {
      tags.addAll(reading.kinds().keySet());
    }
    if (tuning != null && tuning.task().isEmpty()) {
      tags.add("conversational");
    }
    return tags;
  }

  /// Reads a GGUF's metadata, ours or another's.
  ///
  /// @param parameters of the model, for a file that says nothing of them
  public static ModelCard of(Map<String, GgufValue> metadata, long parameters) {
    if (metadata.get(FACTS) instanceof GgufValue.Text(String json)) {
      try {
        return facts(JSON.readTree(json)).ofParameters(parameters);
      } catch (JacksonException e) {
        // A card that somebody broke is no reason not to run the model.
      }
    }
    List<String> languages =
        metadata.get("general.languages") instanceof GgufValue.Texts texts
            ? texts.values()
            : List.of();
    return new ModelCard(
        text(metadata, "general.name"),
        text(metadata, "general.description"),
        "",
        parameters,
        languages,
        null,
        null);
  }

  /// A card as JSON or YAML holds it; unknown fields are passed over.
  static ModelCard facts(JsonNode node) {
    return JSON.treeToValue(node, ModelCard.class);
  }

  private static String text(Map<String, GgufValue> metadata, String key) {
    return metadata.get(key) instanceof GgufValue.Text(String value) ? value.strip() : "";
  }
}
