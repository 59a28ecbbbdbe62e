package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChatSessionTest {
  private static final ChatSettings SETTINGS =
      new ChatSettings(0.8f, 0, 0.95f, 0, 1, 256, List.of());

  private final List<String> asked = new ArrayList<>();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /// An answerer that says how often it was asked.
  private ChatSession session(boolean terminal) {
    ChatSession.Answerer answerer =
        (conversation, settings, turn) -> {
          asked.add(
              conversation.stream()
                  .map(m -> m.role().charAt(0) + ":" + m.content())
                  .collect(Collectors.joining(" ")));
          if (conversation.getLast().content().equals("break")) {
            throw new InputException("it broke");
          }
          return settings.temperature() + "#" + turn;
        };
    var out = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new ChatSession(answerer, SETTINGS, "S", new Console(out, out, false, false), terminal);
  }

  private void run(boolean terminal, String... lines) {
    session(terminal).run(List.of(lines).iterator());
  }

  @Test
  void turns_are_answered_with_all_before_them() {
    run(false, "a", "", "b", "\"\"\"", "c", "d", "\"\"\"");
    assertEquals(
        List.of("s:S u:a", "s:S u:a a:0.8#0 u:b", "s:S u:a a:0.8#0 u:b a:0.8#1 u:c\nd"), asked);
  }

  @Test
  void several_lines_together_are_one_turn_whatever_they_hold() {
    String text = "/exit\n\"\"\"\nb\n\"\"\"";
    run(false, ChatSession.block(text), ChatSession.block("/help"), ChatSession.block(""));
    assertEquals(List.of("s:S u:" + text, "s:S u:" + text + " a:0.8#0 u:/help"), asked);
  }

  @Test
  void commands_change_what_comes(@TempDir Path folder) throws Exception {
    String file = folder.resolve("c.json").toString();
    run(
        false,
        "a",
        "/set temperature 0.5",
        "/regenerate",
        "/system T",
        "b",
        "/save " + file,
        "/reset",
        "/system",
        "c",
        "/load " + file,
        "d",
        "/exit",
        "never");
    assertEquals("s:S u:a", asked.get(1));
    assertEquals("s:T u:a a:0.5#1 u:b", asked.get(2));
    assertEquals("u:c", asked.get(3));
    assertEquals("s:T u:a a:0.5#1 u:b a:0.5#2 u:d", asked.get(4));
    assertEquals(5, asked.size());
    assertTrue(Files.readString(Path.of(file)).startsWith("{\"messages\":[{\"role\":\"system\""));
  }

  @Test
  void what_was_not_answered_is_not_answered_again(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("c.json");
    Files.writeString(
        file,
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
            + "{\"role\":\"assistant\",\"content\":\"x\"},"
            + "{\"role\":\"user\",\"content\":\"q\"}]}");
    run(true, "/load " + file, "/regenerate", "b", "/set");
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("temperature 0.8, top-k 0, top-p"));
    assertEquals(List.of("u:a a:x u:q u:b"), asked);
  }

  @Test
  void a_mistake_ends_a_pipe_and_not_a_terminal() {
    assertThrows(ConfigException.class, () -> run(false, "/what", "a"));
    assertThrows(ConfigException.class, () -> run(false, "/set speed 3"));
    assertThrows(ConfigException.class, () -> run(false, "/regenerate"));
    assertThrows(InputException.class, () -> run(false, "break", "a"));
    asked.clear();
    run(true, "/what", "break", "a");
    assertEquals(List.of("s:S u:break", "s:S u:a"), asked, "what broke is taken back");
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("/what is no command"));
  }
}
