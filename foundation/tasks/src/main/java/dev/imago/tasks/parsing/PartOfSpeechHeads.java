package dev.imago.tasks.parsing;

import dev.imago.tasks.LabelTask.Baseline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Each word hangs on the nearest word of the part of speech, and to the side, where words of its
/// own part most often had their head in training, by the commonest relation of the two. The word
/// whose part is most often a root is the root. Parts of speech are the given ones.
final class PartOfSpeechHeads implements Baseline<ParsedWords> {
  private static final String ROOT = "0";

  /// Of each part of speech, `<NOUN` and `>NOUN`: the part of its heads, and their side.
  private final Map<String, Tally> heads = new HashMap<>();

  /// Of a part of speech and its head's.
  private final Map<String, Tally> relations = new HashMap<>();

  private final Map<String, Tally> parts = new HashMap<>();

  PartOfSpeechHeads(List<ParsedWords> train) {
    for (ParsedWords sentence : train) {
      for (int i = 0; i < sentence.words().size(); i++) {
        String part = sentence.tags().get(i);
        int head = sentence.heads().get(i);
        String to = head == 0 ? ROOT : (head <= i ? "<" : ">") + sentence.tags().get(head - 1);
        heads.computeIfAbsent(part, _ -> new Tally()).add(to);
        parts.computeIfAbsent(part, _ -> new Tally()).add(part);
        relations.computeIfAbsent(part + to, _ -> new Tally()).add(sentence.relations().get(i));
      }
    }
  }

  @Override
  public String name() {
    return "part-of-speech";
  }

  @Override
  public List<String> predict(ParsedWords example) {
    if (example.tags().isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no parts of speech; give them to all sentences, or to none"
              .formatted(example.id()));
    }
    int root = root(example.tags());
    var told = new ArrayList<String>();
    for (int i = 0; i < example.words().size(); i++) {
      told.add(i == root ? Parsing.label(0, "root") : told(example.tags(), i));
    }
    return told;
  }

  private int root(List<String> tags) {
    int best = 0;
    double most = -1;
    for (int i = 0; i < tags.size(); i++) {
      double share =
          (double) tally(heads, tags.get(i)).of(ROOT)
              / Math.max(1, tally(parts, tags.get(i)).of(tags.get(i)));
      best = share > most ? i : best;
      most = Math.max(most, share);
    }
    return best;
  }

  private String told(List<String> tags, int word) {
    String part = tags.get(word);
    for (String to : tally(heads, part).inOrder()) {
      int step = to.startsWith("<") ? -1 : 1;
      for (int at = word + step; !to.equals(ROOT) && at >= 0 && at < tags.size(); at += step) {
        if (tags.get(at).equals(to.substring(1))) {
          return Parsing.label(at + 1, tally(relations, part + to).most("dep"));
        }
      }
    }
    return Parsing.label(word == 0 ? Math.min(2, tags.size()) : word, "dep");
  }

  private static Tally tally(Map<String, Tally> of, String name) {
    return of.getOrDefault(name, new Tally());
  }
}
