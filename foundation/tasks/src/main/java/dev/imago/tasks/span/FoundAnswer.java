package dev.imago.tasks.span;

import dev.imago.model.Calibration;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Probabilities;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A stretch of a text that answers a question, as a model tells it; an empty one where the text
/// has no answer.
///
/// @param text the answer's
/// @param start its first character (UTF-16)
/// @param end one past its last
/// @param score its probability among the best
public record FoundAnswer(String text, int start, int end, double score) {
  /// Beginnings, ends, and answers of a text that are looked at.
  private static final int BEST = 20;

  private record Candidate(int start, int end, float score) {}

  /// What is looked for.
  ///
  /// @param longest tokens of an answer
  /// @param none whether a text may have no answer
  public record Wanted(int longest, boolean none) {}

  /// The best answers of all windows of a text, best first, as transformers' example for question
  /// answering finds them: the sum of the scores of the first and the last token, of the best
  /// beginnings and ends of each window. That there is none is told by the first token of a window,
  /// where it is the likelier in all of them.
  ///
  /// @param windows of the text
  /// @param scores of each window's ids: of its beginning, and of its end
  /// @return at least one; the empty answer alone where there is no other
  public static List<FoundAnswer> of(
      String context,
      List<Question> windows,
      List<float[][]> scores,
      Calibration by,
      Wanted wanted) {
    Found found = Found.of(windows, scores, wanted.longest());
    List<Candidate> best = found.best;
    if (best.isEmpty()) {
      return List.of(new FoundAnswer("", 0, 0, 1));
    }
    float nothing = found.nothing;
    int size = best.size() + (wanted.none() ? 1 : 0);
    float[] sums = new float[size];
    for (int i = 0; i < best.size(); i++) {
      sums[i] = best.get(i).score();
    }
    if (wanted.none()) {
      sums[size - 1] = nothing;
    }
    double[] shares = Probabilities.of(sums, by.temperature());
    var answers = new ArrayList<FoundAnswer>();
    for (int i = 0; i < best.size(); i++) {
      Candidate c = best.get(i);
      answers.add(
          new FoundAnswer(context.substring(c.start(), c.end()), c.start(), c.end(), shares[i]));
    }
    if (wanted.none()) {
      boolean first = found.none(by) > by.threshold(0);
      var empty = new FoundAnswer("", 0, 0, shares[size - 1]);
      answers.add(first ? 0 : answers.size(), empty);
    }
    return answers;
  }

  /// The best answer of a text, were there one, and how likely it is that there is none: what is
  /// told beyond the threshold of a [Calibration].
  record Leading(String text, double none) {}

  /// @param longest tokens of an answer
  static Leading leading(
      String context, List<Question> windows, List<float[][]> scores, Calibration by, int longest) {
    Found found = Found.of(windows, scores, longest);
    if (found.best.isEmpty()) {
      return new Leading("", 1);
    }
    Candidate first = found.best.getFirst();
    return new Leading(context.substring(first.start(), first.end()), found.none(by));
  }

  /// @param best of all windows, best first
  /// @param nothing the score of there being no answer
  private record Found(List<Candidate> best, float nothing) {
    static Found of(List<Question> windows, List<float[][]> scores, int longest) {
      var found = new ArrayList<Candidate>();
      float nothing = Float.POSITIVE_INFINITY;
      for (int w = 0; w < windows.size(); w++) {
        float[][] rows = scores.get(w);
        if (rows.length > 0) {
          nothing = Math.min(nothing, rows[0][0] + rows[0][1]);
          candidates(windows.get(w), rows, longest, found);
        }
      }
      found.sort(Comparator.comparingDouble((Candidate c) -> -c.score()));
      return new Found(found.subList(0, Math.min(BEST, found.size())), nothing);
    }

    /// Beside the best answer alone.
    double none(Calibration by) {
      return Calibration.sigmoid((nothing - best.getFirst().score()) / by.temperature());
    }
  }

  private static void candidates(Question window, float[][] rows, int longest, List<Candidate> to) {
    int[] ends = best(rows, 1);
    for (int start : best(rows, 0)) {
      for (int end : ends) {
        boolean inText = window.starts()[start] >= 0 && window.starts()[end] >= 0;
        if (inText && start <= end && end - start < longest) {
          to.add(
              new Candidate(
                  window.starts()[start], window.ends()[end], rows[start][0] + rows[end][1]));
        }
      }
    }
  }

  private static int[] best(float[][] rows, int column) {
    return IntStream.range(0, rows.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -rows[i][column]))
        .limit(BEST)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
