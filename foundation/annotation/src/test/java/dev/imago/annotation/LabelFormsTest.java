package dev.imago.annotation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.annotation.AnnotatedItem.Given;
import dev.imago.annotation.MarkedSpan.Relation;
import dev.imago.core.ConfigException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class LabelFormsTest {
  private static final String TEXT = "😀 Ann, \"né\u0301e\" Lee,\nlives in 北京.\tReally";

  private record Written(String text, Map<String, Long> lost) {}

  private record Read(List<AnnotatedItem> items, List<String> faults) {}

  private static ObjectNode fields(String text) {
    return JsonMapper.shared().createObjectNode().put("text", text);
  }

  private static Written write(AnnotationFormat format, PositionUnit unit, AnnotatedItem... items)
      throws IOException {
    var out = new ByteArrayOutputStream();
    try (var writer = new AnnotationWriter(out, format, unit)) {
      for (AnnotatedItem item : items) {
        writer.write(item);
      }
      writer.close();
      return new Written(out.toString(StandardCharsets.UTF_8), writer.lost());
    }
  }

  private static Read read(AnnotationFormat format, String text) throws IOException {
    var items = new ArrayList<AnnotatedItem>();
    var faults = new ArrayList<String>();
    AnnotationReader.read(
        new StringReader(text),
        format,
        new AnnotationReader.Visitor() {
          @Override
          public void item(AnnotatedItem item, long line) {
            items.add(item);
          }

          @Override
          public void broken(long line, String why) {
            faults.add(line + ": " + why);
          }
        });
    return new Read(items, faults);
  }

  /// Of «Ann», «née», of both with what is between (which holds them), and of «北京».
  private static LabelAnswer nested() {
    return new LabelAnswer(
        List.of("news", "a, \"b\""),
        List.of(
            new MarkedSpan(2, 5, "PER"),
            new MarkedSpan(8, 12, "NOTE"),
            new MarkedSpan(2, 17, "PER"),
            new MarkedSpan(28, 30, "LOC")),
        List.of(new Relation(2, 3, "lives-in")),
        "a note,\nin two lines");
  }

  private static AnnotatedItem full() {
    ObjectNode fields = fields(TEXT).put("source", "page 3");
    fields.put("rank", 7);
    return new AnnotatedItem(
        "17",
        fields,
        List.of(
            Given.by("ann", nested()),
            Given.by("bob", LabelAnswer.ofLabels(List.of("sport"))),
            new Given(
                "model-1", true, 0.75, LabelAnswer.ofSpans(List.of(new MarkedSpan(2, 5, "PER"))))));
  }

  private static AnnotatedItem people() {
    return new AnnotatedItem("17", full().fields(), full().given().subList(0, 2));
  }

  @ParameterizedTest
  @EnumSource(PositionUnit.class)
  void our_own_form_holds_everything_in_any_unit(PositionUnit unit) throws IOException {
    Written written = write(AnnotationFormat.JSONL, unit, full());
    assertEquals(List.of(full()), read(AnnotationFormat.JSONL, written.text).items);
    assertEquals(Map.of(), written.lost);
  }

  @Test
  void csv_and_label_studio_hold_everything() throws IOException {
    for (AnnotationFormat format : List.of(AnnotationFormat.CSV, AnnotationFormat.LABEL_STUDIO)) {
      Written written = write(format, format.unit(), full());
      assertEquals(List.of(full()), read(format, written.text).items, format.label());
      assertEquals(Map.of(), written.lost);
    }
  }

  @Test
  void prodigy_holds_what_people_said_and_says_that_models_are_left_out() throws IOException {
    Written written = write(AnnotationFormat.PRODIGY, PositionUnit.CODE_POINTS, full());
    assertEquals(List.of(people()), read(AnnotationFormat.PRODIGY, written.text).items);
    assertEquals(1, written.lost.size());
  }

  @Test
  void doccano_holds_spans_relations_and_classes_and_says_what_it_does_not() throws IOException {
    LabelAnswer answer = nested();
    var without =
        new AnnotatedItem(
            "17",
            full().fields(),
            List.of(
                Given.by(
                    "", new LabelAnswer(answer.labels(), answer.spans(), answer.relations(), ""))));
    Written written = write(AnnotationFormat.DOCCANO, PositionUnit.CODE_POINTS, without);
    assertEquals(List.of(without), read(AnnotationFormat.DOCCANO, written.text).items);
    assertEquals(Map.of(), written.lost);
    assertEquals(3, write(AnnotationFormat.DOCCANO, PositionUnit.CODE_POINTS, full()).lost.size());
  }

  @Test
  void columns_hold_spans_apart_with_their_text_and_say_what_they_leave_out() throws IOException {
    var spans =
        List.of(
            new MarkedSpan(2, 5, "PER"),
            new MarkedSpan(14, 17, "PER"),
            new MarkedSpan(28, 29, "LOC"),
            new MarkedSpan(29, 30, "LOC"));
    var item =
        new AnnotatedItem(
            "a 1", fields(TEXT), List.of(Given.by("ann", LabelAnswer.ofSpans(spans))));
    for (AnnotationFormat format : List.of(AnnotationFormat.BIO, AnnotationFormat.BIOES)) {
      Written written = write(format, PositionUnit.CODE_POINTS, item);
      assertEquals(List.of(item), read(format, written.text).items, written.text);
      assertEquals(Map.of(), written.lost);
      assertEquals(format == AnnotationFormat.BIOES, written.text.contains("\tS-"), written.text);
    }
    Map<String, Long> lost = write(AnnotationFormat.BIO, PositionUnit.CODE_POINTS, full()).lost;
    assertTrue(
        lost.keySet().stream().anyMatch(l -> l.contains("within or across")), lost::toString);
    assertEquals(5, lost.size(), lost::toString);
    var blank = Given.by("ann", LabelAnswer.ofSpans(List.of(new MarkedSpan(13, 17, "PER"))));
    assertEquals(
        1,
        write(
                AnnotationFormat.BIO,
                PositionUnit.CODE_POINTS,
                new AnnotatedItem("1", fields(TEXT), List.of(blank)))
            .lost
            .size());
  }

  @Test
  void plain_columns_of_others_are_read() throws IOException {
    Read read = read(AnnotationFormat.BIO, "Ann B-PER\nLee I-PER\nlives O\n\nParis B-LOC\n\nx\n");
    assertEquals("Ann Lee lives", read.items.getFirst().text());
    assertEquals(
        List.of(new MarkedSpan(0, 7, "PER")),
        read.items.getFirst().given().getFirst().answer().spans());
    assertEquals(List.of("7: the word «x» has no tag"), read.faults);
  }

  @Test
  void label_studio_counts_as_javascript_and_a_file_that_does_not_is_understood()
      throws IOException {
    String region =
        "[{\"id\":1,\"data\":{\"text\":\"😀"
            + " Ann\"},\"annotations\":[{\"completed_by\":{\"email\":\"a@b\"},\"result\":["
            + "{\"id\":\"x\",\"type\":\"labels\",\"value\":{\"start\":%d,\"end\":%d,\"text\":\"Ann\",\"labels\":[\"PER\"]}}]}]}]";
    for (int from : new int[] {3, 2, 5}) {
      AnnotatedItem item =
          read(AnnotationFormat.LABEL_STUDIO, region.formatted(from, from + 3)).items.getFirst();
      assertEquals(List.of(new MarkedSpan(2, 5, "PER")), item.given().getFirst().answer().spans());
      assertEquals("a@b", item.given().getFirst().by());
    }
    Read shifted = read(AnnotationFormat.LABEL_STUDIO, region.formatted(0, 3));
    assertTrue(shifted.faults.getFirst().contains("reads"), shifted.faults::toString);
  }

  @Test
  void prodigys_rejected_rows_are_items_and_doccanos_old_labels_are_spans() throws IOException {
    Read rejected =
        read(
            AnnotationFormat.PRODIGY,
            "{\"text\":\"Ann\",\"label\":\"PER\",\"answer\":\"reject\"}\n"
                + "{\"text\":\"Ann\",\"label\":\"PER\",\"answer\":\"accept\"}\n");
    assertEquals(List.of(), rejected.items.get(0).given());
    assertEquals(List.of("PER"), rejected.items.get(1).given().getFirst().answer().labels());
    Read old =
        read(AnnotationFormat.DOCCANO, "{\"id\":5,\"text\":\"Ann\",\"label\":[[0,3,\"PER\"]]}");
    assertEquals(
        List.of(new MarkedSpan(0, 3, "PER")),
        old.items.getFirst().given().getFirst().answer().spans());
  }

  @Test
  void a_broken_row_is_told_and_the_rest_goes_on() throws IOException {
    Read read =
        read(
            AnnotationFormat.JSONL,
            """
            {"id":"a","text":"x","answers":[{"labels":["good"]}]}
            {"id":"b","text":"x",
            {"id":"c","text":"x","answers":[{"spans":[{"from":0,"to":9,"label":"A"}]}]}
            {"id":"d","text":"x","answers":[{"relations":[{"head":0,"tail":1,"label":"A"}]}]}
            7
            {"id":"f","text":"x","answers":5}
            {"id":"g","text":"x","unit":{}}
            {"id":"e","text":"x"}
            """);
    assertEquals(2, read.items.size());
    assertEquals(6, read.faults.size());
    assertEquals(
        1, read(AnnotationFormat.DOCCANO, "{\"text\":\"x\",\"label\":[[0,1,{}]]}").faults.size());
    assertTrue(read.faults.get(1).contains("0 … 9 is not within a text of 1"));
  }

  @Test
  void answers_that_are_compared_pass_through_our_own_form() throws IOException {
    String line =
        "{\"id\":\"1\",\"prompt\":\"p\",\"answers\":[\"x\",\"y\"],\"given\":[{\"by\":\"a\",\"labels\":[\"2\"]}]}\n";
    AnnotatedItem item = read(AnnotationFormat.JSONL, line).items.getFirst();
    assertEquals(2, item.fields().path("answers").size());
    assertEquals(List.of("2"), item.given().getFirst().answer().labels());
    assertEquals(line, write(AnnotationFormat.JSONL, PositionUnit.CODE_POINTS, item).text);
  }

  @Test
  void comparisons_and_corrections_become_rows_for_tuning() throws IOException {
    ObjectNode fields = JsonMapper.shared().createObjectNode().put("prompt", "2 + 2?");
    fields.putArray("answers").add("five").add("four");
    var compared =
        new AnnotatedItem("1", fields, List.of(Given.by("a", LabelAnswer.ofLabels(List.of("2")))));
    var tied =
        new AnnotatedItem("2", fields, List.of(Given.by("a", LabelAnswer.ofLabels(List.of("=")))));
    var corrected =
        new AnnotatedItem(
            "3",
            JsonMapper.shared().createObjectNode().put("prompt", "p").put("answer", "wrong"),
            List.of(Given.by("a", LabelAnswer.ofText("right"))));
    Written trl = write(AnnotationFormat.TRL, PositionUnit.CODE_POINTS, compared, tied, corrected);
    assertEquals(
        """
        {"prompt":"2 + 2?","chosen":"four","rejected":"five"}
        {"prompt":"p","chosen":"right","rejected":"wrong"}
        """,
        trl.text);
    assertEquals(1, trl.lost.size());
    assertEquals(
        "{\"instruction\":\"p\",\"input\":\"\",\"output\":\"right\"}\n",
        write(AnnotationFormat.INSTRUCTION, PositionUnit.CODE_POINTS, corrected).text);
    assertThrows(ConfigException.class, () -> read(AnnotationFormat.TRL, trl.text));
  }
}
