package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChatTerminalTest {
  private static final String UP = "\033[A";

  private static Terminal typed(String keys) throws IOException {
    return new ExternalTerminal(
        "test",
        "ansi",
        new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8)),
        new ByteArrayOutputStream(),
        StandardCharsets.UTF_8);
  }

  private static List<String> lines(String keys, Optional<Path> history) throws IOException {
    var lines = new ArrayList<String>();
    try (var terminal = new ChatTerminal(typed(keys), history)) {
      terminal.forEachRemaining(lines::add);
    }
    return lines;
  }

  @Test
  void arrow_keys_recall_earlier_lines_and_those_of_an_earlier_conversation(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("history");
    assertEquals(
        List.of("one! \\n 'two", "three", "one! \\n 'two"),
        lines("one! \\n 'two\rthree\r" + UP + UP + "\r\004", Optional.of(file)));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        List.of("one! \\n 'two?"), lines(UP + "?\r\004", Optional.of(file)), "and it is text");
    assertEquals(List.of("next"), lines(UP + "next\r\004", Optional.empty()));
  }

  @Test
  void what_stands_between_quotes_or_is_pasted_comes_as_one_turn() throws IOException {
    String quotes = "\"\"\"";
    String block = quotes + "\ra\rb\r" + quotes + "\r";
    assertEquals(
        List.of(quotes + "\na\nb\n" + quotes, quotes + "\nc\nd\n" + quotes, "/exit"),
        lines(block + pasted("c\rd") + "/exit\r\004", Optional.empty()));
    String program = quotes + "\nWhat it does.\n" + quotes + "\ndef f(): pass";
    String whole = quotes + "\n" + program + "\n" + quotes;
    assertEquals(
        List.of(whole, whole),
        lines(
            pasted(program) // as it stands
                + quotes // between typed ones
                + "\r"
                + pasted(program)
                + quotes
                + "\r\004",
            Optional.empty()));
    assertEquals(
        List.of(quotes + "\na\n" + quotes),
        lines(pasted(quotes + "\na") + quotes + "\r\004", Optional.empty()),
        "which was not closed");
  }

  private static String pasted(String text) {
    return "\033[200~" + text.replace('\n', '\r') + "\033[201~\r";
  }

  @Test
  void the_file_of_earlier_lines_is_a_file(@TempDir Path folder) {
    assertEquals(Optional.of(folder.resolve("h")), ChatTerminal.historyFile(folder + "/h"));
    assertEquals(Optional.empty(), ChatTerminal.historyFile(""));
    String said =
        assertThrows(ConfigException.class, () -> ChatTerminal.historyFile(folder.toString()))
            .getMessage();
    assertTrue(said.contains("is a folder"), said);
  }

  @Test
  void the_tab_key_completes_commands() throws IOException {
    assertEquals(
        List.of("/regenerate ", "/set max-tokens 5"),
        lines("/reg\t\r/set max\t5\r\004", Optional.empty()));
  }

  @Test
  void an_interrupt_stops_an_answer_and_not_the_conversation() throws IOException {
    var stopped = new AtomicInteger();
    try (Terminal keys = typed("a\r\004");
        var terminal = new ChatTerminal(keys, Optional.empty())) {
      assertTrue(terminal.hasNext());
      terminal.onInterrupt(stopped::incrementAndGet);
      keys.raise(Terminal.Signal.INT);
      assertEquals(1, stopped.get());
      assertEquals("a", terminal.next());
      assertFalse(terminal.hasNext());
    }
  }
}
