package dev.imago.tasks.span;

import dev.imago.metrics.AnswerMatch;
import dev.imago.metrics.AnswerMatch.Form;
import dev.imago.metrics.AnswerMatch.Measured;
import dev.imago.tasks.Measure;
import java.util.List;
import java.util.stream.Stream;

/// How well answers were told: exact match, and F1 over what they share, against the best of those
/// that are right. Each question by SQuAD 2.0's rules, or by CMRC 2018's where an answer is
/// Chinese.
final class AnswerScores {
  private final double[] exact;
  private final double[] f1;

  /// @param gold of each question all that are right; none where there is no answer
  /// @param predicted of each one answer, or none
  AnswerScores(List<List<String>> gold, List<List<String>> predicted) {
    exact = new double[gold.size()];
    f1 = new double[gold.size()];
    for (int i = 0; i < exact.length; i++) {
      String told = predicted.get(i).isEmpty() ? "" : predicted.get(i).getFirst();
      boolean chinese =
          Stream.concat(gold.get(i).stream(), Stream.of(told))
              .anyMatch(text -> text.codePoints().anyMatch(Character::isIdeographic));
      Form form = chinese ? Form.CMRC : Form.SQUAD_2;
      exact[i] = new AnswerMatch(Measured.EXACT, form).counts(told, gold.get(i))[0];
      f1[i] = new AnswerMatch(Measured.F1, form).counts(told, gold.get(i))[0];
    }
  }

  /// How much of a question's answer was told, 0 … 1.
  double f1(int question) {
    return f1[question];
  }

  List<Measure> measures() {
    return List.of(
        new Measure("answer-f1", false, units -> mean(f1, units)),
        new Measure("exact-match", true, units -> mean(exact, units)));
  }

  private static double mean(double[] all, int[] units) {
    double sum = 0;
    for (int unit : units) {
      sum += all[unit];
    }
    return sum / units.length;
  }
}
