package dev.imago.tasks.reranking;

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
import dev.imago.tasks.classification.TextTask;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Telling how well a text belongs to a query, of both read together: a cross-encoder of one score,
/// whose sigmoid is the probability that it does. Nogueira & Cho 2019, arXiv:1901.04085.
///
/// An example is a query (its prompt), a text that belongs to it (its completion) and one that does
/// not: its own negative, or else the text of another example, by chance.
public final class RerankingTask implements Task {
  public static final String NAME = "rerank";

  private static final String LABEL = "relevance";
  private static final long SEED = 7;

  private static final Words WORDS =
      new Words(
          "pairs of a query and a text",
          "relevance",
          "pair",
          "give rows of anchor and positive, and of negative where there are some");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String pipelineTag() {
    return "text-ranking";
  }

  @Override
  public Output output() {
    return new Output.Classes(List.of(LABEL), Output.Problem.SEVERAL);
  }

  @Override
  public Loss loss() {
    return Loss.BINARY;
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public String hint(Path labels) {
    return ExamplePrompt.ofPairs(labels);
  }

  /// A query and a text as they are asked.
  public static Question question(String query, String text, Tokenizer tokenizer, int longest) {
    return TextTask.question(query, text, tokenizer, longest);
  }

  @Override
  public Encoder encoder(Path folder) {
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    return (labels, split, longest) ->
        encoded(Examples.read(labels, split), tokenizer, split, longest);
  }

  private static Encoded encoded(
      List<Example> examples, Tokenizer tokenizer, Split split, int longest) {
    var sequences = new ArrayList<Sequence>();
    var random = new Random(SEED);
    int cut = 0;
    int alone = 0;
    for (Example example : examples) {
      String other = example.rejected();
      for (int tries = 0; other.isEmpty() && tries < 20; tries++) {
        Example any = examples.get(random.nextInt(examples.size()));
        boolean same =
            any.prompt().equals(example.prompt()) || any.completion().equals(example.completion());
        other = same ? "" : any.completion();
      }
      Question belongs = question(example.prompt(), example.completion(), tokenizer, longest);
      sequences.add(sequence(belongs, 1));
      cut += belongs.shortened() ? 1 : 0;
      if (other.isEmpty()) {
        alone++;
      } else {
        sequences.add(sequence(question(example.prompt(), other, tokenizer, longest), 0));
      }
    }
    var notes = new ArrayList<String>();
    if (cut > 0) {
      notes.add(
          "%s: %,d of %,d queries and texts have more than %d tokens together and are cut, the longer one first; a larger pretrain.context and tune.longest keep more"
              .formatted(split.fileName(), cut, examples.size(), longest));
    }
    if (alone > 0) {
      notes.add(
          "%s: %,d of %,d queries have no text that does not belong to them"
              .formatted(split.fileName(), alone, examples.size()));
    }
    return new Encoded(sequences, examples.size(), notes, Map.of(), cut, 0);
  }

  private static Sequence sequence(Question question, float value) {
    return Sequence.ofNumbers(question.ids(), question.input().segments(), new float[] {value});
  }
}
