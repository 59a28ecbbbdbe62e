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
  private int cut;

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
    return "entities|tagger:" + name + "|unit:share of an answer's entities, sentence by sentence";
  }

  @Override
  public List<String> notes() {
    return cut == 0
        ? List.of()
        : List.of(
            "%,d sentences are longer than the %d tokens that %s reads: no entity was looked for in their ends"
                .formatted(cut, model.context(), name));
  }

  /// A sentence of an answer, as words.
  private record Tagged(int answer, String text, List<Word> words, Question question) {}

  @Override
  public List<Optional<Finding>> of(List<CheckedAnswer> answers) {
    List<Set<String>> said = answers.stream().<Set<String>>map(_ -> new LinkedHashSet<>()).toList();
    var sentences = new ArrayList<Tagged>();
    for (int i = 0; i < answers.size(); i++) {
      for (String sentence : Statements.of(answers.get(i).text())) {
        List<Word> words = Word.of(sentence);
        Question question = Tagging.question(words, model.tokenizer(), model.context());
        cut += question.shortened() ? 1 : 0;
        sentences.add(new Tagged(i, sentence, words, question));
      }
    }
    for (int from = 0; from < sentences.size(); from += TOGETHER) {
      List<Tagged> some = sentences.subList(from, Math.min(sentences.size(), from + TOGETHER));
      List<float[][]> scores = model.scores(some.stream().map(t -> t.question.input()).toList());
      for (int i = 0; i < some.size(); i++) {
        Tagged one = some.get(i);
        for (Tagging.Entity entity :
            Tagging.entities(one.words, one.question, scores.get(i), labels, model.readout())) {
          said.get(one.answer).add(one.text.substring(entity.start(), entity.end()));
        }
      }
    }
    var findings = new ArrayList<Optional<Finding>>();
    for (int i = 0; i < answers.size(); i++) {
      String source = AnswerChecks.plain(answers.get(i).source());
      findings.add(
          AnswerChecks.supported(said.get(i), e -> source.contains(AnswerChecks.plain(e))));
    }
    return findings;
  }

  @Override
  public void close() {
    model.close();
  }
}
