package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.generate.Predictor;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Proportion;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import dev.imago.tokenizers.EncodeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which of an answer's statements its source entails, as a classifier of pairs tells, and how
/// often that classifier is right on pairs that it has not learnt: what it says is worth no more.
///
/// A statement is a sentence, and so is what it is held against, since such pairs are what
/// classifiers learn: of a long source they say little (Laban et al. 2022, SummaC). It is entailed
/// where a window of the source entails it.
final class EntailmentCheck implements ResponseCheck {
  private static final int TOGETHER = 32;
  private static final double CONFIDENCE = 0.95;

  /// Statements told of an answer that are not entailed.
  private static final int TOLD = 3;

  private static final EncodeOptions AROUND = EncodeOptions.ORDINARY.withAddedSpecialTokens(true);

  private final String name;
  private final LabelModel model;
  private final Output.Classes output;
  private final int sentences;
  private final String entailed;
  private final Map<String, Interval> accuracies = new LinkedHashMap<>();
  private final Map<String, Integer> known = new LinkedHashMap<>();

  /// Tokens that stand around and between two texts.
  private final int around;

  private int cut;

  /// @param sentences of a source that a statement is held against at a time, at most
  EntailmentCheck(
      String name,
      LabelModel model,
      Output.Classes output,
      List<AnswerChecks.KnownPairs> tests,
      int sentences) {
    this.sentences = sentences;
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
    this.around =
        model.tokenizer().encoding("a", "a", AROUND).size()
            - 2 * model.tokenizer().encodeOrdinary("a").length;
    for (AnswerChecks.KnownPairs test : tests) {
      accuracies.put(test.name(), accuracy(test));
      known.put(test.name(), test.pairs().size());
    }
    this.cut = 0;
  }

  private Interval accuracy(AnswerChecks.KnownPairs test) {
    for (AnswerChecks.KnownPair pair : test.pairs()) {
      if (output.labels().stream().noneMatch(pair.label()::equalsIgnoreCase)) {
        throw new InputException(
            "%s: a pair of the test is «%s», and %s tells %s; give pairs with its labels"
                .formatted(test.name(), pair.label(), name, String.join(", ", output.labels())));
      }
    }
    List<String> told =
        told(test.pairs().stream().map(p -> new String[] {p.premise(), p.hypothesis()}).toList());
    long right = 0;
    for (int i = 0; i < told.size(); i++) {
      right += told.get(i).equalsIgnoreCase(test.pairs().get(i).label()) ? 1 : 0;
    }
    return Proportion.interval(right, told.size(), CONFIDENCE);
  }

