package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.generate.Predictor;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Proportion;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether a source entails an answer, as a classifier of pairs tells, and how often that
/// classifier is right on pairs that it has not learnt: what it says is worth no more.
final class EntailmentCheck implements ResponseCheck {
  private static final int TOGETHER = 32;
  private static final double CONFIDENCE = 0.95;

  private final String name;
  private final LabelModel model;
  private final Output.Classes output;
  private final String entailed;
  private final Interval accuracy;
  private final int known;
  private int cut;

  EntailmentCheck(
      String name, LabelModel model, Output.Classes output, List<AnswerChecks.KnownPair> test) {
    this.name = name;
    this.model = model;
    this.output = output;
    this.entailed =
        output.labels().stream()
            .filter(l -> l.toLowerCase(Locale.ROOT).matches("entail(ment|ed|s)?|蕴含"))
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s tells %s, and none of them is entailment: tune a classifier on pairs with that label"
                            .formatted(name, String.join(", ", output.labels()))));
    for (AnswerChecks.KnownPair pair : test) {
      if (!output.labels().contains(pair.label())) {
        throw new InputException(
            "a pair of the test is «%s», and %s tells %s; give pairs with its labels"
                .formatted(pair.label(), name, String.join(", ", output.labels())));
      }
    }
    List<String> told =
        told(test.stream().map(p -> new String[] {p.premise(), p.hypothesis()}).toList());
    long right = 0;
    for (int i = 0; i < test.size(); i++) {
      right += told.get(i).equals(test.get(i).label()) ? 1 : 0;
    }
    this.accuracy = Proportion.interval(right, test.size(), CONFIDENCE);
    this.known = test.size();
    this.cut = 0;
  }

  /// Opens a classifier of pairs.
  ///
  /// @param test pairs that it has not learnt, at least one
  /// @throws InputException for another model, and for labels that it does not have
  static EntailmentCheck open(
      String name, Path folder, int threads, List<AnswerChecks.KnownPair> test) {
    Output output = tells(name, folder);
    if (!(output instanceof Output.Classes classes) || classes.problem() != Output.Problem.ONE) {
      throw new InputException(
          "%s tells %s, and entailment is one class of two texts: tune one on pairs"
              .formatted(name, output.words()));
    }
    if (test.isEmpty()) {
      throw new InputException("no pair tells how often " + name + " is right; give some");
    }
    LabelModel model = LabelModel.open(folder, threads);
    try {
      return new EntailmentCheck(name, model, classes, test);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /// @throws InputException for what is no model
  static Output tells(String name, Path folder) {
    try {
      return Predictor.tells(folder);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("cannot check with %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  private List<String> told(List<String[]> pairs) {
    var told = new ArrayList<String>();
    for (int from = 0; from < pairs.size(); from += TOGETHER) {
      List<Question> some =
          pairs.subList(from, Math.min(pairs.size(), from + TOGETHER)).stream()
              .map(p -> TextTask.question(p[0], p[1], model.tokenizer(), model.context()))
              .toList();
      List<float[][]> scores = model.scores(some.stream().map(Question::input).toList());
      for (int i = 0; i < some.size(); i++) {
        cut += some.get(i).shortened() ? 1 : 0;
        told.add(
            Verdict.of(output, scores.get(i)[0], model.readout().calibration()).told().getFirst());
      }
    }
    return told;
  }

  @Override
  public String name() {
    return "entailment";
  }

  @Override
  public String signature() {
    return "entailment|head:%s|accuracy:%.4f (%.4f … %.4f, n = %d)"
        .formatted(name, accuracy.value(), accuracy.low(), accuracy.high(), known);
  }

  @Override
  public List<String> notes() {
    var notes = new ArrayList<String>();
    notes.add(
        String.format(
            Locale.ROOT,
            "entailment is what %s tells, which is right on %.1f%% (%.1f … %.1f) of %,d pairs that"
                + " it was tested on",
            name,
            100 * accuracy.value(),
            100 * accuracy.low(),
            100 * accuracy.high(),
            known));
    if (cut > 0) {
      notes.add(
          "%,d pairs are longer than the %d tokens that %s reads, and were cut"
              .formatted(cut, model.context(), name));
    }
    return notes;
  }

  @Override
  public List<Optional<Finding>> of(List<CheckedAnswer> answers) {
    return told(answers.stream().map(a -> new String[] {a.source(), a.text()}).toList()).stream()
        .map(l -> Finding.of(l.equals(entailed), l.equals(entailed) ? "" : "it tells " + l))
        .toList();
  }

  @Override
  public void close() {
    model.close();
  }
}
