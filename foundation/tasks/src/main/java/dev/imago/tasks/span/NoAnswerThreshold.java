package dev.imago.tasks.span;

import dev.imago.model.Calibration;
import dev.imago.tasks.LabelTask.Question;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// From which probability on it is told that a text has no answer: the one by which the answers to
/// some questions have the highest mean F1, as SQuAD 2.0's script finds its best threshold.
/// Rajpurkar et al. 2018, arXiv:1806.03822, section 4.4.
public final class NoAnswerThreshold {
  private static final double HALF = 0.5;

  private record Told(double none, double answered, double unanswered) {}

  private final Calibration by;
  private final List<Told> questions = new ArrayList<>();

  /// @param by the temperature of the scores
  public NoAnswerThreshold(Calibration by) {
    this.by = by;
  }

  /// A question that the model did not learn.
  ///
  /// @param windows of its text
  /// @param scores of each window's ids: of its beginning, and of its end
  public void add(AskedText example, List<Question> windows, List<float[][]> scores) {
    int longest = SpanAnswering.wanted(example.context(), true).longest();
    FoundAnswer.Leading best = FoundAnswer.leading(example.context(), windows, scores, by, longest);
    List<String> gold = example.answers().stream().map(AskedText.Marked::text).distinct().toList();
    var both = new AnswerScores(List.of(gold, gold), List.of(List.of(best.text()), List.of()));
    add(best.none(), both.f1(0), both.f1(1));
  }

  /// @param none the probability that there is no answer
  /// @param answered F1 where the best answer is told
  /// @param unanswered F1 where it is told that there is none
  void add(double none, double answered, double unanswered) {
    questions.add(new Told(none, answered, unanswered));
  }

  /// Questions that were added.
  public int questions() {
    return questions.size();
  }

  /// The mean F1 by a threshold, 0 … 1.
  public double f1(double threshold) {
    double sum = 0;
    for (Told one : questions) {
      sum += one.none() > threshold ? one.unanswered() : one.answered();
    }
    return questions.isEmpty() ? 0 : sum / questions.size();
  }

  /// The best threshold, between two probabilities; of equally good ones the nearest to a half.
  public double best() {
    List<Told> order = questions.stream().sorted(Comparator.comparingDouble(Told::none)).toList();
    double best = HALF;
    double highest = f1(HALF) * questions.size();
    // Below the least probability it is told of every text.
    double sum = order.stream().mapToDouble(Told::unanswered).sum();
    double before = 0;
    for (int told = 0; told <= order.size(); told++) {
      double next = told < order.size() ? order.get(told).none() : 1;
      double threshold = (before + next) / 2;
      boolean nearer = Math.abs(threshold - HALF) < Math.abs(best - HALF);
      if (next > before && (sum > highest + 1e-9 || nearer && sum > highest - 1e-9)) {
        highest = Math.max(highest, sum);
        best = threshold;
      }
      if (told < order.size()) {
        sum += order.get(told).answered() - order.get(told).unanswered();
        before = next;
      }
    }
    return best;
  }
}
