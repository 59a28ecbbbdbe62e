package dev.imago.cli;

import dev.imago.annotate.TextClassifier;
import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.NotFiniteException;
import dev.imago.generate.Predictor;
import dev.imago.labelling.ItemProposer;
import dev.imago.labelling.ItemTexts;
import dev.imago.model.Output;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tasks.tagging.Word;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A model that proposes labels of items, by what a user calls it.
interface ModelProposer {
  /// Texts that are computed together.
  int TOGETHER = 32;

  /// @param name a server's address, a classifier's file, an artifact or a folder of a tuned model
  static ItemProposer open(String name, Imago imago) {
    if (name.startsWith("http://") || name.startsWith("https://")) {
      return new ServedProposer(address(name));
    }
    Path path = ModelArgument.find(name, imago);
    if (Files.isRegularFile(path) && !name.endsWith(".gguf")) {
      return new OfClassifier(TextClassifier.open(path, false));
    }
    try {
      Output tells = Predictor.tells(path);
      boolean fits =
          tells instanceof Output.Tags
              || tells instanceof Output.Classes classes && classes.problem() == Output.Problem.ONE;
      if (!fits) {
        throw new ConfigException(
            "%s tells %s, and what proposes labels tells one class or tags"
                .formatted(path, tells.words()));
      }
      return new OfPredictor(
          Predictor.open(path, Runtime.getRuntime().availableProcessors()), tells);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException(
          "%s holds no model to propose with: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static URI address(String name) {
    try {
      return URI.create(name);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("«%s» is no address: %s".formatted(name, e.getMessage()), e);
    }
  }

  /// A linear classifier, or fastText's.
  record OfClassifier(TextClassifier model) implements ItemProposer {
    @Override
    public List<String> labels() {
      return model.labels();
    }

    @Override
    public List<Optional<Proposal>> propose(List<AnnotatedItem> items) {
      return items.stream()
          .map(
              item ->
                  model.told(ItemTexts.read(item), 1).stream()
                      .findFirst()
                      .map(
                          told ->
                              new Proposal(
                                  LabelAnswer.ofLabels(List.of(told.label())), told.probability())))
          .toList();
    }
  }

  /// A tuned model of classes or tags.
  record OfPredictor(Predictor model, Output tells) implements ItemProposer {
    @Override
    public List<String> labels() {
      return tells instanceof Output.Classes classes ? classes.labels() : types(tells.names());
    }

    /// Of tags as `B-PER`.
    private static List<String> types(List<String> tags) {
      return tags.stream()
          .filter(tag -> !tag.equals("O"))
          .map(tag -> tag.replaceFirst("^[BIESLU]-", ""))
          .distinct()
          .toList();
    }

    @Override
    public List<Optional<Proposal>> propose(List<AnnotatedItem> items) {
      if (tells instanceof Output.Classes classes) {
        return verdicts(items.stream().map(ItemTexts::read).toList(), classes).stream()
            .map(verdict -> verdict.map(of -> label(classes, of)))
            .toList();
      }
      List<List<Word>> words = items.stream().map(item -> Word.of(item.text())).toList();
      List<Question> questions =
          words.stream()
              .map(of -> Tagging.question(of, model.tokenizer(), model.shape().context()))
              .toList();
      List<Optional<float[][]>> scores = scores(questions);
      List<Optional<Proposal>> all = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        float[][] of = scores.get(i).orElse(null);
        all.add(
            of == null
                ? Optional.empty()
                : spans(items.get(i), words.get(i), questions.get(i), of));
      }
      return all;
    }

    /// What is told of each text; empty where it has no token.
    List<Optional<Verdict>> verdicts(List<String> texts, Output.Classes classes) {
      List<Question> questions =
          texts.stream()
              .map(text -> TextTask.question(text, "", model.tokenizer(), model.shape().context()))
              .toList();
      return scores(questions).stream()
          .map(of -> of.map(rows -> Verdict.of(classes, rows[0], model.calibration())))
          .toList();
    }

    /// Some are computed together.
    private List<Optional<float[][]>> scores(List<Question> questions) {
      List<Optional<float[][]>> all = new ArrayList<>();
      for (int from = 0; from < questions.size(); from += TOGETHER) {
        List<Question> some = questions.subList(from, Math.min(questions.size(), from + TOGETHER));
        try {
          var next =
              model
                  .read(some.stream().filter(q -> q.ids().length > 0).map(Question::input).toList())
                  .iterator();
          some.forEach(
              q -> all.add(q.ids().length == 0 ? Optional.empty() : Optional.of(next.next())));
        } catch (NotFiniteException e) {
          throw new InputException(String.valueOf(e.getMessage()), e);
        }
      }
      return all;
    }

    private static Proposal label(Output.Classes classes, Verdict verdict) {
      String label = verdict.told().getFirst();
      return new Proposal(LabelAnswer.ofLabels(List.of(label)), verdict.share(classes, label));
    }

    /// The probability of all is that of its least sure span.
    private Optional<Proposal> spans(
        AnnotatedItem item, List<Word> words, Question question, float[][] scores) {
      String text = item.text();
      List<MarkedSpan> spans = new ArrayList<>();
      double least = 1;
      for (Tagging.Entity entity :
          Tagging.entities(words, question, scores, tells.names(), model.readout())) {
        spans.add(
            new MarkedSpan(
                text.codePointCount(0, entity.start()),
                text.codePointCount(0, entity.end()),
                entity.type()));
        least = Math.min(least, entity.score());
      }
      return spans.isEmpty()
          ? Optional.empty()
          : Optional.of(new Proposal(LabelAnswer.ofSpans(spans), least));
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