  /// Opens a classifier of pairs.
  ///
  /// @param tests pairs that it has not learnt, at least one
  /// @param sentences of a source that a statement is held against at a time, at most
  /// @throws InputException for another model, and for labels that it does not have
  static EntailmentCheck open(
      String name, Path folder, int threads, List<AnswerChecks.KnownPairs> tests, int sentences) {
    Output output = tells(name, folder);
    if (!(output instanceof Output.Classes classes) || classes.problem() != Output.Problem.ONE) {
      throw new InputException(
          "%s tells %s, and entailment is one class of two texts: tune one on pairs (`imago run entail`)"
              .formatted(name, output.words()));
    }
    if (tests.stream().allMatch(t -> t.pairs().isEmpty())) {
      throw new InputException("no pair tells how often " + name + " is right; give some");
    }
    LabelModel model = LabelModel.open(folder, threads);
    try {
      return new EntailmentCheck(name, model, classes, tests, sentences);
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
    return "entailment|head:%s|unit:share of an answer's sentences|source:windows of sentences, %d at most|%s"
        .formatted(
            name,
            sentences,
            accuracies.entrySet().stream()
                .map(
                    e ->
                        "accuracy:%.4f (%.4f … %.4f, n = %d, %s)"
                            .formatted(
                                e.getValue().value(),
                                e.getValue().low(),
                                e.getValue().high(),
                                known.get(e.getKey()),
                                e.getKey()))
                .collect(Collectors.joining("|")));
  }

  @Override
  public List<String> notes() {
    var notes = new ArrayList<String>();
    accuracies.forEach(
        (test, accuracy) ->
            notes.add(
                String.format(
                    Locale.ROOT,
                    "entailment is what %s tells, which is right on %.1f%% (%.1f … %.1f) of %,d"
                        + " pairs of %s that it was tested on",
                    name,
                    100 * accuracy.value(),
                    100 * accuracy.low(),
                    100 * accuracy.high(),
                    known.get(test),
                    test)));
    if (cut > 0) {
      notes.add(
          "%,d pairs are longer than the %d tokens that %s reads, and were cut"
              .formatted(cut, model.context(), name));
    }
    return notes;
  }

  /// A statement beside a window of its source.
  private record Asked(int answer, int statement, String[] pair) {}

  @Override
  public List<Optional<Finding>> of(List<CheckedAnswer> answers) {
    // Each of an answer's sentences stands beside all of its source: of all answers it is too much.
    var findings = new ArrayList<Optional<Finding>>();
    for (int from = 0; from < answers.size(); from += TOGETHER) {
      findings.addAll(some(answers.subList(from, Math.min(answers.size(), from + TOGETHER))));
    }
    return findings;
  }

  private List<Optional<Finding>> some(List<CheckedAnswer> answers) {
    var asked = new ArrayList<Asked>();
    var said = new ArrayList<List<String>>();
    for (int i = 0; i < answers.size(); i++) {
      List<String> own = Statements.of(answers.get(i).text());
      Map<String, Integer> sizes = new HashMap<>();
      said.add(own);
      for (int s = 0; s < own.size(); s++) {
        int room = model.context() - around - size(own.get(s), sizes);
        for (String window :
            Statements.windows(answers.get(i).source(), sentences, t -> size(t, sizes), room)) {
          asked.add(new Asked(i, s, new String[] {window, own.get(s)}));
        }
      }
    }
    List<String> told = told(asked.stream().map(Asked::pair).toList());
    // Of each statement: entailment, where a window has it; else what contradicts it, if anything
    // does; else what the last window told.
    List<Map<Integer, String>> verdicts =
        answers.stream().<Map<Integer, String>>map(_ -> new HashMap<>()).toList();
    for (int i = 0; i < told.size(); i++) {
      String now = told.get(i);
      verdicts
          .get(asked.get(i).answer)
          .merge(
              asked.get(i).statement,
              now,
              (before, last) ->
                  before.equals(entailed) || !last.equals(entailed) && contradicts(before)
                      ? before
                      : last);
    }
    var findings = new ArrayList<Optional<Finding>>();
    for (int i = 0; i < answers.size(); i++) {
      findings.add(finding(said.get(i), verdicts.get(i)));
    }
    return findings;
  }

  private static boolean contradicts(String label) {
    return label.toLowerCase(Locale.ROOT).matches("contradict(ion|ed|s)?|矛盾");
  }

  private int size(String text, Map<String, Integer> sizes) {
    return sizes.computeIfAbsent(text, t -> model.tokenizer().encodeOrdinary(t).length);
  }

  private Optional<Finding> finding(List<String> statements, Map<Integer, String> verdicts) {
    if (statements.isEmpty()) {
      return Optional.empty();
    }
    var against = new ArrayList<String>();
    for (int s = 0; s < statements.size(); s++) {
      String told = verdicts.getOrDefault(s, "");
      if (!told.equals(entailed)) {
        against.add("%s: «%s»".formatted(told, statements.get(s)));
      }
    }
    double share = 1 - (double) against.size() / statements.size();
    return Optional.of(
        new Finding(
            share,
            against.stream().limit(TOLD).collect(Collectors.joining("; "))
                + (against.size() > TOLD ? "; and %d more".formatted(against.size() - TOLD) : "")));
  }

  @Override
  public void close() {
    model.close();
  }
}
