package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.KeptAnswer;
import dev.imago.data.KeptAnswers;
import dev.imago.data.Rating;
import dev.imago.data.RatingLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedbackForgetCommandTest {
  @TempDir Path folder;

  @Test
  void whatAUserAskedIsForgottenAndTheSearchedStateIsNamed() {
    Path file = folder.resolve(KeptAnswers.FILE);
    try (KeptAnswers kept = KeptAnswers.open(file)) {
      for (String user : List.of("user-7", "user-8")) {
        var asked = List.of(new Rating.Message("user", "q"));
        kept.append(
            new KeptAnswer(Instant.EPOCH, user, List.of("share"), null, user, asked, "a", "m"));
      }
    }
    Said said =
        Said.imago(
            "--workspace",
            folder,
            "feedback",
            "forget",
            "user-7",
            "--state",
            folder.resolve("other"));
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().contains("0 ratings and 1 kept answers are deleted"), said.out());
    assertTrue(said.out().contains("looked for in that of --state"), said.out());
    assertEquals(List.of("user-8"), KeptAnswers.all(file).stream().map(KeptAnswer::user).toList());
  }

  @Test
  void whatIsExportedLiesInTheWorkspaceThatTheServerWroteInto() throws Exception {
    try (RatingLog log = RatingLog.open(folder.resolve("ratings.jsonl"))) {
      for (Rating.Vote vote : Rating.Vote.values()) {
        var asked = List.of(new Rating.Message("user", "q"));
        log.append(
            new Rating(Instant.EPOCH, "of " + vote, vote, null, asked, "a " + vote, "weights/0"));
      }
    }
    Path out = folder.resolve("pairs.jsonl");
    Said said = Said.imago("--workspace", folder, "feedback", "export", "--out", out);
    assertEquals(0, said.exit(), said.err());
    assertTrue(Files.readString(out).contains("a UP"), said.out());
  }
}
