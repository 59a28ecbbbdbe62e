package dev.imago.annotate;

import dev.imago.data.Example;
import dev.imago.data.LabelRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Texts that belong together, and perhaps one that does not, by the names that
/// sentence-transformers and others give them; of no known names the first two or three texts of a
/// row, as sentence-transformers reads its columns.
final class PairRow {
  private static final List<String> ANCHORS =
      List.of(
          "anchor", "query", "question", "sentence1", "sentence_a", "text1", "premise", "source");
  private static final List<String> POSITIVES =
      List.of(
          "positive",
          "pos",
          "answer",
          "document",
          "passage",
          "context",
          "sentence2",
          "sentence_b",
          "text2",
          "hypothesis",
          "target");
  private static final List<String> NEGATIVES =
      List.of("negative", "negative_1", "neg", "hard_negative", "negatives");

  /// Third columns that are no text beside the others.
  private static final List<String> LABELS =
      List.of("label", "labels", "id", "source", "split", "lang");

  private PairRow() {}

  /// Which fields are which.
  ///
  /// @param anchor empty where none is
  /// @param positive alike
  /// @param negative alike
  record Fields(String anchor, String positive, String negative) {
    /// Whether a row has the two that it needs.
    boolean in(JsonNode row) {
      return !anchor.isEmpty() && !positive.isEmpty() && row.has(anchor) && row.has(positive);
    }

    /// Which is which of a row, and what of it is not read, for people.
    String words(JsonNode row) {
      String others =
          row.propertyNames().stream()
              .filter(f -> !f.equals(anchor) && !f.equals(positive) && !f.equals(negative))
              .collect(Collectors.joining(", "));
      return "anchor = «%s», positive = «%s»%s%s; annotate.promptField and annotate.completionField name others"
          .formatted(
              anchor,
              positive,
              negative.isEmpty() ? "" : ", negative = «%s»".formatted(negative),
              others.isEmpty() ? "" : "; not read: " + others);
    }
  }

  /// @param anchor the field that was named; empty to find it
  /// @param positive alike
  static Fields fields(JsonNode row, String anchor, String positive) {
    String first = anchor.isEmpty() ? named(row, ANCHORS) : anchor;
    String second = positive.isEmpty() ? named(row, POSITIVES) : positive;
    String third = named(row, NEGATIVES);
    if (first.isEmpty() && second.isEmpty()) {
      List<String> texts =
          row.propertyNames().stream().filter(name -> row.path(name).isString()).toList();
      first = texts.isEmpty() ? "" : texts.getFirst();
      second = texts.size() < 2 ? "" : texts.get(1);
      third =
          third.isEmpty() && texts.size() > 2 && !LABELS.contains(texts.get(2))
              ? texts.get(2)
              : third;
    }
    return new Fields(first, second, third);
  }

  static LabelRows.Read read(JsonNode row, Fields fields) {
    if (!fields.in(row)) {
      return new LabelRows.Read.Unknown(new TreeSet<>(row.propertyNames()));
    }
    String third = fields.negative();
    String asked = text(row.path(fields.anchor()));
    String answered = text(row.path(fields.positive()));
    if (asked.isEmpty() || answered.isEmpty()) {
      return new LabelRows.Read.Useless("an empty text");
    }
    var lost = new ArrayList<String>();
    if (row.path(third).size() > 1) {
      lost.add("have several negatives, of which the first is taken");
    }
    return new LabelRows.Read.Labelled(
        LabelRows.Form.PAIR,
        List.of(
            new Example.Message(Example.USER, asked),
            new Example.Message(Example.ASSISTANT, answered)),
        List.of(),
        lost,
        third.isEmpty() ? "" : text(row.path(third)));
  }

  private static String named(JsonNode row, List<String> names) {
    for (String name : names) {
      for (String field : row.propertyNames()) {
        if (field.toLowerCase(Locale.ROOT).equals(name)) {
          return field;
        }
      }
    }
    return "";
  }

  /// Of a list the first.
  private static String text(JsonNode value) {
    return value.isArray()
        ? (value.isEmpty() ? "" : text(value.path(0)))
        : value.asString("").strip();
  }
}
