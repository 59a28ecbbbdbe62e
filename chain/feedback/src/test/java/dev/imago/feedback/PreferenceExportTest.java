package dev.imago.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Rating;
import dev.imago.data.Rating.Message;
import dev.imago.data.Rating.Vote;
import dev.imago.data.RatingLog;
import dev.imago.feedback.PreferenceExport.Format;
import dev.imago.feedback.PreferenceExport.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferenceExportTest {
  @TempDir Path folder;
  private Path log;
  private Path out;
  private int ids;

  @BeforeEach
  void files() {
    log = folder.resolve("ratings.jsonl");
    out = folder.resolve("out.jsonl");
  }

  private Rating chat(String prompt, String answer, Vote vote) {
    return rating("user", prompt, answer, vote);
  }

  private Rating text(String prompt, String answer, Vote vote) {
    return rating(Rating.TEXT, prompt, answer, vote);
  }

  private Rating rating(String role, String prompt, String answer, Vote vote) {
    return new Rating(
        Instant.EPOCH,
        "id" + ids++,
        vote,
        null,
        List.of(new Message(role, prompt)),
        answer,
        "model");
  }

  private Summary export(Format format, Rating... ratings) {
    try (RatingLog written = RatingLog.open(log)) {
      List.of(ratings).forEach(written::append);
    }
    return PreferenceExport.export(log, out, format);
  }

  private Rating said(String answer, Vote vote, String correction, String rejected) {
    List<Message> asked = List.of(new Message("user", "q"));
    return new Rating(
        Instant.EPOCH,
        "id" + ids++,
        vote,
        null,
        asked,
        answer,
        "m",
        "ann",
        correction,
        rejected,
        null);
  }

  @Test
  void anAnswerIsNoBetterThanItself() {
    Rating same = said("x", Vote.DOWN, "x", null);
    assertEquals(List.of(), Preferences.of(List.of(same)).pairs());
    assertEquals(List.of(), Preferences.of(List.of(said("x", Vote.UP, null, "x"))).pairs());
  }

  /// The answers of a row, without its prompt.
  private static String answers(String row) {
    return row.replaceAll("\\{\"role\":\"[a-z]+\",\"content\":(\"[^\"]*\")}", "$1")
        .replaceAll("\"prompt\":\\[[^]]*],", "");
  }

  private List<String> exported(Format format) throws IOException {
    PreferenceExport.export(log, out, format);
    return Files.readAllLines(out).stream().map(PreferenceExportTest::answers).toList();
  }

  @Test
  void correctionsAndChoicesBecomePairsJudgementsAndDemonstrations() throws IOException {
    export(
        Format.REST,
        said("a", Vote.DOWN, "right", null),
        said("b", Vote.UP, null, "c"),
        said("c", Vote.UP, null, "b"),
        said("d", Vote.UP, null, "a"));
    assertEquals(
        List.of(
            "{\"chosen\":[\"right\"],\"rejected\":[\"a\"]}",
            "{\"chosen\":[\"d\"],\"rejected\":[\"a\"]}"),
        exported(Format.PREFERENCE),
        "one choice is as often the other way round");
    assertEquals(
        List.of(
            "{\"completion\":[\"a\"],\"label\":false}",
            "{\"completion\":[\"right\"],\"label\":true}",
            "{\"completion\":[\"d\"],\"label\":true}"),
        exported(Format.UNPAIRED));
    assertEquals(List.of("{\"completion\":[\"right\"]}"), exported(Format.DEMONSTRATION));
  }

  @Test
  void pairsAnUpRatedWithADownRatedAnswerToTheSamePrompt() throws IOException {
    Summary summary =
        export(
            Format.PREFERENCE,
            chat("int size()", "Bad.", Vote.DOWN),
            chat("other", "Alone.", Vote.UP),
            chat("int size()", "Returns the size.", Vote.UP));
    assertEquals(new Summary(3, 1, 1, 1, 0, 0), summary);
    assertEquals(
        List.of(
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"int size()\"}],"
                + "\"chosen\":[{\"role\":\"assistant\",\"content\":\"Returns the size.\"}],"
                + "\"rejected\":[{\"role\":\"assistant\",\"content\":\"Bad.\"}]}"),
        Files.readAllLines(out));
  }

  @Test
  void writesWhatWasFoundGoodAsDemonstrations() throws IOException {
    export(
        Format.DEMONSTRATION,
        chat("int size()", "Bad.", Vote.DOWN),
        chat("int size()", "Returns the size.", Vote.UP));
    assertEquals(
        List.of(
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"int size()\"}],"
                + "\"completion\":[{\"role\":\"assistant\",\"content\":\"Returns the size.\"}]}"),
        Files.readAllLines(out));
  }

  @Test
  void writesTheRestUnpaired() throws IOException {
    export(
        Format.REST,
        chat("p", "good", Vote.UP),
        chat("p", "bad", Vote.DOWN),
        chat("q", "meh", Vote.DOWN));
    assertEquals(
        List.of(
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}],"
                + "\"completion\":[{\"role\":\"assistant\",\"content\":\"meh\"}],\"label\":false}"),
        Files.readAllLines(out));
  }

  @Test
  void writesEveryRatedAnswerUnpaired() {
    Summary summary =
        export(
            Format.UNPAIRED,
            chat("p", "good", Vote.UP),
            chat("p", "bad", Vote.DOWN),
            chat("q", "meh", Vote.DOWN));
    assertEquals(3, summary.rows());
  }

  @Test
  void usesEachAnswerOfAPromptWithoutMultiplyingThem() {
    Rating[] ratings = new Rating[12];
    for (int i = 0; i < 12; i++) {
      ratings[i] = chat("p", "answer " + i, i < 9 ? Vote.UP : Vote.DOWN);
    }
    Summary summary = export(Format.PREFERENCE, ratings);
    assertEquals(new Summary(12, 9, 9, 0, 0, 0), summary);
  }

  @Test
  void leavesOutAnAnswerThatIsRatedUpAndDownAlike() throws IOException {
    Summary summary =
        export(Format.UNPAIRED, chat("p", "same", Vote.UP), chat("p", "same", Vote.DOWN));
    assertEquals(new Summary(2, 0, 0, 0, 1, 0), summary);
    assertEquals(0, Files.size(out));
  }

  @Test
  void countsOnlyTheLastThumbOfACompletion() {
    Rating first = chat("p", "answer", Vote.UP);
    Rating changed =
        new Rating(
            Instant.EPOCH,
            first.completionId(),
            Vote.DOWN,
            null,
            first.messages(),
            first.answer(),
            "model");
    Summary summary = export(Format.PREFERENCE, first, changed, chat("p", "better", Vote.UP));
    assertEquals(new Summary(2, 1, 1, 0, 0, 0), summary);
  }

  @Test
  void writesContinuedTextsAsStrings() throws IOException {
    export(Format.PREFERENCE, text("Once", " upon", Vote.UP), text("Once", " more", Vote.DOWN));
    assertEquals(
        List.of("{\"prompt\":\"Once\",\"chosen\":\" upon\",\"rejected\":\" more\"}"),
        Files.readAllLines(out));
  }

  @Test
  void keepsAFileOfChatsFreeOfContinuedTextsAndSaysHowMany() {
    Summary summary =
        export(Format.UNPAIRED, chat("p", "good", Vote.UP), text("Once", " upon", Vote.UP));
    assertEquals(new Summary(2, 1, 0, 1, 0, 1), summary);
  }

  @Test
  void refusesToOverwriteItsOwnLog() {
    assertThrows(
        ConfigException.class,
        () -> {
          RatingLog.open(log).close();
          PreferenceExport.export(log, log, Format.PREFERENCE);
        });
  }

  @Test
  void saysThatThereIsNoLog() {
    assertThrows(InputException.class, () -> PreferenceExport.export(log, out, Format.PREFERENCE));
  }
}
