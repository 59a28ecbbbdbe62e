package dev.imago.annotation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.annotation.AnnotatedItem.Given;
import dev.imago.core.ConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class AnnotationTaskTest {
  private static final String SPANS =
      """
      task: spans
      name: names
      guidelines: |
        Whole names.
      labels:
        - name: PER
          was: PERSON
          key: p
        - LOC
      relations: [lives-in]
      nested: true
      overlap: 2
      """;

  private static AnnotatedItem item(String text) {
    return new AnnotatedItem(
        "1", JsonMapper.shared().createObjectNode().put("text", text), List.<Given>of());
  }

  private static String fault(AnnotationTask task, String text, LabelAnswer answer) {
    return AnswerCheck.fault(task, item(text), answer).orElse("");
  }

  @Test
  void a_task_is_read() {
    AnnotationTask task = AnnotationTask.parse(SPANS);
    assertEquals(TaskKind.SPANS, task.kind());
    assertEquals(List.of("PER", "LOC"), task.labelNames());
    assertEquals("p", task.labels().getFirst().key());
    assertEquals(2, task.overlap());
    assertEquals("Whole names.\n", task.guidelines());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'task: chioce'|did you mean «choice»",
        "'task: choice\nlabel: [a]'|label is no setting of a task",
        "'task: choice'|labels = 0",
        "'task: choice\nlabels: [a, a]'|stands twice",
        "'task: text\nlabels: [a]'|leave them out of task: text",
        "'task: choice\nlabels: [a]\nnested: true'|are for task: spans",
        "'task: choice\nlabels: [a]\noverlap: 0'|overlap = 0",
        "'task: choice\nlabels: [{name: a, key: ab}]'|no one character",
        "'- a'|no task",
        "'task: choice\nlabels: [[a]]'|is no name",
        "'task: spans\nlabels: [a]\nrelations: [{b: c}]'|is no name",
        "'task: [: x'|not YAML"
      })
  void what_is_wrong_is_named(String yaml, String why) {
    ConfigException e = assertThrows(ConfigException.class, () -> AnnotationTask.parse(yaml));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
  }

  @Test
  void a_new_version_keeps_carries_over_or_asks() {
    AnnotationTask old = AnnotationTask.parse("task: spans\nlabels: [PERSON, LOC, ORG]");
    AnnotationTask next =
        AnnotationTask.parse("task: spans\nlabels: [{name: PER, was: PERSON}, LOC, DATE]");
    TaskChange change = TaskChange.of(old, next);
    assertEquals(new TaskChange(List.of("DATE"), Map.of("PERSON", "PER"), List.of("ORG")), change);
    assertEquals(
        List.of(new MarkedSpan(0, 3, "PER")),
        change.applied(LabelAnswer.ofSpans(List.of(new MarkedSpan(0, 3, "PERSON")))).spans());
  }

  @Test
  void an_answer_is_checked_against_its_task() {
    AnnotationTask spans = AnnotationTask.parse(SPANS);
    AnnotationTask flat = AnnotationTask.parse("task: spans\nlabels: [PER]");
    AnnotationTask choice = AnnotationTask.parse("task: choice\nlabels: [good, bad]");
    var a = new MarkedSpan(0, 3, "PER");
    var b = new MarkedSpan(1, 5, "PER");
    assertEquals("", fault(spans, "Ann Lee", LabelAnswer.ofSpans(List.of(a, b))));
    assertTrue(fault(flat, "Ann Lee", LabelAnswer.ofSpans(List.of(a, b))).contains("overlap"));
    assertTrue(
        fault(flat, "An", LabelAnswer.ofSpans(List.of(a))).contains("not within a text of 2"));
    assertTrue(
        fault(flat, "👨‍👩‍👧", LabelAnswer.ofSpans(List.of(a))).contains("0 … 5 holds it whole"));
    assertTrue(fault(choice, "x", LabelAnswer.ofLabels(List.of("god"))).contains("«good»"));
    assertTrue(fault(choice, "x", LabelAnswer.NONE).contains("one label"));
  }

  @Test
  void a_comparison_names_one_of_its_answers_or_a_tie() {
    var fields = JsonMapper.shared().createObjectNode();
    fields.putArray("answers").add("x").add("y");
    var item = new AnnotatedItem("1", fields, List.of());
    AnnotationTask task = AnnotationTask.parse("task: comparison");
    for (String place : List.of("1", "2", "=")) {
      assertEquals(
          "", AnswerCheck.fault(task, item, LabelAnswer.ofLabels(List.of(place))).orElse(""));
    }
    assertTrue(AnswerCheck.fault(task, item, LabelAnswer.ofLabels(List.of("3"))).isPresent());
    AnnotationTask ranking = AnnotationTask.parse("task: ranking");
    assertTrue(AnswerCheck.fault(ranking, item, LabelAnswer.ofLabels(List.of("2"))).isPresent());
    assertEquals(
        "", AnswerCheck.fault(ranking, item, LabelAnswer.ofLabels(List.of("2", "1"))).orElse(""));
  }
}
