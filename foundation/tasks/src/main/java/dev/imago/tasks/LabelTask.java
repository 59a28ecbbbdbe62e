package dev.imago.tasks;

import dev.imago.data.Split;
import dev.imago.model.Calibration;
import dev.imago.model.ModelInput;
import dev.imago.model.Readout;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// A task whose prediction is labels: one of a whole text, several, a number, or one of each of its
/// words.
///
/// @param <E> an example, with the labels that it was given
public interface LabelTask<E extends Record> extends Task {
  /// One side of some labels, in their order.
  List<E> examples(Path labels, Split split);

  /// An example's id, stable and unique in its labels.
  String id(E example);

  /// An example's text: examples of one text stand once, and on one side of a split.
  String text(E example);

  /// What examples that stand on one side of a split have in common: their text.
  default String group(E example) {
    return text(example);
  }

  /// What is kept with a model of this task.
  ///
  /// @param fitted what was fitted
  default Calibration calibrated(Calibration fitted) {
    return fitted;
  }

  /// What an example was given: one label, or one for each word, or those that are there.
  List<String> gold(E example);

  /// An example as a model reads it: at once, or in parts.
  ///
  /// @param longest ids at most
  /// @return at least one
  List<Question> questions(E example, Tokenizer tokenizer, int longest);

  /// What should come out of a question with an id at least: each label's id in the row that tells
  /// it.
  ///
  /// @param rows where the example stands, for messages
  /// @throws dev.imago.core.InputException for a label that the task does not have
  default Sequence sequence(E example, Question question, LabelIds places, Path rows) {
    List<String> gold = gold(example);
    int[] targets = new int[output().ofSequences() ? 1 : question.ids().length];
    Arrays.fill(targets, Sequence.IGNORED);
    for (int i = 0; i < question.rows().length; i++) {
      int place = places.of(gold.get(i), id(example), rows);
      if (question.rows()[i] >= 0) {
        targets[question.rows()[i]] = place;
      }
    }
    return new Sequence(question.ids(), targets, question.input().segments());
  }

  /// What was not learned, in words; empty where everything is.
  ///
  /// @param longest ids of a sequence, at most
  List<String> notes(Split split, int longest, Shortened shortened);

  /// Examples that were longer than a model reads.
  ///
  /// @param examples of all
  /// @param cut of them were cut
  /// @param labels that were cut away with them
  /// @param empty examples without a token
  record Shortened(int examples, int cut, int labels, int empty) {}

  /// Examples without a token are left out.
  @Override
  default Encoder encoder(Path folder) {
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    var places = new LabelIds(output().names());
    return (rows, split, longest) -> {
      List<E> examples = examples(rows, split);
      var sequences = new ArrayList<Sequence>();
      var owners = new ArrayList<Integer>();
      int cut = 0;
      int labels = 0;
      int empty = 0;
      for (int i = 0; i < examples.size(); i++) {
        E example = examples.get(i);
        boolean read = false;
        for (Question question : questions(example, tokenizer, longest)) {
          cut += question.shortened() ? 1 : 0;
          labels += question.shortened() ? question.cut() : 0;
          if (question.ids().length > 0) {
            sequences.add(sequence(example, question, places, rows));
            owners.add(i);
            read = true;
          }
        }
        empty += read ? 0 : 1;
      }
      var shortened = new Shortened(examples.size(), cut, labels, empty);
      return new Encoded(
          sequences,
          examples.size(),
          notes(split, longest, shortened),
          shortened.empty() == 0 ? Map.of() : Map.of("without a token", shortened.empty()),
          cut,
          0,
          1,
          owners);
    };
  }

  /// What is counted of a label in a table of balance; empty where nothing is.
  default String counted(String label) {
    return label;
  }

  /// The longest text to train on of one short line that has something to tell.
  @Override
  default String hint(Path labels) {
    int longest = 80;
    return examples(labels, Split.TRAIN).stream()
        .filter(e -> gold(e).stream().anyMatch(label -> !counted(label).isEmpty()))
        .map(e -> text(e).strip())
        .filter(t -> t.lines().count() == 1 && t.codePointCount(0, t.length()) <= longest)
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  /// What a prediction is where there is no score to make it of.
  String otherwise();

  /// What is counted over held-out examples, the measure that matters most first.
  ///
  /// @param gold labels of each example
  /// @param predicted as many
  List<Measure> measures(List<List<String>> gold, List<List<String>> predicted);

  /// How well each label is told: its name, how often it is there, how often it is told, precision,
  /// recall and F1, in words.
  List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted);

  /// What needs no model: what a model has to beat.
  List<Baseline<E>> baselines(List<E> train);

  /// An example, or a part of one, as ids.
  ///
  /// @param input at least one id
  /// @param rows [L], for each label the row of scores that tells it; −1 where the text was cut
  ///   before it
  /// @param shortened whether the text was cut
  /// @param starts [T], for each id where it begins in the text that is asked of (UTF-16), −1 for
  ///   one that is not of it; empty where nobody asks
  /// @param ends [T], one past where each ends
  record Question(ModelInput input, int[] rows, boolean shortened, int[] starts, int[] ends) {
    /// Without places in a text.
    public Question(ModelInput input, int[] rows, boolean shortened) {
      this(input, rows, shortened, new int[0], new int[0]);
    }

    /// Of one text.
    public Question(int[] ids, int[] rows, boolean shortened) {
      this(ModelInput.of(ids), rows, shortened);
    }

    /// What the model reads.
    public int[] ids() {
      return input.ids();
    }

    /// How many labels were cut away.
    public int cut() {
      int cut = 0;
      for (int row : rows) {
        cut += row < 0 ? 1 : 0;
      }
      return cut;
    }
  }

  /// A system that labels without a neural model.
  interface Baseline<E> {
    /// In scores and tables: one word.
    String name();

    List<String> predict(E example);
  }

  /// What is told of an example.
  ///
  /// @param questions that it was asked in
  /// @param scores of each question's ids, before the softmax: one row where the output is of the
  ///   whole; none where the question has no id
  /// @param by how the model's scores become what is told
  List<String> predict(E example, List<Question> questions, List<float[][]> scores, Readout by);
}
