package dev.imago.tasks.classification;

import dev.imago.core.Counted;
import dev.imago.data.Split;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tasks.LabelTask;
import dev.imago.tokenizers.EncodeOptions;
import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.Side;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.Truncation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A task that tells something of a text as a whole, or of two.
///
/// A text is encoded as transformers' tokenizer would, two as its pairs: special tokens and
/// segments come from the post-processor alone. What is longer than the model's context is cut on
/// the side that the tokenizer's truncation says, which is its end where it says none; of two texts
/// the longer one first.
///
/// @param <E> an example
public interface TextTask<E extends Record & TextExample> extends LabelTask<E> {
  @Override
  Output.Classes output();

  @Override
  default String pipelineTag() {
    return "text-classification";
  }

  @Override
  default String id(E example) {
    return example.id();
  }

  /// Both texts in one, a line each.
  static String joined(TextExample example) {
    return example.pair().isEmpty() ? example.text() : example.text() + "\n" + example.pair();
  }

  @Override
  default String text(E example) {
    return joined(example);
  }

  @Override
  default List<Question> questions(E example, Tokenizer tokenizer, int longest) {
    return List.of(question(example.text(), example.pair(), tokenizer, longest));
  }

  @Override
  default List<String> predict(
      E example, List<Question> questions, List<float[][]> scores, Readout by) {
    float[][] rows = scores.getFirst();
    return rows.length == 0
        ? List.of(otherwise())
        : Verdict.of(output(), rows[0], by.calibration()).told();
  }

  /// Two texts as they are asked: one row of scores tells of them.
  ///
  /// @param pair the second; empty where there is one
  static Question question(String text, String pair, Tokenizer tokenizer, int longest) {
    EncodeOptions asText = EncodeOptions.ORDINARY.withAddedSpecialTokens(true);
    String second = pair.isEmpty() ? null : pair;
    Encoding all = tokenizer.encoding(text, second, asText);
    boolean shortened = all.size() > longest;
    Encoding cut = all;
    if (shortened && second != null) {
      cut =
          tokenizer.encoding(
              text, second, asText, Truncation.to(longest, tokenizer.truncationSide()));
    }
    int[] ids =
        shortened && second == null ? cut(all, longest, tokenizer.truncationSide()) : cut.ids();
    int[] segments = second == null ? new int[0] : cut.typeIds();
    boolean one = Arrays.stream(segments).allMatch(s -> s == 0);
    return new Question(
        new ModelInput(ids, one ? new int[0] : segments),
        new int[] {ids.length == 0 ? -1 : 0},
        shortened);
  }

  /// What is more than `longest` ids is cut, but not what the post-processor puts around.
  private static int[] cut(Encoding all, int longest, Side side) {
    int size = all.size();
    int end = size;
    while (end > 0 && all.special(end - 1)) {
      end--;
    }
    int begin = 0;
    while (begin < end && all.special(begin)) {
      begin++;
    }
    int behind = size - end;
    int kept =
        Math.max(0, side == Side.RIGHT ? longest - behind : Math.min(begin, longest - behind));
    int[] ids = new int[longest];
    for (int i = 0; i < longest; i++) {
      ids[i] = all.id(i < kept ? i : size - longest + i);
    }
    return ids;
  }

  @Override
  default List<String> notes(Split split, int longest, Shortened shortened) {
    var notes = new ArrayList<String>();
    if (shortened.cut() > 0) {
      notes.add(
          "%s: %,d of %,d texts are longer than %d tokens and cut; a larger pretrain.context and tune.longest keep more, and tune.truncationSide says of which side"
              .formatted(split.fileName(), shortened.cut(), shortened.examples(), longest));
    }
    if (shortened.empty() > 0) {
      notes.add(
          "%s: left out for want of a token: %s"
              .formatted(split.fileName(), Counted.of(shortened.empty(), "texts")));
    }
    return notes;
  }
}
