package dev.imago.tasks.preference;

import dev.imago.data.ExamplePrompt;
import dev.imago.model.Output;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Task;
import dev.imago.tasks.answering.Answering;
import java.nio.file.Path;
import java.util.Optional;

/// Answering, as people like it better: each example has an answer that was chosen and one that was
/// rejected, and the model learns to prefer the first. Rafailov et al. 2023, arXiv:2305.18290.
public final class Preferring implements Task {
  public static final String NAME = "preference";

  private static final Words WORDS =
      new Words(
          "pairs of answers",
          "answers",
          "pair",
          "give rows of prompt, chosen and rejected, or rate more answers");

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
    return Loss.PREFERENCE;
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

  /// Two sequences for each example: with the chosen answer, and with the rejected one.
  @Override
  public Encoder encoder(Path folder) {
    return Answering.pairs(folder);
  }
}
