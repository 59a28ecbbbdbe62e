package dev.imago.cli;

import dev.imago.core.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Texts from files, or from standard input where none is named: a line each, or a file each. Text
/// is UTF-8; what is not is refused, with the file and the line.
final class TextInput {
  /// Standard input, as other tools call it.
  private static final Path STANDARD = Path.of("-");

  private final List<Path> files;
  private final boolean whole;

  /// @param whole whether a text is a whole file, not a line
  TextInput(List<Path> files, boolean whole) {
    this.files = files.isEmpty() ? List.of(STANDARD) : List.copyOf(files);
    this.whole = whole;
    for (Path file : this.files) {
      if (!file.equals(STANDARD) && !Files.isRegularFile(file)) {
        throw new InputException(
            file + (Files.exists(file) ? " is no file" : " does not exist") + "; name a text file");
      }
    }
  }

  /// Gives every text, without its line's end.
  void forEach(Consumer<String> texts) {
    iterator().forEachRemaining(texts);
  }

  /// The texts, read as they are asked for.
  Iterator<String> iterator() {
    return new Lines();
  }

  private final class Lines implements Iterator<String> {
    private final Iterator<Path> rest = files.iterator();
    private Path file = STANDARD;
    private @Nullable BufferedReader reader;
    private @Nullable String next;
    private long line;

    @Override
    public boolean hasNext() {
      try {
        while (next == null) {
          if (reader == null) {
            if (!rest.hasNext()) {
              return false;
            }
            file = rest.next();
            line = 0;
            reader = open(file);
          }
          next = read(reader);
          line++;
          if (next == null || whole) {
            reader.close();
            reader = null;
          }
        }
        return true;
      } catch (CharacterCodingException e) {
        throw new InputException(
            "%s: the text after line %d is not UTF-8; convert it first, with iconv say"
                .formatted(file.equals(STANDARD) ? "standard input" : file, line),
            e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private @Nullable String read(BufferedReader from) throws IOException {
      if (!whole) {
        return from.readLine();
      }
      var text = new java.io.StringWriter();
      from.transferTo(text);
      return text.toString();
    }

    @Override
    public String next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      String text = next;
      next = null;
      return text;
    }
  }

  /// A file, or standard input for `-`, as UTF-8 alone.
  static BufferedReader open(Path file) throws IOException {
    InputStream in = file.equals(STANDARD) ? System.in : Files.newInputStream(file);
    return new BufferedReader(
        new InputStreamReader(
            in,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)),
        1 << 16);
  }
}
