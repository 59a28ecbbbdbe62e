package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Progress;
import dev.imago.evaluate.PairJudge.Choice;
import dev.imago.suites.ConversationForm;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model that says which of two answers is better.
class PairJudgeTest {
  @TempDir private Path folder;

  private int asked;

  /// A judge by a rule: what it says of a prompt.
  private SuiteModel judge(double atWork, Function<String, String> rule) {
    return new SuiteModel() {
      @Override
      public String name() {
        return "rule";
      }

      @Override
      public String identity() {
        return "rule";
      }

      @Override
      public ConversationForm conversation() {
        return (turns, continued) -> "<user>" + turns.getFirst().content() + "<assistant>";
      }

      @Override
      public void replies(List<ModelRequest> requests, Told told) {
        for (int i = 0; i < requests.size(); i++) {
          asked++;
          told.of(
              i,
              switch (requests.get(i)) {
                case ModelRequest.Continuation c ->
                    new ModelReply.Likelihood(
                        c.continuation().strip().equals(rule.apply(c.context())) ? -1 : -2,
                        false,
                        1);
                case ModelRequest.Generation g -> new ModelReply.Text(rule.apply(g.context()), 1);
                case ModelRequest.Rolling _ -> throw new IllegalStateException();
              });
        }
      }

      @Override
      public double atWork() {
        return atWork;
      }

      @Override
      public Set<String> notes() {
        return Set.of();
      }

      @Override
      public void close() {}
    };
  }

  private static final List<PairJudge.Pair> PAIRS =
      List.of(
          new PairJudge.Pair("p", "?", "good", "bad"),
          new PairJudge.Pair("q", "?", "bad", "good"),
          new PairJudge.Pair("r", "?", "good", "good"));

  private PairJudge.Outcome judged(SuiteModel judge, Map<String, Choice> people) throws Exception {
    return new PairJudge(judge, true, 8).judge(PAIRS, people, folder, false, Progress.NONE);
  }

  /// Says the place of the answer that is good.
  private static String knows(String prompt) {
    boolean first = prompt.contains("Answer 1:\ngood");
    boolean second = prompt.contains("Answer 2:\ngood");
    return first == second ? "0" : first ? "1" : "2";
  }

  @Test
  void whatBothOrdersSayCountsByLikelihoodAsByAnswers() throws Exception {
    for (double atWork : new double[] {0, 1}) {
      Path own = folder.resolve("at" + atWork);
      PairJudge.Outcome outcome =
          new PairJudge(judge(atWork, PairJudgeTest::knows), true, 8)
              .judge(PAIRS, Map.of(), own, false, Progress.NONE);
      assertEquals(
          List.of(Choice.FIRST, Choice.SECOND, Choice.TIE),
          outcome.pairs().stream().map(PairJudge.Judged::verdict).toList());
      assertEquals(0, outcome.byPlace());
      assertEquals(0.5, outcome.share().value());
      assertTrue(outcome.signature().startsWith("judge:rule|by:"), outcome.signature());
    }
  }

  @Test
  void aJudgeThatGoesByPlaceSaysNothing() throws Exception {
    PairJudge.Outcome outcome = judged(judge(0, prompt -> "1"), Map.of());
    assertEquals(3, outcome.ties());
    assertEquals(3, outcome.byPlace());
    assertEquals(1, outcome.p());
  }

  @Test
  void agreementWithPeopleIsOfThePairsThatTheyHaveJudged() throws Exception {
    PairJudge.Outcome outcome =
        judged(
            judge(0, PairJudgeTest::knows),
            Map.of("p", Choice.FIRST, "q", Choice.FIRST, "elsewhere", Choice.TIE));
    PairJudge.Agreement people = outcome.people().orElseThrow();
    assertEquals(2, people.pairs());
    assertEquals(0.5, people.accuracy().value());
    assertTrue(judged(judge(0, PairJudgeTest::knows), Map.of()).people().isEmpty());
  }

  @Test
  void whatWasAskedIsNotAskedAgainAndNoNumberIsNoVerdict() throws Exception {
    PairJudge.Outcome outcome = judged(judge(0, prompt -> "neither of 12"), Map.of());
    assertEquals(3, outcome.none());
    // The two orders of two alike answers are one question.
    assertEquals(3, asked);
    judged(judge(0, prompt -> "1"), Map.of());
    assertEquals(3, asked);
  }

  @Test
  void theLastNumberThatAJudgeSaysIsItsVerdict() {
    assertEquals(Choice.SECOND, PairJudge.read("Answer 1 is short, so the better one is 2."));
    assertEquals(Choice.TIE, PairJudge.read("0"));
    assertEquals(Choice.NONE, PairJudge.read("10 of 10"));
  }
}
