package dev.imago.suites;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.sources.ParquetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteTest {
  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return file;
  }

  private TaskRun task(String yaml) throws IOException {
    return Suite.read(List.of(write("task.yaml", yaml)), PromptOptions.USUAL).tasks().getFirst();
  }

  private void refuses(String yaml, String... words) {
    String said = assertThrows(InputException.class, () -> task(yaml)).getMessage();
    for (String word : words) {
      assertTrue(said.contains(word), said);
    }
  }

  private static final String TASK =
      """
      task: t
      dataset_path: json
      dataset_kwargs: {data_files: {test: rows.jsonl}}
      test_split: test
      doc_to_text: "{{q}}"
      doc_to_target: "{{a}}"
      """;

  private ScoredItem answered(TaskRun task, String... answers) {
    return task.scored(
        task.items().getFirst(),
        java.util.Arrays.stream(answers).map(a -> (ModelReply) new ModelReply.Text(a, 1)).toList());
  }

  @Test
  void whatIsPythonIsRefusedByItsKey() throws IOException {
    write("rows.jsonl", "{\"q\": \"x\", \"a\": \"y\"}\n");
    refuses(TASK + "process_docs: !function utils.f\n", "process_docs", "utils.f", "task.yaml");
    refuses(
        TASK + "metric_list: [{metric: !function m.g, aggregation: mean}]\n", "metric_list", "m.g");
    refuses(TASK + "unsafe_code: true\n", "unsafe_code");
  }

  @Test
  void whatNoTaskHasIsRefusedWithWhatThereIs() throws IOException {
    write("rows.jsonl", "{\"q\": \"x\", \"a\": \"y\"}\n");
    refuses(TASK + "doc_to_txt: x\n", "doc_to_txt", "doc_to_text");
    refuses(TASK + "metric_list: [{metric: rouge}]\n", "rouge", "exact_match");
    refuses(TASK + "filter_list: [{name: f, filter: [{function: magic}]}]\n", "magic", "regex");
    refuses(TASK.replace("{{a}}", "{{answer}}"), "answer", "undefined", "q, a");
    refuses(TASK.replace("dataset_path: json", "dataset_path: allenai/ai2_arc"), "network");
    refuses(TASK.replace("rows.jsonl", "none.jsonl"), "none.jsonl");
    refuses(TASK + "num_fewshot: 4\n", "num_fewshot = 4", "1");
    refuses(TASK + "output_type: multiple_choice\n", "doc_to_choice");
    refuses(TASK + "output_type: multiple_choice\ndoc_to_choice: ['{{q}}', '{{a}}']\n", "{{[first");
  }

  @Test
  void aBrokenRowIsToldWithItsLine() throws IOException {
    write("rows.jsonl", "{\"q\": \"x\", \"a\": \"y\"}\n{\"q\": \n");
    refuses(TASK, "rows.jsonl", "line 2");
  }

  @Test
  void filtersAreThoseOfPython() throws IOException {
    write("rows.jsonl", "{\"q\": \"x\", \"a\": \"42\", \"choices\": [\"a dog\", \"a cat\"]}\n");
    TaskRun task =
        task(
            TASK
                + """
                repeats: 3
                filter_list:
                  - name: last
                    filter:
                      - {function: regex, regex_pattern: "(-?[$0-9.,]{2,})|(-?[0-9]+)", group_select: -1}
                      - {function: take_first}
                  - name: vote
                    filter: [{function: majority_vote}, {function: take_first}]
                  - name: choice
                    filter:
                      - {function: multi_choice_regex, regex_pattern: "(\\\\([A-Z]\\\\))", ignore_case: true, group_select: -1}
                      - {function: take_first}
                """);
    ScoredItem scored = answered(task, "7 and 42", "A Cat, I say", "A Cat, I say");
    assertEquals(
        Map.of("last", "42", "vote", "A Cat, I say", "choice", "[invalid]"), scored.answers());
    assertEquals("(B)", answered(task, "A Cat, I say", "", "").answers().get("choice"));
    assertEquals(1, scored.values().get("last").get("exact_match").own());
    assertEquals(0, scored.values().get("vote").get("exact_match").own());
  }

  @Test
  void columnsOfCsvHaveTypes() throws IOException {
    write("rows.csv", "q,a,n\nx,1,1\ny,2,\nz,3,NA\n");
    TaskRun task =
        task(
            TASK.replace("rows.jsonl", "rows.csv")
                    .replace("dataset_path: json", "dataset_path: csv")
                + "description: '{{n}} {{a + 1}}'\n");
    assertEquals(
        "1.0 2x", ((ModelRequest.Generation) task.items().get(0).requests().getFirst()).context());
    assertEquals(
        "None 3y", ((ModelRequest.Generation) task.items().get(1).requests().getFirst()).context());
  }

  @Test
  void aTableOfParquetIsReadAsOneOfJson() throws IOException {
    var columns =
        List.of(
            new ParquetWriter.Column("q", ParquetWriter.Type.STRING),
            new ParquetWriter.Column("a", ParquetWriter.Type.INT64));
    Path table = folder.resolve("data/test-00000-of-00001.parquet");
    Files.createDirectories(table.getParent());
    try (var out = Files.newOutputStream(table);
        var writer = new ParquetWriter(out, columns, 1 << 20)) {
      writer.row(new Object[] {"x", 1L});
      writer.row(new Object[] {"y", 2L});
    }
    // Of a folder each part is found by its name, as Hugging Face writes them. A process reads it.
    TaskRun task =
        task(TASK.replaceAll("path: json\n.*", "path: data") + "description: '{{a + 1}}'\n");
    assertEquals(2, task.items().size());
    assertEquals(
        "2x", ((ModelRequest.Generation) task.items().getFirst().requests().getFirst()).context());
  }

  @Test
  void linesOfATemplateAreKept() throws IOException {
    write("rows.jsonl", "{\"q\": \"x\", \"a\": \"y\"}\n");
    TaskRun task = task(TASK.replace("\"{{q}}\"", "\"{% if q %}\\n  {{q}}\\n{% endif %}\\n\""));
    assertEquals(
        "\n  x\n\n",
        ((ModelRequest.Generation) task.items().getFirst().requests().getFirst()).context());
  }

  @Test
  void twoFilesMayIncludeOne() throws IOException {
    write("rows.jsonl", "{\"q\": \"x\", \"a\": \"y\"}\n");
    write("both", TASK);
    write("one", "include: both\n");
    write("other", "include: both\ndescription: d\n");
    TaskRun task = task("include: [one, other]\ntask: t\n");
    assertEquals(
        "dx", ((ModelRequest.Generation) task.items().getFirst().requests().getFirst()).context());
  }

  @Test
  void aChoiceFarBeyondTheLastIsNone() throws IOException {
    write("rows.jsonl", "{\"q\": \"x\", \"a\": 5000000000}\n");
    TaskRun task =
        task(
            TASK.replace("\"{{a}}\"", "a")
                + "output_type: multiple_choice\ndoc_to_choice: [b, c]\n");
    var no = new ModelReply.Likelihood(-1, false, 1);
    ScoredItem scored = task.scored(task.items().getFirst(), java.util.List.of(no, no));
    assertEquals(0, scored.values().get("none").get("acc").own());
  }

  @Test
  void aFileThatIncludesItselfIsRefused() throws IOException {
    refuses("include: task.yaml\n" + TASK, "includes itself");
  }
}
