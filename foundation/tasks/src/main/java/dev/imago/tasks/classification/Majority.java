package dev.imago.tasks.classification;

import dev.imago.tasks.LabelTask.Baseline;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Always the commonest class of the training texts, the first by name of equally common ones.
final class Majority implements Baseline<ClassifiedText> {
  private final List<String> answer;

  Majority(List<ClassifiedText> train) {
    Map<String, Long> counts =
        train.stream()
            .collect(
                Collectors.groupingBy(ClassifiedText::label, TreeMap::new, Collectors.counting()));
    String best = "";
    long most = 0;
    for (Map.Entry<String, Long> entry : counts.entrySet()) {
      if (entry.getValue() > most) {
        most = entry.getValue();
        best = entry.getKey();
      }
    }
    answer = List.of(best);
  }

  @Override
  public String name() {
    return "majority";
  }

  @Override
  public List<String> predict(ClassifiedText example) {
    return answer;
  }
}
