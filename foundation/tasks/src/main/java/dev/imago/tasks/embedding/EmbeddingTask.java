package dev.imago.tasks.embedding;

import dev.imago.data.Example;
import dev.imago.data.ExamplePrompt;
import dev.imago.data.Examples;
import dev.imago.data.Split;
import dev.imago.model.Output;
import dev.imago.tasks.Encoded;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Task;
import dev.imago.tasks.classification.Classification;
import dev.imago.tensor.Operations;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Telling which texts belong together: an example is an anchor (its prompt), a positive (its
/// completion) and, where rows have them, a negative that looks like one. Each becomes a vector,
/// and an anchor's is to be nearer to its positive's than to all others of a batch.
public final class EmbeddingTask implements Task {
  public static final String NAME = "embed";

  private static final Words WORDS =
      new Words(
          "pairs of texts that belong together",
          "vectors",
          "pair",
          "give rows of anchor and positive, and of negative where there are some");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String pipelineTag() {
    return "feature-extraction";
  }

  /// The mean of a text's tokens; a model that has a way of its own keeps it.
  @Override
  public Output output() {
    return new Output.Embedding(Operations.Pooling.MEAN);
  }

  @Override
  public Loss loss() {
    return Loss.CONTRAST;
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public String hint(Path labels) {
    return ExamplePrompt.ofPairs(labels);
  }

  /// A text as it is asked.
  public static Question question(String text, Tokenizer tokenizer, int longest) {
    return Classification.question(text, tokenizer, longest);
  }

  /// Two sequences for each example, or three where all have a negative.
  @Override
  public Encoder encoder(Path folder) {
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    return (labels, split, longest) ->
        encoded(Examples.read(labels, split), tokenizer, split, longest);
  }

  private static Encoded encoded(
      List<Example> examples, Tokenizer tokenizer, Split split, int longest) {
    long negatives = examples.stream().filter(e -> !e.rejected().isEmpty()).count();
    boolean triplets = negatives == examples.size() && negatives > 0;
    var notes = new ArrayList<String>();
    if (negatives > 0 && !triplets) {
      notes.add(
          "%s: %,d of %,d pairs have a negative; it is left out, for all of a batch have as many: give one to each"
              .formatted(split.fileName(), negatives, examples.size()));
    }
    var sequences = new ArrayList<Sequence>();
    int empty = 0;
    int cut = 0;
    for (Example example : examples) {
      List<String> texts =
          triplets
              ? List.of(example.prompt(), example.completion(), example.rejected())
              : List.of(example.prompt(), example.completion());
      List<Question> asked = texts.stream().map(t -> question(t, tokenizer, longest)).toList();
      if (asked.stream().anyMatch(q -> q.ids().length == 0)) {
        empty++;
        continue;
      }
      cut += asked.stream().anyMatch(Question::shortened) ? 1 : 0;
      asked.forEach(q -> sequences.add(new Sequence(q.ids(), new int[] {0})));
    }
    if (cut > 0) {
      notes.add(
          "%s: %,d of %,d pairs have a text of more than %d tokens, which is cut; a larger pretrain.context and tune.longest keep more"
              .formatted(split.fileName(), cut, examples.size(), longest));
    }
    return new Encoded(
        sequences,
        examples.size(),
        notes,
        empty == 0 ? Map.of() : Map.of("without a token", empty),
        cut,
        0,
        triplets ? 3 : 2);
  }
}
