package dev.imago.tasks.preference;

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
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Telling how well people like an answer to a prompt, of both read together: a reward model of one
/// score, learned from pairs of which the chosen one is to have the larger. Ouyang et al. 2022,
/// arXiv:2203.02155.
///
/// Prompt and answer are two texts, as the tokenizer joins such; of a conversation the first text
/// is all that was said before the answer, a line for each turn.
public final class Rewarding implements Task {
  public static final String NAME = "reward";

  private static final String LABEL = "reward";

  private static final Words WORDS =
      new Words(
          "pairs of answers",
          "rewards",
          "pair",
          "give rows of prompt, chosen and rejected, or rate more answers");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String pipelineTag() {
    return "text-classification";
  }

  @Override
  public Output output() {
    return new Output.Classes(List.of(LABEL), Output.Problem.NUMBER);
  }

  @Override
  public Loss loss() {
    return Loss.REWARD;
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public String hint(Path labels) {
    return ExamplePrompt.ofPairs(labels);
  }

  /// What is asked of an answer.
  private static Question question(Example example, Tokenizer tokenizer, int longest) {
    String given =
        example.given().stream().map(Example.Message::said).collect(Collectors.joining("\n"));
    String answer = example.turns().getLast().said();
    return TextTask.question(given, answer, tokenizer, longest);
  }

  /// An answer as a reward model reads it.
  ///
  /// @param longest ids; what is longer is cut
  public static Sequence read(Example answered, Tokenizer tokenizer, int longest) {
    return sequence(question(answered, tokenizer, longest), 0);
  }

  /// Two sequences for each example: with the chosen answer, and with the rejected one. What is cut
  /// to one text is left out.
  @Override
  public Encoder encoder(Path folder) {
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    return (labels, split, longest) ->
        encoded(Examples.read(labels, split), tokenizer, split, longest);
  }

  private static Encoded encoded(
      List<Example> examples, Tokenizer tokenizer, Split split, int longest) {
    var sequences = new ArrayList<Sequence>();
    Map<String, Integer> leftOut = new TreeMap<>();
    int cut = 0;
    for (Example example : examples) {
      Question chosen = question(example, tokenizer, longest);
      Question rejected = question(example.worse(), tokenizer, longest);
      if (chosen.ids().length == 0 || rejected.ids().length == 0) {
        leftOut.merge("without a token", 1, Integer::sum);
      } else if (java.util.Arrays.equals(chosen.ids(), rejected.ids())) {
        leftOut.merge("of which both answers read the same, as they are cut", 1, Integer::sum);
      } else {
        sequences.addAll(List.of(sequence(chosen, 1), sequence(rejected, 0)));
        cut += chosen.shortened() || rejected.shortened() ? 1 : 0;
      }
    }
    var notes = new ArrayList<String>();
    leftOut.forEach(
        (reason, n) ->
            notes.add(
                "%s: %,d of %,d pairs of answers are left out, %s"
                    .formatted(split.fileName(), n, examples.size(), reason)));
    if (cut > 0) {
      notes.add(
          "%s: %,d of %,d prompts and answers have more than %d tokens together and are cut, the longer one first; a larger pretrain.context and tune.longest keep more"
              .formatted(split.fileName(), cut, examples.size(), longest));
    }
    return new Encoded(sequences, examples.size(), notes, leftOut, cut, 0, 2);
  }

  private static Sequence sequence(Question question, float value) {
    return Sequence.ofNumbers(question.ids(), question.input().segments(), new float[] {value});
  }
}
