package dev.imago.tune;

import dev.imago.model.Output;
import dev.imago.tasks.Sequence;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Examples as a model reads them, with what is learned of each marked.
final class ShownExamples {
  private static final String OPEN = "⟦";
  private static final String CLOSE = "⟧";

  private ShownExamples() {}

  /// The text of a sequence: what is learned stands in ⟦ ⟧; of labels, each behind its token, and
  /// the class of the whole at the end.
  static String of(Sequence one, Output output, Tokenizer tokenizer) {
    List<String> names = output.names();
    if (output instanceof Output.Embedding) {
      return tokenizer.decode(one.ids(), false);
    }
    if (output instanceof Output.NextToken) {
      return answers(one, tokenizer);
    }
    if (one.values().length > 0) {
      return tokenizer.decode(one.ids(), false) + " " + OPEN + numbers(one.values()) + CLOSE;
    }
    if (one.targets().length != one.ids().length || output.ofSequences()) {
      return tokenizer.decode(one.ids(), false)
          + " "
          + OPEN
          + label(names, one.targets()[0])
          + CLOSE;
    }
    var text = new StringBuilder();
    int from = 0;
    for (int i = 0; i < one.length(); i++) {
      if (one.targets()[i] != Sequence.IGNORED) {
        text.append(decoded(one.ids(), from, i + 1, tokenizer))
            .append(OPEN)
            .append(label(output, one, i, tokenizer))
            .append(CLOSE);
        from = i + 1;
      }
    }
    return text.append(decoded(one.ids(), from, one.length(), tokenizer)).toString();
  }

  /// Each id but the first is learned where the one before it has it as its target; the last target
  /// stands behind all ids.
  private static String answers(Sequence one, Tokenizer tokenizer) {
    int length = one.length() + 1;
    int[] ids = Arrays.copyOf(one.ids(), length);
    boolean[] learned = new boolean[length];
    for (int i = 0; i < one.length(); i++) {
      learned[i + 1] = one.targets()[i] != Sequence.IGNORED;
    }
    if (learned[length - 1]) {
      ids[length - 1] = one.targets()[length - 2];
    } else {
      length--;
    }
    var text = new StringBuilder();
    for (int from = 0; from < length; ) {
      int to = from + 1;
      while (to < length && learned[to] == learned[from]) {
        to++;
      }
      String part = decoded(ids, from, to, tokenizer);
      text.append(learned[from] ? OPEN + part + CLOSE : part);
      from = to;
    }
    return text.toString();
  }

  /// The number of each score.
  private static String numbers(float[] values) {
    return java.util.stream.IntStream.range(0, values.length)
        .mapToObj(i -> String.valueOf(values[i]))
        .collect(java.util.stream.Collectors.joining(" "));
  }

  /// Of a word of a tree its relation and its head's first token.
  private static String label(Output output, Sequence one, int place, Tokenizer tokenizer) {
    int target = one.targets()[place];
    List<String> names = output.names();
    if (!(output instanceof Output.Dependencies)) {
      return label(names, target);
    }
    int head = target / names.size() - 2;
    String of =
        head < -1 ? "?" : head < 0 ? "root" : decoded(one.ids(), head, head + 1, tokenizer).strip();
    return label(names, target % names.size()) + " ← " + of;
  }

  private static String label(List<String> names, int target) {
    return target >= 0 && target < names.size() ? names.get(target) : String.valueOf(target);
  }

  private static String decoded(int[] ids, int from, int to, Tokenizer tokenizer) {
    return tokenizer.decode(Arrays.copyOfRange(ids, from, to), false);
  }

  /// The first examples, numbered.
  ///
  /// @param together sequences that are one example
  static List<String> of(
      List<Sequence> sequences, int examples, int together, Output output, Tokenizer tokenizer) {
    var shown = new ArrayList<String>();
    int most = Math.min(sequences.size(), examples * together);
    for (int i = 0; i < most; i++) {
      List<String> kinds =
          output instanceof Output.Embedding
              ? List.of(", anchor", ", positive", ", negative")
              : List.of(", chosen", ", rejected");
      String which = together == 1 ? "" : kinds.get(Math.min(i % together, kinds.size() - 1));
      shown.add(
          "example %d%s: %s"
              .formatted(i / together + 1, which, of(sequences.get(i), output, tokenizer)));
    }
    return shown;
  }
}
