package dev.imago.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A text of frequent words as numbers, read any number of times. Each line ends with `</s>`.
///
/// The text itself lies in a scratch file, four bytes a word; its vocabulary is in memory.
public final class TrainingText implements AutoCloseable {
  private final VectorVocabulary words;
  private final IdFile ids;
  private final int endOfLine;

  private TrainingText(VectorVocabulary words, IdFile ids) {
    this.words = words;
    this.ids = ids;
    this.endOfLine = words.id(Subwords.END_OF_LINE);
  }

  public VectorVocabulary words() {
    return words;
  }

  /// Tokens of frequent words.
  public long size() {
    return ids.size();
  }

  int id(long at) {
    return ids.id(at);
  }

  /// The number of `</s>`; −1 where lines are fewer than the minimum count.
  int endOfLine() {
    return endOfLine;
  }

  @Override
  public void close() {
    ids.close();
  }

  /// Takes a text line by line.
  public static final class Builder {
    private final Path folder;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> words = new ArrayList<>();
    private long[] counts = new long[1 << 10];
    private final LittleEndianOutput writer;
    private Path file;
    private long tokens;

    /// @param folder for the scratch files
    public Builder(Path folder) {
      this.folder = folder;
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      file = folder.resolve("all.ids");
      writer = new LittleEndianOutput(file);
      id(Subwords.END_OF_LINE);
    }

    private int id(String word) {
      Integer id = ids.putIfAbsent(word, words.size());
      if (id != null) {
        return id;
      }
      words.add(word);
      if (words.size() > counts.length) {
        counts = Arrays.copyOf(counts, 2 * counts.length);
      }
      return words.size() - 1;
    }

    /// Adds a line; one without words counts as nothing but its end.
    public void add(List<String> line) {
      for (String word : line) {
        put(id(word), writer);
      }
      put(0, writer);
      tokens += line.size() + 1L;
    }

    private void put(int id, LittleEndianOutput to) {
      counts[id]++;
      to.putInt(id);
    }

    /// The whole text. Words of equal count keep the order in which they came.
    ///
    /// @throws IllegalArgumentException where no word is frequent enough
    public TrainingText finish(VectorSettings settings) {
      writer.close();
      for (int pass = 0; pass < settings.phrasePasses(); pass++) {
        join(settings, pass);
      }
      Integer[] order = new Integer[words.size()];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Long.compare(counts[b], counts[a]));
      int kept = 0;
      while (kept < order.length && counts[order[kept]] >= settings.minimumCount()) {
        kept++;
      }
      if (kept == 0 || kept == 1 && order[0] == 0) {
        throw new IllegalArgumentException(
            "no word of %,d stands there %d times or more; give more text or a lower minimum count"
                .formatted(tokens, settings.minimumCount()));
      }
      int[] place = new int[words.size()];
      Arrays.fill(place, -1);
      long[] frequent = new long[kept];
      List<String> names = new ArrayList<>(kept);
      for (int i = 0; i < kept; i++) {
        place[order[i]] = i;
        frequent[i] = counts[order[i]];
        names.add(words.get(order[i]));
      }
      Path frequentOnly = folder.resolve("text.ids");
      try (var all = new IdFile(file);
          var to = new LittleEndianOutput(frequentOnly)) {
        for (long i = 0; i < all.size(); i++) {
          int id = place[all.id(i)];
          if (id >= 0) {
            to.putInt(id);
          }
        }
      }
      try {
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new TrainingText(
          new VectorVocabulary(names, frequent, names.size(), tokens), new IdFile(frequentOnly));
    }

    /// Joins pairs of words that stand together more often than by chance, from left to right, as
    /// word2phrase does: (count(ab) − minimum) / (count(a) count(b)) · tokens above the threshold.
    private void join(VectorSettings settings, int pass) {
      var pairs = new WordPairSums();
      Path joined = folder.resolve("joined-%d.ids".formatted(pass));
      try (var all = new IdFile(file);
          var to = new LittleEndianOutput(joined)) {
        for (long i = 1; i < all.size(); i++) {
          if (all.id(i - 1) != 0 && all.id(i) != 0) {
            pairs.add(all.id(i - 1), all.id(i), 1);
          }
        }
        long[] before = counts;
        counts = new long[before.length];
        long total = tokens;
        tokens = 0;
        for (long i = 0; i < all.size(); i++) {
          int id = all.id(i);
          if (id != 0 && i + 1 < all.size() && all.id(i + 1) != 0) {
            int next = all.id(i + 1);
            double score =
                (pairs.of(id, next) - settings.minimumCount())
                    / ((double) before[id] * before[next])
                    * total;
            if (score > settings.phraseThreshold()) {
              id = id(words.get(id) + "_" + words.get(next));
              i++;
            }
          }
          put(id, to);
          tokens++;
        }
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      file = joined;
    }
  }
}
