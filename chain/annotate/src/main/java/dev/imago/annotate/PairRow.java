package dev.imago.annotate;

import dev.imago.data.Example;
import dev.imago.data.LabelRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
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

  private PairRow() {}

  /// @param anchor the field that was named; empty to find it
  /// @param positive alike
  static LabelRows.Read read(JsonNode row, String anchor, String positive) {
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
    if (first.isEmpty() || second.isEmpty() || !row.has(first) || !row.has(second)) {
      return new LabelRows.Read.Unknown(new TreeSet<>(row.propertyNames()));
    }
    String asked = text(row.path(first));
    String answered = text(row.path(second));
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

  /// Third columns that are no text beside the others.
  private static final List<String> LABELS =
      List.of("label", "labels", "id", "source", "split", "lang");

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
