package dev.imago.feedback;

import dev.imago.data.Rating;
import dev.imago.data.Rating.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Ratings sorted into pairs and single judgements.
///
/// @param pairs a better and a worse answer to the same prompt: an up-rated and a down-rated one,
///   one that somebody would have given in the place of another, one that was preferred to another
/// @param rest the judged answers that no pair uses
/// @param judged all judged answers, those of choices and corrections too
/// @param contradictory answers left out because they got as many thumbs up as down for the same
///   prompt, and choices that others made the other way round as often
record Preferences(List<Pair> pairs, List<Judged> rest, List<Judged> judged, int contradictory) {
  record Pair(List<Message> prompt, String chosen, String rejected) {}

  /// @param good whether it is; of two of which one was preferred, whether it is the better one
  /// @param absolute whether it was judged by itself, or written as the answer that should be: what
  ///   was preferred to another need not be good
  record Judged(List<Message> prompt, String answer, boolean good, boolean absolute) {}

  /// Of one prompt, in the order of its ratings.
  private static final class Said {
    final Map<String, Integer> votes = new LinkedHashMap<>();

    /// How often the first was said to be better than the second, less how often the reverse was.
    final Map<List<String>, Integer> better = new LinkedHashMap<>();

    final Set<String> written = new LinkedHashSet<>();

    void better(String chosen, String rejected) {
      if (chosen.equals(rejected)) {
        return; // A log from elsewhere may say so; it teaches nothing.
      }
      List<String> reverse = List.of(rejected, chosen);
      if (better.containsKey(reverse)) {
        better.merge(reverse, -1, Integer::sum);
      } else {
        better.merge(List.of(chosen, rejected), 1, Integer::sum);
      }
    }
  }

  /// Ratings of the same answer to the same prompt are one judgement, by majority; so are choices
  /// between the same two. A prompt's pairs of thumbs use each of its judged answers at least once,
  /// and are no more than that needs: every up-rated answer against every down-rated one would let
  /// one popular prompt outweigh all others.
  static Preferences of(List<Rating> ratings) {
    var prompts = new LinkedHashMap<List<Message>, Said>();
    for (Rating rating : ratings) {
      Said said = prompts.computeIfAbsent(rating.messages(), _ -> new Said());
      String rejected = rating.rejected();
      if (rejected != null) {
        said.better(rating.answer(), rejected);
        continue;
      }
      said.votes.merge(rating.answer(), rating.vote() == Rating.Vote.UP ? 1 : -1, Integer::sum);
      String correction = rating.correction();
      if (correction != null) {
        said.written.add(correction);
        said.better(correction, rating.answer());
      }
    }
    var pairs = new LinkedHashSet<Pair>();
    var rest = new ArrayList<Judged>();
    var judged = new ArrayList<Judged>();
    int contradictory = 0;
    for (Map.Entry<List<Message>, Said> entry : prompts.entrySet()) {
      List<Message> prompt = entry.getKey();
      Said said = entry.getValue();
      var up = new ArrayList<String>();
      var down = new ArrayList<String>();
      var here = new LinkedHashMap<String, Judged>();
      for (Map.Entry<String, Integer> answer : said.votes.entrySet()) {
        int balance = answer.getValue();
        if (balance == 0) {
          contradictory++;
          continue;
        }
        (balance > 0 ? up : down).add(answer.getKey());
        here.put(answer.getKey(), new Judged(prompt, answer.getKey(), balance > 0, true));
      }
      var paired = new HashSet<String>();
      for (int i = 0;
          i < Math.max(up.size(), down.size()) && !up.isEmpty() && !down.isEmpty();
          i++) {
        pairs.add(new Pair(prompt, up.get(i % up.size()), down.get(i % down.size())));
        paired.addAll(up);
        paired.addAll(down);
      }
      for (String written : said.written) {
        here.putIfAbsent(written, new Judged(prompt, written, true, true));
      }
      for (Map.Entry<List<String>, Integer> choice : said.better.entrySet()) {
        if (choice.getValue() == 0) {
          contradictory++;
          continue;
        }
        List<String> two = choice.getKey();
        String chosen = two.get(choice.getValue() > 0 ? 0 : 1);
        String rejected = two.get(choice.getValue() > 0 ? 1 : 0);
        pairs.add(new Pair(prompt, chosen, rejected));
        paired.addAll(two);
        here.putIfAbsent(chosen, new Judged(prompt, chosen, true, false));
        here.putIfAbsent(rejected, new Judged(prompt, rejected, false, false));
      }
      judged.addAll(here.values());
      here.values().stream().filter(j -> !paired.contains(j.answer())).forEach(rest::add);
    }
    return new Preferences(
        List.copyOf(pairs), List.copyOf(rest), List.copyOf(judged), contradictory);
  }
}
