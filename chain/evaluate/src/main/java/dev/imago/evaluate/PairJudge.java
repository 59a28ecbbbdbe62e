package dev.imago.evaluate;

import dev.imago.core.Progress;
import dev.imago.metrics.ClassScores;
import dev.imago.metrics.Interval;
import dev.imago.metrics.McNemar;
import dev.imago.metrics.Proportion;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import dev.imago.suites.Turn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A model that says which of two answers to a question is better, asked twice with the answers in
/// either order: judges prefer places (Zheng et al. 2023, arXiv:2306.05685), and what they say of
/// one order alone is not counted.
///
/// A model of this machine is asked how likely it goes on with 1, 2 or 0, a server what it says.
public final class PairJudge {
  private static final double CONFIDENCE = 0.95;

  /// The signature's version: another prompt is another judge.
  private static final int VERSION = 1;

  private static final String PROMPT =
      """
      Which of two answers to a question is better: more correct, more helpful, more to the point?

      Question:
      %s

      Answer 1:
      %s

      Answer 2:
      %s

      Say 1 or 2 for the better answer, or 0 if neither is better. Say the number alone.
      Better answer:\
      """;

  private static final Pattern NUMBER = Pattern.compile("(?<!\\d)[012](?!\\d)");

  /// Two answers to a question.
  public record Pair(String id, String question, String first, String second) {}

  /// What is said of two answers.
  public enum Choice {
    FIRST("A"),
    SECOND("B"),
    TIE("tie"),
    /// The judge said no number.
    NONE("no verdict");

    private final String words;

    Choice(String words) {
      this.words = words;
    }

    /// As files and tables have it.
    public String words() {
      return words;
    }

    /// By its word, whatever its case.
    public static Optional<Choice> named(String word) {
      return List.of(FIRST, SECOND, TIE).stream()
          .filter(c -> c.words.equalsIgnoreCase(word))
          .findFirst();
    }

    private Choice swapped() {
      return this == FIRST ? SECOND : this == SECOND ? FIRST : this;
    }
  }

  /// A judged pair.
  ///
  /// @param inOrder what was said where the first answer stood first
  /// @param swapped what was said where it stood second
  public record Judged(Pair pair, Choice inOrder, Choice swapped) {
    /// Whether the order changed what was said.
    public boolean byPlace() {
      return inOrder != swapped;
    }

    /// What both orders say; a tie where they differ.
    public Choice verdict() {
      return !byPlace()
          ? inOrder
          : inOrder == Choice.NONE || swapped == Choice.NONE ? Choice.NONE : Choice.TIE;
    }
  }

  /// How far the judge says what people say, of the pairs that they have judged.
  ///
  /// @param accuracy the share of the same verdicts, with its interval
  /// @param kappa Cohen's, of the three verdicts; NaN where it is undefined
  public record Agreement(Interval accuracy, double kappa, int pairs) {}

  /// What came out.
  ///
  /// @param wins pairs whose first answer is better, by both orders
  /// @param losses those whose second is
  /// @param share of wins among both, with its interval; NaN where there are none
  /// @param p of the sign test: that wins and losses lie as unevenly by chance
  public record Outcome(
      String signature,
      List<Judged> pairs,
      long wins,
      long losses,
      long ties,
      long none,
      long byPlace,
      Interval share,
      double p,
      Optional<Agreement> people) {
    public Outcome {
      pairs = List.copyOf(pairs);
    }
  }

  private final SuiteModel judge;
  private final boolean chat;
  private final int maxTokens;

  /// @param chat whether it is given a conversation
  /// @param maxTokens of what a server says
  public PairJudge(SuiteModel judge, boolean chat, int maxTokens) {
    this.judge = judge;
    this.chat = chat;
    this.maxTokens = maxTokens;
  }

  /// Judges; what was asked before is not asked again.
  ///
  /// @param answers a folder where answers are kept
  /// @param people what they said, by the pairs' ids; may be empty
  /// @param progress told each pair
  public Outcome judge(
      List<Pair> pairs, Map<String, Choice> people, Path answers, boolean fresh, Progress progress)
      throws InterruptedException {
    var judged = new ArrayList<Judged>();
    try (AnswerStore store = AnswerStore.open(answers, judge.identity(), fresh)) {
      for (Pair pair : pairs) {
        Choice inOrder = choice(store, pair.question(), pair.first(), pair.second());
        Choice swapped = choice(store, pair.question(), pair.second(), pair.first()).swapped();
        judged.add(new Judged(pair, inOrder, swapped));
        progress.add(1);
      }
    }
    return outcome(judged, people);
  }

