package dev.imago.console.shelf;

import dev.imago.data.Rating;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// What users asked, were answered and said of it, from the end of the workspace's `ratings.jsonl`.
///
/// @param ratings the newest first; of several of one answer the last
/// @param cut whether the file has more than was read
public record RatedAnswers(List<Rating> ratings, boolean cut) {
  private static final ObjectReader READER = JsonMapper.shared().readerFor(Rating.class);

  /// How often a model was rated.
  public record Votes(int up, int down) {}

  public static RatedAnswers read(Path file) {
    JsonTail<Rating> tail = JsonTail.read(file, READER);
    var last = new LinkedHashMap<String, Rating>();
    for (Rating rating : tail.objects()) {
      last.remove(rating.completionId());
      last.put(rating.completionId(), rating);
    }
    return new RatedAnswers(List.copyOf(last.sequencedValues().reversed()), tail.cut());
  }

  /// Those of an organisation, and those that are nobody's, which a server without accounts kept.
  public RatedAnswers of(String organisation) {
    return new RatedAnswers(
        ratings.stream()
            .filter(r -> r.organisation() == null || organisation.equals(r.organisation()))
            .toList(),
        cut);
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
