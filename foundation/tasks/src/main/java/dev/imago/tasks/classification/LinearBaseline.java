package dev.imago.tasks.classification;

import dev.imago.linear.LinearKind;
import dev.imago.linear.LinearModel;
import dev.imago.linear.LinearSettings;
import dev.imago.linear.LinearTrainer;
import dev.imago.tasks.LabelTask.Baseline;
import java.util.List;

/// NB-SVM over words and pairs of them (Wang & Manning 2012): the linear model that many a large
/// one loses to.
final class LinearBaseline implements Baseline<ClassifiedText> {
  private static final long SEED = 42;

  private final LinearModel model;

  /// @param train texts of two classes at least
  LinearBaseline(List<ClassifiedText> train) {
    model =
        LinearTrainer.train(
            train.stream()
                .map(e -> new LinearTrainer.Example(TextTask.joined(e), e.label()))
                .toList(),
            LinearSettings.of(LinearKind.NB_SVM),
            SEED);
  }

  /// That of some texts; none where all are of one class.
  static List<Baseline<ClassifiedText>> of(List<ClassifiedText> train) {
    return train.stream().map(ClassifiedText::label).distinct().limit(2).count() < 2
        ? List.of()
        : List.of(new LinearBaseline(train));
  }

  @Override
  public String name() {
    return "nb-svm";
  }

  @Override
  public List<String> predict(ClassifiedText example) {
    return List.of(model.label(TextTask.joined(example)));
  }
}
