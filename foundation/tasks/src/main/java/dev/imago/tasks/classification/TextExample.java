package dev.imago.tasks.classification;

/// A text, or two that belong together, that something is to be told of.
public sealed interface TextExample permits ClassifiedText, LabelSetText, RatedText {
  /// Stable and unique in its labels.
  String id();

  /// The text, or the first of two.
  String text();

  /// The second of two; empty where there is one.
  String pair();
}
