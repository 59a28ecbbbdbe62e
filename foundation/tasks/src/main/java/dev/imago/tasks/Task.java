package dev.imago.tasks;

import dev.imago.model.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a model is taught and asked, with the labels' own names where it has some.
///
/// What is minimised is −ln p of each sequence's targets, or what [Loss] says else: tasks differ in
/// what a row of scores is of (a token, a text, a word) and in which rows have a target.
public interface Task {
  /// As `task.json` and `annotate.task` name it: `answer`, `classify`, `tag`.
  String name();

  /// As the hub and transformers' pipelines name it: `text-generation`, `text-classification`.
  String pipelineTag();

  /// The last layer that a model needs for it.
  Output output();

  /// How its examples become ids.
  ///
  /// @param tokenizer a folder with `tokenizer.json` and, for conversations,
  ///   `tokenizer_config.json`
  /// @throws dev.imago.core.InputException for a tokenizer that lacks what the task needs
  Encoder encoder(Path tokenizer);

  /// The chat template by which a model that learned it is asked, where its tokenizer brings none;
  /// empty where it brings one, or none is needed.
  ///
  /// @param tokenizer a folder with `tokenizer.json`
  default Optional<String> template(Path tokenizer) {
    return Optional.empty();
  }

  /// What `task.json` has as its labels.
  default List<String> written() {
    return output().names();
  }

  /// What is minimised.
  default Loss loss() {
    return Loss.LIKELIHOOD;
  }

  Words words();

  /// What is minimised.
  enum Loss {
    /// −ln p of each sequence's targets.
    LIKELIHOOD,
    /// −ln p of whether each label is there, each by itself.
    BINARY,
    /// −ln p of all tags of a sequence together.
    CHAIN,
    /// −ln p of each word's head, and of its relation to it.
    ARCS,
    /// −ln p of where a stretch begins, and of where it ends.
    SPAN,
    /// The squared difference of each score and its number.
    SQUARED,
    /// −ln of the softmax, over all candidates of a batch, of how near each anchor is to its own.
    CONTRAST,
    /// −ln σ of by how much the first of two sequences that follow each other is likelier than the
    /// second, beyond what it was for the model that it began as.
    PREFERENCE,
    /// That answers found good become likelier than they were, and those found bad less likely.
    UNPAIRED,
    /// −ln σ of by how much the score of the first of two sequences that follow each other is above
    /// that of the second.
    REWARD
  }

  /// One example of what such a model can be asked, from some labels; empty where there is none.
  String hint(Path labels);

  /// The task in words, for people.
  ///
  /// @param examples what its examples are called: `pairs`, `texts`, `sentences`
  /// @param targets what its loss is on: `answers`, `classes`, `tags`
  /// @param target what a mean loss is of: `token`, `text`, `word`
  /// @param none what to do where there is no example to train on
  record Words(String examples, String targets, String target, String none) {}
}
