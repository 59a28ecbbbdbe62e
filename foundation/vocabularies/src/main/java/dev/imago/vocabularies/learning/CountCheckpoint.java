package dev.imago.vocabularies.learning;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How far counting came: which texts are in which runs. Lies in `counting.txt`, a line a fact,
/// written last and whole; runs that it does not name are leftovers.
///
/// @param split what cut the words; counts of another may not be gone on with
/// @param texts how many texts are counted
/// @param bytes how many bytes of UTF-8 they had
/// @param mark a sum over their lengths and hashes, by which other texts are recognised
/// @param complete whether there were no more
/// @param runs where the words are
record CountCheckpoint(
    String split, long texts, long bytes, long mark, boolean complete, List<WordRun> runs) {
  private static final String FILE = "counting.txt";
  private static final String VERSION = "imago counted words 2";

  static CountCheckpoint none(String split) {
    return new CountCheckpoint(split, 0, 0, 0, false, List.of());
  }

  /// The mark after another text.
  static long mark(long mark, int length, int hash) {
    return ((mark ^ length) * 0x100000001b3L + 1 ^ hash) * 0x100000001b3L + 1;
  }

  void write(Path folder) throws IOException {
    var lines = new ArrayList<String>();
    lines.add(VERSION);
    lines.add("split " + split);
    lines.add("texts " + texts);
    lines.add("bytes " + bytes);
    lines.add("mark " + mark);
    lines.add("complete " + complete);
    for (WordRun run : runs) {
      lines.add(
          String.format(
              Locale.ROOT, "run %s %d %d", run.file().getFileName(), run.distinct(), run.bytes()));
    }
    lines.add("end");
    Durable.write(
        folder.resolve(FILE), (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// The same with other runs.
  CountCheckpoint withRuns(List<WordRun> runs) {
    return new CountCheckpoint(split, texts, bytes, mark, complete, runs);
  }

  /// Reads what an earlier process left, [#none] where it left nothing.
  ///
  /// @throws IOException naming the file, when it is no such file
  /// @throws IllegalArgumentException when its words were cut in another way
  static CountCheckpoint read(Path folder, String split) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return none(split);
    }
    CountCheckpoint found = read(folder, file);
    if (!found.split().equals(split)) {
      throw new IllegalArgumentException(
          "%s holds words that were cut by «%s», not by «%s»; take another folder, or delete it to count anew"
              .formatted(folder, found.split(), split));
    }
    return found;
  }

  private static CountCheckpoint read(Path folder, Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < 7 || !lines.getFirst().equals(VERSION) || !lines.getLast().equals("end")) {
      throw broken(file);
    }
    var runs = new ArrayList<WordRun>();
    try {
      for (String line : lines.subList(6, lines.size() - 1)) {
        String[] parts = value(line, "run", file).split(" ", -1);
        Path run = folder.resolve(parts[0]);
        if (!parts[0].matches("run-\\d+\\.words") || !Files.exists(run)) {
          throw broken(file);
        }
        runs.add(new WordRun(run, Long.parseLong(parts[1]), Long.parseLong(parts[2])));
      }
      return new CountCheckpoint(
          value(lines.get(1), "split", file),
          Long.parseLong(value(lines.get(2), "texts", file)),
          Long.parseLong(value(lines.get(3), "bytes", file)),
          Long.parseLong(value(lines.get(4), "mark", file)),
          value(lines.get(5), "complete", file).equals("true"),
          List.copyOf(runs));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw broken(file);
    }
  }

  private static String value(String line, String name, Path file) throws IOException {
    if (!line.startsWith(name + " ")) {
      throw broken(file);
    }
    return line.substring(name.length() + 1);
  }

  private static IOException broken(Path file) {
    return new IOException(
        "%s is not what counting left there; delete the folder %s and count again"
            .formatted(file, file.toAbsolutePath().getParent()));
  }
}
