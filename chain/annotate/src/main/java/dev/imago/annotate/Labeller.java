package dev.imago.annotate;

import dev.imago.data.Document;
import java.util.List;

/// Labels a document by rule. Thread-safe; the same document gives the same labels, whatever its
/// company.
sealed interface Labeller permits JavaDocLabeller, ContinuationLabeller {
  /// The name of the labeller of Java.
  String JAVA_DOC = "java-doc";

  /// Why it passes over other code.
  String NO_JAVA = "file that is not Java";

  static boolean isJava(Document document) {
    return "java".equals(document.tags().get("language"));
  }

  /// Its name in tables.
  String name();

  /// Labels some documents, each by itself: together only because a tool's start costs more than a
  /// document.
  ///
  /// @return as many, in the same order
  List<Labelled> label(List<Document> documents);

  /// A pair before it is judged against all others.
  ///
  /// @param ordinal its place among the document's labelled things, from 1
  record Pair(int ordinal, String prompt, String completion) {}

  /// What one document gave.
  ///
  /// @param pairs in the document's order
  /// @param skipped things seen that gave no pair, each by its reason
  record Labelled(List<Pair> pairs, List<String> skipped) {}
}
