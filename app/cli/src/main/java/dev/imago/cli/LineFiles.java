package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Files of texts that belong together line by line.
final class LineFiles {
  static final Path STANDARD_INPUT = Path.of("-");

  private LineFiles() {}

  static List<String> read(Path file) {
    var lines = new ArrayList<String>();
    new TextInput(List.of(file), false).forEach(lines::add);
    if (lines.isEmpty()) {
      throw new InputException("%s is empty; there is nothing to score".formatted(named(file)));
    }
    return lines;
  }

  /// Refuses standard input in more than one place: it can be read once.
  static void standardInputOnce(Path first, Path second, List<Path> more) {
    long asked =
        Stream.concat(Stream.of(first, second), more.stream())
            .filter(STANDARD_INPUT::equals)
            .count();
    if (asked > 1) {
      throw new ConfigException("- stands for standard input once; name a file for the other");
    }
  }

  /// Refuses a file of another number of lines.
  static void sameLength(Path file, int lines, Path other, int wanted) {
    if (lines != wanted) {
      throw new InputException(
          "%s has %,d lines, and %s has %,d: each line needs its own in the other; the first without one is line %,d"
              .formatted(named(file), lines, named(other), wanted, Math.min(lines, wanted) + 1));
    }
  }

  /// Of each text, its line of each file.
  static List<List<String>> references(List<Path> files, Path texts, int count) {
    var wanted = new ArrayList<List<String>>();
    for (int i = 0; i < count; i++) {
      wanted.add(new ArrayList<>());
    }
    for (Path file : files) {
      List<String> lines = read(file);
      sameLength(file, lines.size(), texts, count);
      for (int i = 0; i < count; i++) {
        wanted.get(i).add(lines.get(i));
      }
    }
    return wanted;
  }

  private static String named(Path file) {
    return file.equals(STANDARD_INPUT) ? "standard input" : file.toString();
  }
}