  private Outcome outcome(List<Judged> judged, Map<String, Choice> people) {
    long wins = count(judged, Choice.FIRST);
    long losses = count(judged, Choice.SECOND);
    return new Outcome(
        "judge:%s|%s|%s|orders:both|version:%d"
            .formatted(
                judge.name(),
                likelihoods() ? "by:likelihood" : "by:answer",
                chat ? "prompt:conversation" : "prompt:text",
                VERSION),
        judged,
        wins,
        losses,
        count(judged, Choice.TIE),
        count(judged, Choice.NONE),
        judged.stream().filter(Judged::byPlace).count(),
        wins + losses == 0
            ? new Interval(Double.NaN, Double.NaN, Double.NaN)
            : Proportion.interval(wins, wins + losses, CONFIDENCE),
        new McNemar(wins, losses).p(),
        agreement(judged, people));
  }

  private static long count(List<Judged> judged, Choice choice) {
    return judged.stream().filter(j -> j.verdict() == choice).count();
  }

  private static Optional<Agreement> agreement(List<Judged> judged, Map<String, Choice> people) {
    var theirs = new ArrayList<String>();
    var ours = new ArrayList<String>();
    for (Judged one : judged) {
      Choice said = people.get(one.pair().id());
      if (said != null) {
        theirs.add(said.words());
        ours.add(one.verdict().words());
      }
    }
    if (theirs.isEmpty()) {
      return Optional.empty();
    }
    long same = 0;
    for (int i = 0; i < theirs.size(); i++) {
      same += theirs.get(i).equals(ours.get(i)) ? 1 : 0;
    }
    return Optional.of(
        new Agreement(
            Proportion.interval(same, theirs.size(), CONFIDENCE),
            ClassScores.of(theirs, ours).kappa(ClassScores.Distance.NONE),
            theirs.size()));
  }

  /// A server tells no likelihood of what it is given in a conversation, and few do in texts.
  private boolean likelihoods() {
    return judge.atWork() > 0;
  }

  private Choice choice(AnswerStore store, String question, String first, String second)
      throws InterruptedException {
    String prompt = PROMPT.formatted(question, first, second);
    String context =
        chat ? judge.conversation().text(List.of(new Turn("user", prompt, "")), false) : prompt;
    if (!likelihoods()) {
      var ask = new ModelRequest.Generation(context, List.of(), maxTokens, 0, 1, 0, 0);
      return read(((ModelReply.Text) replies(store, List.of(ask)).getFirst()).text());
    }
    String blank = chat ? "" : " ";
    List<ModelReply> replies =
        replies(
            store,
            List.of(
                new ModelRequest.Continuation(context, blank + "1"),
                new ModelRequest.Continuation(context, blank + "2"),
                new ModelRequest.Continuation(context, blank + "0")));
    Choice best = Choice.FIRST;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < replies.size(); i++) {
      double p = ((ModelReply.Likelihood) replies.get(i)).logProbability();
      if (p > most) {
        most = p;
        best = Choice.values()[i];
      }
    }
    return best;
  }

  private List<ModelReply> replies(AnswerStore store, List<ModelRequest> requests)
      throws InterruptedException {
    List<ModelRequest> open = requests.stream().filter(a -> store.of(a).isEmpty()).toList();
    if (!open.isEmpty()) {
      List<ModelReply> said = judge.replies(open);
      for (int i = 0; i < open.size(); i++) {
        store.keep(open.get(i), said.get(i));
      }
    }
    return requests.stream().map(a -> store.of(a).orElseThrow()).toList();
  }

  /// The last number that it says: some think first.
  static Choice read(String said) {
    Matcher numbers = NUMBER.matcher(said);
    Choice choice = Choice.NONE;
    while (numbers.find()) {
      choice =
          switch (numbers.group()) {
            case "1" -> Choice.FIRST;
            case "2" -> Choice.SECOND;
            default -> Choice.TIE;
          };
    }
    return choice;
  }
}
