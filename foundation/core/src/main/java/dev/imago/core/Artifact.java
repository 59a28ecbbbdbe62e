package dev.imago.core;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What one link leaves on disk for the next: an immutable folder, named by its content, listed by
/// a manifest that is written last. What each kind's folder holds is in `docs/formats.md`.
public sealed interface Artifact {
  Ref ref();

  /// The folder that holds the payload and `manifest.json`.
  Path folder();

  /// Documents, by split: `train-*.jsonl.zst`, `heldout-*.jsonl.zst` …
  record Corpus(Ref ref, Path folder) implements Artifact {}

  /// Pairs of prompt and completion, by split: `train.jsonl`, `heldout.jsonl`.
  record Labels(Ref ref, Path folder) implements Artifact {}

  /// A tokenizer: `tokenizer.json`, `tokenizer_config.json`.
  record Vocabulary(Ref ref, Path folder) implements Artifact {}

  /// Encoded documents, memory-mapped: `train.bin`, `train.idx`, `heldout.bin` …
  record Tokens(Ref ref, Path folder) implements Artifact {}

  /// A model: a Hugging Face folder, or one `model.gguf`.
  record Weights(Ref ref, Path folder) implements Artifact {}

  /// Measurements, each with its interval: `scores.json`, `samples.jsonl`.
  record Scores(Ref ref, Path folder) implements Artifact {}

  /// What users said: `ratings.jsonl`.
  record Ratings(Ref ref, Path folder) implements Artifact {}

  /// All kinds, in the order of the chain.
  List<Class<? extends Artifact>> KINDS =
      List.of(
          Corpus.class,
          Labels.class,
          Vocabulary.class,
          Tokens.class,
          Weights.class,
          Scores.class,
          Ratings.class);

  /// A kind's name in references and folders, such as `corpus`.
  static String kind(Class<? extends Artifact> type) {
    return type.getSimpleName().toLowerCase(Locale.ROOT);
  }

  /// The artifact of a reference's kind.
  static Artifact of(Ref ref, Path folder) {
    return switch (ref.kind()) {
      case "corpus" -> new Corpus(ref, folder);
      case "labels" -> new Labels(ref, folder);
      case "vocabulary" -> new Vocabulary(ref, folder);
      case "tokens" -> new Tokens(ref, folder);
      case "weights" -> new Weights(ref, folder);
      case "scores" -> new Scores(ref, folder);
      case "ratings" -> new Ratings(ref, folder);
      default ->
          throw new ConfigException(
              "«"
                  + ref.kind()
                  + "» is no kind of artifact; the kinds are "
                  + String.join(", ", KINDS.stream().map(Artifact::kind).toList()));
    };
  }
}
