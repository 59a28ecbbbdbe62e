package dev.imago.tasks.preference;

import dev.imago.data.ExamplePrompt;
import dev.imago.model.Output;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Task;
import dev.imago.tasks.answering.Answering;
import java.nio.file.Path;
import java.util.Optional;

/// Answering, as people like it: each example has one answer, and whether people found it good;
/// TRL's unpaired preferences. Ethayarajh et al. 2024, arXiv:2402.01306.
public final class Judging implements Task {
  public static final String NAME = "unpaired";

  private static final Words WORDS =
      new Words(
          "rated answers",
          "answers",
          "answer",
          "give rows of prompt, completion and label (true or false), or rate more answers");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String pipelineTag() {
    return "text-generation";
  }

  @Override
  public Output output() {
    return new Output.NextToken();
  }

  @Override
  public Loss loss() {
    return Loss.UNPAIRED;
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public String hint(Path labels) {
    return ExamplePrompt.ofPairs(labels);
  }

  @Override
  public Optional<String> template(Path folder) {
    return new Answering().template(folder);
  }

  /// Two sequences for each example: with its answer, and with the answer to another prompt.
  @Override
  public Encoder encoder(Path folder) {
    return Answering.judged(folder);
  }
}
