package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A project of people who label, by its commands.
class AnnotateCommandTest {
  @TempDir Path folder;

  private Said annotate(String... words) {
    Object[] line = new Object[words.length + 3];
    line[0] = "--workspace";
    line[1] = folder;
    line[2] = "annotate";
    System.arraycopy(words, 0, line, 3, words.length);
    return Said.imago(line);
  }

  private void refused(String because, String... words) {
    Said said = annotate(words);
    assertNotEquals(0, said.exit(), said.out());
    assertTrue(said.err().contains(because), said.err());
  }

  @Test
  void settings_that_would_do_nothing_are_refused() throws Exception {
    Path task = folder.resolve("task.yaml");
    Files.writeString(task, "task: choice\nlabels: [good, bad]\n");
    String file = task.toString();
    refused(
        "--lease = 9223372036854775807",
        "new",
        "p",
        "--task",
        file,
        "--lease",
        "9223372036854775807");
    refused("beside --change", "new", "p", "--task", file, "--remove-labels");
    assertEquals(0, annotate("new", "p", "--task", file).exit());
    refused("with --change", "new", "p", "--task", file);
    refused("of a new project", "new", "p", "--task", file, "--change", "--gold-every", "3");
    assertEquals(0, annotate("new", "p", "--task", file, "--change").exit());
    refused("--remove = annn labels nothing", "serve", "p", "--remove", "annn");
    Path items = folder.resolve("items.jsonl");
    Files.writeString(items, "{\"id\":\"a\",\"text\":\"x\"}\n");
    assertEquals(0, annotate("import", "p", items.toString()).exit());
    assertEquals("", annotate("export", "p", "--out", "-").out());
    assertTrue(annotate("agreement", "p").out().contains("nobody has answered"));
    refused("«margn» is no strategy", "new", "q", "--task", file, "--next", "margn");
    refused("beside --change", "new", "p", "--task", file, "--change", "--next", "margin");
    refused("next = order has none", "serve", "p", "--person", "ann", "--suggest");
    refused("next = order has none", "serve", "p", "--person", "ann", "--learner", "weights/3f2a");
    refused("for all to read", "serve", "p", "--sign-in", "--host", "0.0.0.0");
    refused("stands beside --reviewer", "serve", "p", "--person", "a", "--reviewer", "a");
    refused("give one of --functions", "suggest", "p");
    Path functions = folder.resolve("functions.yaml");
    Files.writeString(functions, "functions: [{name: f, label: good, keywords: x}]");
    String told = annotate("suggest", "p", "--functions", functions.toString()).out();
    assertTrue(told.contains("1 items read, 1.000 of them labelled; suggested: 1 items"), told);
    assertTrue(annotate("status", "p").out().contains("0 items on which people differ"));
  }
}
