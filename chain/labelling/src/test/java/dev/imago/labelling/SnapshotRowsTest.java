package dev.imago.labelling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.AnnotationTask;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The labels of a held-out document stay on its side, whatever was asked of it.
class SnapshotRowsTest {
  @TempDir Path folder;

  private static AnnotatedItem item(int n, ObjectNode fields, LabelAnswer answer) {
    return new AnnotatedItem("i" + n, fields, List.of(AnnotatedItem.Given.by("ann", answer)));
  }

  private static ObjectNode fields(String split) {
    ObjectNode fields = JsonMapper.shared().createObjectNode();
    return split.isEmpty() ? fields : fields.put("split", split);
  }

  private List<String> heldout(String task, List<AnnotatedItem> items) throws IOException {
    new SnapshotRows(AnnotationTask.parse(task), items).write(folder, note -> {});
    return Files.readAllLines(folder.resolve("heldout.jsonl"));
  }

  @Test
  void pairs_of_one_prompt_stand_together() throws IOException {
    List<AnnotatedItem> items = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      ObjectNode fields = fields(n == 3 ? "heldout" : "").put("prompt", "prompt " + n);
      fields.putArray("answers").add("x").add("y").add("z");
      items.add(item(n, fields, LabelAnswer.ofLabels(List.of("3", "1", "2"))));
    }
    List<String> heldout = heldout("task: ranking", items);
    assertEquals(3, heldout.size());
    assertTrue(heldout.stream().allMatch(row -> row.contains("prompt 3")), heldout::toString);
  }

  @Test
  void spans_and_found_answers_stay_on_their_side() throws IOException {
    var name = LabelAnswer.ofSpans(List.of(new MarkedSpan(0, 3, "PER")));
    List<AnnotatedItem> items =
        IntStream.range(0, 6)
            .mapToObj(
                n -> item(n, fields(n == 4 ? "heldout" : "train").put("text", "Ann, " + n), name))
            .toList();
    List<String> spans = heldout("task: spans\nlabels: [PER]", items);
    assertEquals(1, spans.size());
    assertTrue(spans.getFirst().contains("4"), spans::toString);
    List<AnnotatedItem> asked =
        items.stream()
            .map(
                i ->
                    new AnnotatedItem(
                        i.id(), i.fields().deepCopy().put("question", "Who?"), i.given()))
            .toList();
    List<String> answers = heldout("task: answer-span", asked);
    assertEquals(1, answers.size());
    assertTrue(answers.getFirst().contains("Ann, 4"), answers::toString);
  }
}
