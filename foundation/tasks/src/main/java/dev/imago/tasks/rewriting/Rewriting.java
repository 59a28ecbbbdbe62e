package dev.imago.tasks.rewriting;

import dev.imago.data.ExamplePrompt;
import dev.imago.model.Output;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Task;
import dev.imago.tasks.answering.Answering;
import java.nio.file.Path;
import java.util.Optional;

/// Saying a source text anew, in another language or in fewer words. Learned and asked as an answer
/// to the source, by encoder–decoders and by decoders; measured by what its field measures.
public final class Rewriting implements Task {
  public static final String TRANSLATE = "translate";
  public static final String SUMMARISE = "summarise";

  private final String name;
  private final Answering answering = new Answering();

  private Rewriting(String name) {
    this.name = name;
  }

  public static Rewriting translation() {
    return new Rewriting(TRANSLATE);
  }

  public static Rewriting summary() {
    return new Rewriting(SUMMARISE);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String pipelineTag() {
    return name.equals(TRANSLATE) ? "translation" : "summarization";
  }

  @Override
  public Output output() {
    return answering.output();
  }

  @Override
  public Encoder encoder(Path folder) {
    return answering.encoder(folder);
  }

  @Override
  public Optional<String> template(Path folder) {
    return answering.template(folder);
  }

  @Override
  public Words words() {
    boolean translates = name.equals(TRANSLATE);
    return new Words(
        translates ? "pairs of a text and its translation" : "texts with their summary",
        translates ? "translations" : "summaries",
        "token",
        "give rows of two fields (annotate.promptField, annotate.completionField), or two texts of"
            + " the same number of lines");
  }

  @Override
  public String hint(Path labels) {
    return ExamplePrompt.ofPairs(labels);
  }
}
