package dev.imago.cli;

import dev.imago.core.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jline.reader.Candidate;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/// The lines of who sits before a terminal, edited as in a shell: arrow keys recall earlier ones,
/// of earlier conversations too, the tab key completes commands, and Ctrl-C stops an answer. What
/// is pasted, or stands between lines of `"""`, comes as one turn: several lines together, the
/// first and the last of which are `"""`.
final class ChatTerminal implements Iterator<String>, AutoCloseable {
  private static final String PROMPT = "> ";
  private static final String GOES_ON = ". ";
  private static final String END_OF_PASTE = "\033[201~";

  /// Lines that are remembered.
  private static final int REMEMBERED = 1000;

  private final Terminal terminal;
  private final LineReader reader;
  private final Deque<String> lines = new ArrayDeque<>();
  private volatile Runnable stop = () -> {};

  /// Whether a line of `"""` was typed before what is said: then the last such line ends it.
  private boolean typed;

  /// @param terminal closed with this
  /// @param history the file of earlier lines; none where they are not kept
  ChatTerminal(Terminal terminal, Optional<Path> history) {
    this.terminal = terminal;
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new TurnParser())
            .completer((_, line, candidates) -> complete(line, candidates))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // «!» and «\» are text
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, GOES_ON)
            .variable(LineReader.HISTORY_SIZE, REMEMBERED)
            .variable(LineReader.HISTORY_FILE_SIZE, REMEMBERED);
    history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, own(file)));
    this.reader = builder.build();
    if (reader instanceof LineReaderImpl keys) {
      keys.getWidgets().put(LineReader.BEGIN_PASTE, () -> paste(keys));
    }
    var _ = terminal.handle(Terminal.Signal.INT, _ -> stop.run());
  }

  /// The terminal of this process; none where it cannot place a cursor.
  static Optional<ChatTerminal> open() {
    Optional<Path> history = historyFile(System.getenv("IMAGO_HISTORY"));
    try {
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              // Answers are the output; where errors go to a file, it is the terminal all the same.
              .systemOutput(TerminalBuilder.SystemOutput.SysErrOrSysOut)
              .dumb(true) // without a warning
              // A terminal that is asked what it can and answers late would type into the first
              // turn.
              .graphemeCluster(false)
              .build();
      if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
        terminal.close();
        return Optional.empty();
      }
      return Optional.of(new ChatTerminal(terminal, history));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// `IMAGO_HISTORY`, by default `.imago_history` in the user's folder; none where that is empty,
  /// or a device.
  ///
  /// @throws ConfigException for a folder
  static Optional<Path> historyFile(@Nullable String named) {
    Path file =
        named == null
            ? Path.of(System.getProperty("user.home"), ".imago_history")
            : Path.of(named.strip());
    if (named != null && named.isBlank()) {
      return Optional.empty();
    }
    if (Files.isDirectory(file)) {
      throw new ConfigException(
          "IMAGO_HISTORY = %s is a folder; name a file, or leave it empty to keep none"
              .formatted(file));
    }
    return Files.exists(file) && !Files.isRegularFile(file) ? Optional.empty() : Optional.of(file);
  }

  /// What somebody said is for them alone to read.
  private static Path own(Path file) {
    try {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    } catch (IOException | UnsupportedOperationException e) {
      // No such folder, or a system without such rights: the conversation goes on all the same.
    }
    return file;
  }

  /// What Ctrl-C does from now on, while nothing is read.
  void onInterrupt(Runnable action) {
    stop = action;
  }

  @Override
  public boolean hasNext() {
    while (lines.isEmpty()) {
      try {
        typed = false;
        String said = reader.readLine(PROMPT);
        boolean several = said.indexOf('\n') >= 0;
        if (!said.isEmpty()) {
          lines.add(isBlock(said) ? said.strip() : several ? ChatSession.block(said) : said);
        }
      } catch (UserInterruptException e) {
        continue; // the line is dropped
      } catch (EndOfFileException e) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return lines.remove();
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// JLine's own takes what was typed ahead after it, such as more that is pasted while an answer
  /// comes, twice (4.4.2).
  private static boolean paste(LineReaderImpl keys) {
    var pasted = new StringBuilder();
    while (pasted.indexOf(END_OF_PASTE, Math.max(0, pasted.length() - END_OF_PASTE.length())) < 0) {
      int next = keys.readCharacter();
      if (next < 0) {
        throw new EndOfFileException();
      }
      pasted.appendCodePoint(next);
    }
    pasted.setLength(pasted.length() - END_OF_PASTE.length());
    keys.getBuffer().write(pasted.toString().replace("\r\n", "\n").replace('\r', '\n'));
    return true;
  }

  private static void complete(ParsedLine line, List<Candidate> candidates) {
    boolean first = line.wordIndex() == 0;
    if (first && line.line().startsWith("/")) {
      ChatSession.COMMANDS.forEach(c -> candidates.add(new Candidate(c)));
    } else if (line.wordIndex() == 1 && line.words().getFirst().equals("/set")) {
      ChatSettings.NAMES.forEach(n -> candidates.add(new Candidate(n)));
    }
  }

  private static boolean isQuotes(String line) {
    return line.strip().equals(ChatSession.QUOTES);
  }

  /// Whether its first and last lines are `"""`, and none between unless the first was typed: what
  /// is pasted may be a program that begins with such a text.
  private boolean isBlock(String said) {
    List<String> all = said.lines().toList();
    return all.size() > 1
        && isQuotes(all.getFirst())
        && isQuotes(all.getLast())
        && (typed || all.stream().filter(ChatTerminal::isQuotes).count() == 2);
  }

  /// Words as they stand, without quotes and escapes; a line of `"""` is not yet a turn.
  private final class TurnParser extends DefaultParser {
    TurnParser() {
      setQuoteChars(new char[0]);
      setEscapeChars(new char[0]);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE) {
        typed |= isQuotes(line);
        boolean opens = line.lines().findFirst().filter(ChatTerminal::isQuotes).isPresent();
        boolean whole = !typed && line.lines().filter(ChatTerminal::isQuotes).count() > 1;
        if (opens && !isBlock(line) && !whole) {
          throw new EOFError(-1, -1, "the turn goes on");
        }
      }
      return super.parse(line, cursor, context);
    }
  }
}
