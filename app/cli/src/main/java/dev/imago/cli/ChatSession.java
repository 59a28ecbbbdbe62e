package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.ImagoException;
import dev.imago.core.InputException;
import dev.imago.templates.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A conversation, line by line: a turn of the user, or a command that begins with `/`. On a
/// terminal a mistake is told and the conversation goes on; in a pipe it ends with it.
final class ChatSession {
  /// Between two lines of it a turn may have several.
  static final String QUOTES = "\"\"\"";

  static final List<String> COMMANDS =
      List.of("/help", "/reset", "/system", "/set", "/regenerate", "/save", "/load", "/exit");

  private static final String HELP =
      """
      A line is a turn; between lines of \"\"\" a turn may have several.
        /help               this
        /reset              forgets the conversation, but for the system message
        /system TEXT        says what stands before the conversation; without TEXT nothing does
        /set NAME VALUE     one of %s; /set alone tells them
        /regenerate         answers the last turn again
        /save FILE          writes the conversation as a line of JSON with «messages»
        /load FILE          goes on with one that was saved
        /exit               ends, as the end of the input (Ctrl-D) does
      On a terminal the arrow keys recall what was said before, the tab key completes commands,
      and Ctrl-C stops an answer.
      """
          .formatted(String.join(", ", ChatSettings.NAMES));

  /// Who answers.
  interface Answerer {
    /// Writes an answer as it comes.
    ///
    /// @param turn from 0, of this session
    /// @return its text
    /// @throws ImagoException where there is none
    String answer(List<ChatMessage> conversation, ChatSettings settings, int turn);
  }

  private final Answerer answerer;
  private final Console console;
  private final boolean terminal;
  private final List<ChatMessage> turns = new ArrayList<>();
  private String system;
  private ChatSettings settings;
  private int answered;

  /// @param system what stands before the conversation; empty for nothing
  /// @param terminal whether somebody sits before it
  ChatSession(
      Answerer answerer, ChatSettings settings, String system, Console console, boolean terminal) {
    this.answerer = answerer;
    this.settings = settings;
    this.system = system;
    this.console = console;
    this.terminal = terminal;
  }

  /// Some lines as one turn, whatever they hold, which may be commands and `"""` too.
  static String block(String lines) {
    return QUOTES + "\n" + lines + "\n" + QUOTES;
  }

  /// Goes on until the lines end, or `/exit`. What comes as several lines together, between such of
  /// `"""`, is one turn: see [#block(String)].
  void run(Iterator<String> lines) {
    if (terminal) {
      console.note("/help tells what can be said beside turns");
    }
    while (true) {
      if (!lines.hasNext()) {
        return;
      }
      String line = lines.next();
      try {
        if (line.strip().equals("/exit")) {
          return;
        }
        if (line.strip().equals(QUOTES)) {
          line = block(lines);
        } else if (line.indexOf('\n') >= 0) {
          line = within(line);
        } else if (line.startsWith("/")) {
          command(line.strip());
          continue;
        }
        if (!line.isBlank()) {
          say(line);
        }
      } catch (ImagoException e) {
        if (!terminal) {
          throw e;
        }
        console.note(String.valueOf(e.getMessage()));
      }
    }
  }

  private static String within(String block) {
    int first = block.indexOf('\n');
    return block.substring(first + 1, Math.max(first + 1, block.lastIndexOf('\n')));
  }

  private static String block(Iterator<String> lines) {
    var block = new ArrayList<String>();
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.strip().equals(QUOTES)) {
        break;
      }
      block.add(line);
    }
    return String.join("\n", block);
  }

  private void say(String text) {
    turns.add(new ChatMessage("user", text));
    answer();
  }

  /// Answers the last turn, which is taken back where that cannot be.
  private void answer() {
    try {
      String answer = answerer.answer(conversation(), settings, answered++);
      turns.add(new ChatMessage("assistant", answer));
    } catch (ImagoException e) {
      turns.removeLast();
      throw e;
    }
  }

  private List<ChatMessage> conversation() {
    var all = new ArrayList<ChatMessage>();
    if (!system.isEmpty()) {
      all.add(new ChatMessage("system", system));
    }
    all.addAll(turns);
    return all;
  }

  private void command(String line) {
    int blank = line.indexOf(' ');
    String name = blank < 0 ? line : line.substring(0, blank);
    String rest = blank < 0 ? "" : line.substring(blank + 1).strip();
    switch (name) {
      case "/help" -> HELP.lines().forEach(console::note);
      case "/reset" -> turns.clear();
      case "/system" -> system = rest;
      case "/set" -> set(rest);
      case "/regenerate" -> regenerate();
      case "/save" -> save(file(name, rest));
      case "/load" -> load(file(name, rest));
      default -> throw new ConfigException("%s is no command; /help tells them".formatted(name));
    }
  }

  private void set(String rest) {
    if (rest.isEmpty()) {
      console.note(settings.told());
      return;
    }
    String[] parts = rest.split("[\\s=]+", 2);
    if (parts.length < 2) {
      throw new ConfigException("/set takes a name and a value, as in /set temperature 0.5");
    }
    settings = settings.with(parts[0], parts[1]);
  }

  private void regenerate() {
    if (turns.size() < 2 || !turns.getLast().role().equals("assistant")) {
      throw new ConfigException("nothing was answered yet; say something first");
    }
    ChatMessage before = turns.removeLast();
    int turn = turns.size();
    try {
      answer();
    } catch (ImagoException e) {
      if (turns.size() < turn) {
        throw new InputException(
            String.valueOf(e.getMessage()) + "; the last turn is taken back", e);
      }
      turns.add(before);
      throw e;
    }
  }

  private static Path file(String command, String rest) {
    if (rest.isEmpty()) {
      throw new ConfigException("%s takes a file".formatted(command));
    }
    try {
      Path file = Path.of(rest);
      if (!Files.isDirectory(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new ConfigException("%s: no file has such a name".formatted(command), e);
    }
    throw new ConfigException("%s %s: that is a folder; name a file".formatted(command, rest));
  }

  private void save(Path file) {
    var messages = new ArrayList<Map<String, String>>();
    for (ChatMessage each : conversation()) {
      var message = new LinkedHashMap<String, String>();
      message.put("role", each.role());
      message.put("content", each.content());
      messages.add(message);
    }
    AtomicFile.write(
        file, JsonMapper.shared().writeValueAsString(Map.of("messages", messages)) + "\n");
    console.note("%d messages are in %s".formatted(messages.size(), file));
  }

  private void load(Path file) {
    var read = new ArrayList<ChatMessage>();
    try {
      JsonNode messages = JsonMapper.shared().readTree(Files.readString(file)).path("messages");
      for (JsonNode each : messages) {
        JsonNode role = each.path("role");
        JsonNode content = each.path("content");
        if (!role.isString() || !content.isString()) {
          throw new InputException(
              "%s: message %d is without a role and content that are texts"
                  .formatted(file, read.size()));
        }
        read.add(new ChatMessage(role.stringValue(), content.stringValue()));
      }
    } catch (NoSuchFileException e) {
      throw new InputException("%s does not exist; /save writes such a file".formatted(file), e);
    } catch (IOException | JacksonException e) {
      throw new InputException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
    if (read.isEmpty()) {
      throw new InputException("%s has no «messages»; /save writes such a file".formatted(file));
    }
    boolean first = read.getFirst().role().equals("system");
    system = first ? read.removeFirst().content() : "";
    turns.clear();
    turns.addAll(read);
    console.note("%d messages of %s".formatted(turns.size() + (first ? 1 : 0), file));
  }
}
