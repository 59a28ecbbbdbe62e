package dev.imago.ngram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/// How far a counting is that left sorted runs: what a killed one needs to go on. It is written
/// anew, whole, after the run that it tells of is on disk.
///
/// Lines: what has to be the same, sentences, words, the CRC-32 of their ids, the runs' bytes
/// between blanks, and the CRC-32 of these lines.
final class CountJournal {
  private static final int LINES = 6;

  private final Path file;
  private final String same;

  /// @param sentences that lie in the runs
  /// @param words of them, each sentence's end among them
  /// @param check the CRC-32 of their ids
  /// @param runs the bytes of each
  record State(long sentences, long words, long check, List<Long> runs) {
    State {
      runs = List.copyOf(runs);
    }
  }

  /// @param same what has to be the same to go on
  CountJournal(Path folder, String same) {
    this.file = folder.resolve("counts.journal");
    this.same = same.replace('\n', ' ');
  }

  private static long check(String lines) {
    var crc = new CRC32();
    crc.update(lines.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  void write(State state) {
    String lines =
        "%s%n%d%n%d%n%d%n%s%n"
            .replace("%n", "\n")
            .formatted(
                same,
                state.sentences(),
                state.words(),
                state.check(),
                String.join(" ", state.runs().stream().map(String::valueOf).toList()));
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileChannel out =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer bytes =
            ByteBuffer.wrap((lines + check(lines) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What there is to go on from; nothing where it is of other settings, or broken.
  Optional<State> read() {
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      List<String> lines = Files.readString(file).lines().toList();
      if (lines.size() != LINES || !lines.getFirst().equals(same)) {
        return Optional.empty();
      }
      String told = String.join("\n", lines.subList(0, LINES - 1)) + "\n";
      if (!lines.getLast().equals(String.valueOf(check(told)))) {
        return Optional.empty();
      }
      var runs = new ArrayList<Long>();
      for (String bytes : lines.get(4).split(" ")) {
        runs.add(Long.parseLong(bytes));
      }
      return Optional.of(
          new State(
              Long.parseLong(lines.get(1)),
              Long.parseLong(lines.get(2)),
              Long.parseLong(lines.get(3)),
              runs));
    } catch (NumberFormatException | java.nio.charset.CharacterCodingException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
