package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tasks.tagging.Word;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The share of an answer's entities, as a tagger finds them, whose words stand in its source,
/// whatever their case, width and blanks.
final class EntityCheck implements ResponseCheck {
  private static final int TOGETHER = 32;

  private final String name;
  private final LabelModel model;
  private final List<String> labels;

  EntityCheck(String name, LabelModel model, Output.Tags tags) {
    this.name = name;
    this.model = model;
    this.labels = tags.labels();
  }

  /// @throws InputException for a model of anything but tags
  static EntityCheck open(String name, Path folder, int threads) {
    Output output = EntailmentCheck.tells(name, folder);
    if (!(output instanceof Output.Tags tags)) {
      throw new InputException(
          "%s tells %s, and entities are tagged: tune a tagger (`imago run tag`)"
              .formatted(name, output.words()));
    }
    return new EntityCheck(name, LabelModel.open(folder, threads), tags);
  }

  @Override
  public String name() {
    return "entities";
  }

  @Override
  public String signature() {
    return "entities|tagger:" + name + "|unit:share of an answer's entities";
  }

  @Override
  public List<Optional<Finding>> of(List<CheckedAnswer> answers) {
    var findings = new ArrayList<Optional<Finding>>();
    for (int from = 0; from < answers.size(); from += TOGETHER) {
      List<CheckedAnswer> some = answers.subList(from, Math.min(answers.size(), from + TOGETHER));
      List<List<Word>> words = some.stream().map(a -> Word.of(a.text())).toList();
      List<Question> questions =
          words.stream().map(w -> Tagging.question(w, model.tokenizer(), model.context())).toList();
      List<float[][]> scores = model.scores(questions.stream().map(Question::input).toList());
      for (int i = 0; i < some.size(); i++) {
        Set<String> said = new LinkedHashSet<>();
        for (Tagging.Entity entity :
            Tagging.entities(
                words.get(i), questions.get(i), scores.get(i), labels, model.readout())) {
          said.add(some.get(i).text().substring(entity.start(), entity.end()));
        }
        String source = AnswerChecks.plain(some.get(i).source());
        findings.add(AnswerChecks.supported(said, e -> source.contains(AnswerChecks.plain(e))));
      }
    }
    return findings;
  }

  @Override
  public void close() {
    model.close();
  }
}
