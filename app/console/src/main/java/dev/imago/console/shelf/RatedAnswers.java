package dev.imago.console.shelf;

import dev.imago.data.Rating;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// What users asked, were answered and said of it, from the end of the workspace's `ratings.jsonl`.
///
/// @param ratings the newest first; of several of one answer the last
/// @param cut whether the file has more than was read
public record RatedAnswers(List<Rating> ratings, boolean cut) {
  private static final int MOST_BYTES = 8 << 20;
  private static final ObjectReader READER = JsonMapper.shared().readerFor(Rating.class);

  /// How often a model was rated.
  public record Votes(int up, int down) {}

  public static RatedAnswers read(Path file) {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      long size = in.length();
      byte[] bytes = new byte[(int) Math.min(size, MOST_BYTES)];
      in.seek(size - bytes.length);
      in.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      boolean cut = size > MOST_BYTES;
      var last = new LinkedHashMap<String, Rating>();
      text.substring(cut ? text.indexOf('\n') + 1 : 0).lines().forEach(line -> add(line, last));
      return new RatedAnswers(List.copyOf(last.sequencedValues().reversed()), cut);
    } catch (IOException _) {
      return new RatedAnswers(List.of(), false); // none was rated yet
    }
  }

  private static void add(String line, Map<String, Rating> to) {
    try {
      Rating rating = READER.readValue(line);
      to.remove(rating.completionId());
      to.put(rating.completionId(), rating);
    } catch (JacksonException | IllegalArgumentException | NullPointerException _) {
      // A line that a kill broke off.
    }
  }

  /// Those of a vote, where one is named, in which a word stands.
  public RatedAnswers such(String vote, String word) {
    String wanted = word.toLowerCase(Locale.ROOT);
    return new RatedAnswers(
        ratings.stream()
            .filter(r -> vote.isEmpty() || r.vote().name().equalsIgnoreCase(vote))
            .filter(r -> wanted.isEmpty() || mentions(r, wanted))
            .toList(),
        cut);
  }

  private static boolean mentions(Rating rating, String word) {
    return rating.answer().toLowerCase(Locale.ROOT).contains(word)
        || rating.model().toLowerCase(Locale.ROOT).contains(word)
        || String.valueOf(rating.comment()).toLowerCase(Locale.ROOT).contains(word)
        || rating.messages().stream()
            .anyMatch(m -> m.content().toLowerCase(Locale.ROOT).contains(word));
  }

  /// The votes of each model.
  public Map<String, Votes> tallies() {
    var tallies = new TreeMap<String, Votes>();
    for (Rating rating : ratings) {
      boolean up = rating.vote() == Rating.Vote.UP;
      tallies.merge(
          rating.model(),
          new Votes(up ? 1 : 0, up ? 0 : 1),
          (a, b) -> new Votes(a.up() + b.up(), a.down() + b.down()));
    }
    return tallies;
  }
}
