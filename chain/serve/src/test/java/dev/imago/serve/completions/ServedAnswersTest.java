package dev.imago.serve.completions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Rating;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServedAnswersTest {
  private static ServedAnswers.Served start(ServedAnswers answers, String id, int promptChars) {
    return answers.start(
        id,
        "ann",
        null,
        "model",
        List.of(new Rating.Message("user", "x".repeat(promptChars))),
        Optional.empty());
  }

  @Test
  void forgetsTheOldestWhereThereAreTooMany() {
    var answers = new ServedAnswers(2, 1 << 20, ServedAnswers.Keeper.NONE);
    start(answers, "a", 1);
    start(answers, "b", 1);
    start(answers, "c", 1);
    assertTrue(answers.find("a", "ann").isEmpty());
    assertTrue(answers.find("b", "ann").isPresent() && answers.find("c", "ann").isPresent());
  }

  @Test
  void forgetsTheOldestWherePromptsAreTooLong() {
    var answers = new ServedAnswers(100, 1000, ServedAnswers.Keeper.NONE);
    start(answers, "a", 300);
    start(answers, "b", 300);
    assertTrue(answers.find("a", "ann").isEmpty());
    assertTrue(answers.find("b", "ann").isPresent());
  }

  @Test
  void forgetsTheOldestWhereUsersNamesAreTooLong() {
    var answers = new ServedAnswers(100, 1000, ServedAnswers.Keeper.NONE);
    var said = List.of(new Rating.Message("user", "x"));
    answers.start("a", "ann", "u".repeat(300), "model", said, Optional.empty());
    answers.start("b", "ann", "u".repeat(300), "model", said, Optional.empty());
    assertTrue(answers.find("a", "ann").isEmpty());
    assertTrue(answers.find("b", "ann").isPresent());
  }

  @Test
  void forgetsTheOldestWhereAnswersGrowTooLong() {
    var answers = new ServedAnswers(100, 1000, ServedAnswers.Keeper.NONE);
    ServedAnswers.Served first = start(answers, "a", 10);
    ServedAnswers.Served second = start(answers, "b", 10);
    second.append("y".repeat(400));
    assertTrue(answers.find("a", "ann").isPresent());
    second.append("y".repeat(100));
    assertTrue(answers.find("a", "ann").isEmpty(), "answers count as prompts do");
    first.append("z".repeat(10_000)); // one that is forgotten weighs nothing
    start(answers, "c", 10);
    assertTrue(answers.find("c", "ann").isPresent());
  }

  @Test
  void keepsTheLatestWhateverItWeighs() {
    var answers = new ServedAnswers(100, 1000, ServedAnswers.Keeper.NONE);
    start(answers, "a", 1).append("y".repeat(100_000));
    assertEquals(100_000, answers.find("a", "ann").orElseThrow().answer().length());
  }
}
