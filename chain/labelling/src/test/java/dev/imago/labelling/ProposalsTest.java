package dev.imago.labelling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.labelling.LabelProject.Settings;
import dev.imago.state.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProposalsTest {
  private static final Settings PLAIN = new Settings(Duration.ofMinutes(30), 0, 0, 0);

  @TempDir static Path folder;
  private static State state;

  @BeforeAll
  static void open() {
    state = ScriptedProject.open(folder.resolve("state"));
  }

  @AfterAll
  static void close() {
    state.close();
  }

  private static ScriptedProject project(String task, String... texts) {
    var p = new ScriptedProject(state, folder, task, PLAIN).people("ann");
    var lines = new StringBuilder();
    for (int i = 0; i < texts.length; i++) {
      lines.append("{\"id\":\"%d\",\"text\":\"%s\"}\n".formatted(i, texts[i]));
    }
    p.take(lines.toString(), false);
    return p;
  }

  /// A model that is sure of what is long.
  private static ItemProposer model(String name) {
    return new ItemProposer() {
      @Override
      public List<String> labels() {
        return List.of("positive", "negative");
      }

      @Override
      public List<Optional<Proposal>> propose(List<AnnotatedItem> items) {
        return items.stream()
            .map(
                item ->
                    Optional.of(
                        new Proposal(
                            LabelAnswer.ofLabels(List.of("positive")),
                            item.text().length() > 25 ? 0.9 : 0.4)))
            .toList();
      }
    };
  }

  private static List<LabellingFunction> functions(ScriptedProject p, String yaml)
      throws IOException {
    Path file = folder.resolve("functions.yaml");
    Files.writeString(file, yaml);
    return LabellingFunctions.read(file, p.project.task(), ProposalsTest::model);
  }

  private static List<LabelAnswer> suggested(ScriptedProject p, int items) {
    var all = new ArrayList<LabelAnswer>();
    for (int i = 0; i < items; i++) {
      LabelQueue.Assignment of = p.next("ann");
      all.add(of.suggestion() == null ? LabelAnswer.NONE : of.suggestion());
      p.skip("ann", of, "seen");
    }
    return all;
  }

  @Test
  void functions_are_joined_by_the_label_model_and_told_in_a_table() throws Exception {
    ScriptedProject p =
        project(
            "task: choice\nlabels: [good, bad]\n",
            "Great food and a kind staff",
            "greatly overrated",
            "great, and a refund",
            "never again!",
            "no refund",
            "refund, please",
            "Great rooms, great breakfast",
            "A kind staff and a fine view",
            "What a great, quiet, clean place");
    List<LabellingFunction> functions =
        functions(
            p,
            """
            functions:
              - {name: praise, label: good, keywords: [great, kind staff]}
              - {name: refund, label: bad, regex: "(?i)refund|never again"}
              - {name: anger, label: bad, keywords: [never, please]}
              - {name: long, model: m, labels: {positive: good}, at-least: 0.8}
            """);
    Proposals.Report dry = Proposals.run(p.project, functions, true);
    Proposals.Report report = Proposals.run(p.project, functions, false);
    assertEquals(dry.lines().toString(), report.lines().toString());
    Proposals.Line praise = report.lines().getFirst();
    assertEquals(List.of("good"), praise.labels());
    assertEquals(5 / 9.0, praise.coverage(), 1e-9); // not «greatly»
    assertEquals(5 / 9.0, praise.overlap(), 1e-9);
    assertEquals(1 / 9.0, praise.conflict(), 1e-9);
    assertEquals(8 / 9.0, report.covered(), 1e-9);
    List<LabelAnswer> suggested = suggested(p, 4);
    assertEquals(List.of("good"), suggested.getFirst().labels());
    assertEquals(LabelAnswer.NONE, suggested.get(1));
    assertEquals(List.of("bad"), suggested.get(3).labels());
  }

  @Test
  void a_model_proposes_with_its_probability_and_is_compared_with_what_is_known() {
    ScriptedProject p =
        project(
            "task: choice\nlabels: [positive, other]\n",
            "short",
            "a text that is long enough, yes");
    p.save("ann", p.next("ann"), "other");
    Proposals.Report report =
        Proposals.run(
            p.project,
            List.of(LabellingFunctions.ofModel("m", p.project.task(), model("m"))),
            false);
    assertEquals("m", report.lines().getFirst().name());
    assertEquals(1, report.lines().getFirst().known());
    assertEquals(0, report.lines().getFirst().right());
    ItemProposer gone =
        new ItemProposer() {
          @Override
          public List<String> labels() {
            return List.of();
          }

          @Override
          public List<Optional<Proposal>> propose(List<AnnotatedItem> items) {
            throw new InputException("the server is gone");
          }
        };
    var failing = List.of(LabellingFunctions.ofModel("gone", p.project.task(), gone));
    assertThrows(InputException.class, () -> Proposals.run(p.project, failing, false));
    // What was proposed before is still there.
    LabelQueue.Assignment next = p.next("ann");
    assertEquals(
        List.of("positive"), next.suggestion() == null ? null : next.suggestion().labels());
    assertEquals(0.9, next.probability(), 1e-9);
  }

  @Test
  void a_model_that_tells_no_probability_proposes_where_none_is_asked_for() throws Exception {
    ScriptedProject p = project("task: choice\nlabels: [positive, other]\n", "short");
    ItemProposer plain =
        new ItemProposer() {
          @Override
          public List<String> labels() {
            return List.of();
          }

          @Override
          public List<Optional<Proposal>> propose(List<AnnotatedItem> items) {
            var label = LabelAnswer.ofLabels(List.of("positive"));
            return items.stream().map(_ -> Optional.of(new Proposal(label, Double.NaN))).toList();
          }
        };
    var taken = List.of(LabellingFunctions.ofModel("m", p.project.task(), plain));
    assertEquals(1, Proposals.run(p.project, taken, false).proposed());
    Path file = folder.resolve("sure.yaml");
    Files.writeString(file, "functions:\n  - {name: m, model: m, at-least: 0.5}\n");
    var asked = LabellingFunctions.read(file, p.project.task(), _ -> plain);
    InputException why =
        assertThrows(InputException.class, () -> Proposals.run(p.project, asked, false));
    assertTrue(String.valueOf(why.getMessage()).contains("at-least = 0.5"), why::getMessage);
  }

  @Test
  void lists_mark_spans_by_whole_words_and_ideographs_wherever_they_stand() throws Exception {
    ScriptedProject p =
        project(
            "task: spans\nlabels: [LOC]\n", "🙂 In new york, not Yorkshire", "我住在北京市", "nowhere");
    Files.writeString(folder.resolve("cities.txt"), "York\nNew York\n北京\n");
    Proposals.run(
        p.project,
        functions(p, "functions:\n  - {name: cities, label: LOC, list: cities.txt}\n"),
        false);
    List<LabelAnswer> suggested = suggested(p, 3);
    assertEquals(List.of(new MarkedSpan(5, 13, "LOC")), suggested.getFirst().spans());
    assertEquals(List.of(new MarkedSpan(3, 5, "LOC")), suggested.get(1).spans());
    assertEquals(LabelAnswer.NONE, suggested.get(2));
  }

  @Test
  void what_a_file_of_functions_says_wrongly_is_told_with_its_name() {
    ScriptedProject p = project("task: choice\nlabels: [good, bad]\n", "x");
    for (String[] each :
        new String[][] {
          {"functions: [{name: a, label: god, keywords: [x]}]", "did you mean «good»"},
          {"functions: [{name: a, label: good, regex: '('}]", "function a"},
          {"functions: [{name: a, label: good}]", "give one of"},
          {"functions: [{name: a, label: good, list: none.txt}]", "there is no file"},
          {"functions: [{name: a, model: m}]", "none of which is a label"},
          {"functions: [{name: a, model: m, labels: {positve: good}}]", "positive"},
          {"functions: [{name: a, label: good, keywords: []}]", "no phrase"},
          {"rules: []", "functions"}
        }) {
      ConfigException e = assertThrows(ConfigException.class, () -> functions(p, each[0]));
      assertTrue(String.valueOf(e.getMessage()).contains(each[1]), e::getMessage);
    }
    ScriptedProject text = project("task: text\n", "x");
    assertThrows(ConfigException.class, () -> Proposals.run(text.project, List.of(), false));
    assertNull(p.next("ann").suggestion());
  }
}
