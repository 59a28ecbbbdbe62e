package dev.imago.tasks.parsing;

import dev.imago.tasks.LabelTask.Baseline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Each word hangs on the one before it, the first on the root, by the relation that the word had
/// most often in training; one that was not there by the commonest of all.
final class LeftNeighbour implements Baseline<ParsedWords> {
  private final Map<String, Tally> relations = new HashMap<>();
  private final Tally all = new Tally();

  LeftNeighbour(List<ParsedWords> train) {
    for (ParsedWords sentence : train) {
      for (int i = 0; i < sentence.words().size(); i++) {
        String relation = sentence.relations().get(i);
        relations.computeIfAbsent(sentence.words().get(i), _ -> new Tally()).add(relation);
        all.add(relation);
      }
    }
  }

  @Override
  public String name() {
    return "left-neighbour";
  }

  @Override
  public List<String> predict(ParsedWords example) {
    var told = new ArrayList<String>();
    for (int i = 0; i < example.words().size(); i++) {
      Tally own = relations.getOrDefault(example.words().get(i), all);
      told.add(Parsing.label(i, i == 0 ? "root" : own.most("dep")));
    }
    return told;
  }
}
