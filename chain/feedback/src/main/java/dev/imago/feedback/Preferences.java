package dev.imago.feedback;

import dev.imago.data.Rating;
import dev.imago.data.Rating.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Ratings sorted into pairs and single judgements.
///
/// @param pairs an up-rated and a down-rated answer to the same prompt
/// @param rest the judged answers that no pair uses
/// @param judged all judged answers
/// @param contradictory answers that got as many thumbs up as down for the same prompt: left out
record Preferences(List<Pair> pairs, List<Judged> rest, List<Judged> judged, int contradictory) {
  record Pair(List<Message> prompt, String chosen, String rejected) {}

  record Judged(List<Message> prompt, String answer, boolean good) {}

  /// Ratings of the same answer to the same prompt are one judgement, by majority. A prompt's pairs
  /// use each of its judged answers at least once, and are no more than that needs: every up-rated
  /// answer against every down-rated one would let one popular prompt outweigh all others.
  static Preferences of(List<Rating> ratings) {
    var votes = new LinkedHashMap<List<Message>, Map<String, Integer>>();
    for (Rating rating : ratings) {
      votes
          .computeIfAbsent(rating.messages(), prompt -> new LinkedHashMap<>())
          .merge(rating.answer(), rating.vote() == Rating.Vote.UP ? 1 : -1, Integer::sum);
    }
    var pairs = new ArrayList<Pair>();
    var rest = new ArrayList<Judged>();
    var judged = new ArrayList<Judged>();
    int contradictory = 0;
    for (var entry : votes.entrySet()) {
      List<Message> prompt = entry.getKey();
      List<String> up = new ArrayList<>();
      List<String> down = new ArrayList<>();
      var here = new ArrayList<Judged>();
      for (var answer : entry.getValue().entrySet()) {
        int balance = answer.getValue();
        if (balance == 0) {
          contradictory++;
          continue;
        }
        (balance > 0 ? up : down).add(answer.getKey());
        here.add(new Judged(prompt, answer.getKey(), balance > 0));
      }
      judged.addAll(here);
      if (up.isEmpty() || down.isEmpty()) {
        rest.addAll(here);
        continue;
      }
      for (int i = 0; i < Math.max(up.size(), down.size()); i++) {
        pairs.add(new Pair(prompt, up.get(i % up.size()), down.get(i % down.size())));
      }
    }
    return new Preferences(
        List.copyOf(pairs), List.copyOf(rest), List.copyOf(judged), contradictory);
  }
}
