package dev.imago.tasks.span;

import dev.imago.tasks.LabelTask.Baseline;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The sentence of the text that shares most words with the question, or ideographs; the first of
/// equal ones.
final class SimilarSentence implements Baseline<AskedText> {
  private static final Pattern ENDS = Pattern.compile("(?<=[.!?])\\s+|(?<=[。！？；])");
  private static final Pattern PIECES =
      Pattern.compile("\\p{IsHan}|[\\p{L}\\p{N}&&[^\\p{IsHan}]]+");

  @Override
  public String name() {
    return "similar-sentence";
  }

  @Override
  public List<String> predict(AskedText example) {
    Set<String> asked = pieces(example.question());
    String best = "";
    long most = -1;
    for (String sentence : Arrays.asList(ENDS.split(example.context()))) {
      long shared = pieces(sentence).stream().filter(asked::contains).count();
      if (shared > most) {
        most = shared;
        best = sentence.strip();
      }
    }
    return List.of(best);
  }

  private static Set<String> pieces(String text) {
    var pieces = new HashSet<String>();
    PIECES.matcher(text.toLowerCase(Locale.ROOT)).results().forEach(m -> pieces.add(m.group()));
    return pieces;
  }
}
