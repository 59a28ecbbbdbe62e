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
      List<Optional<Proposal>> all = new ArrayList<>();
      for (int from = 0; from < items.size(); from += TOGETHER) {
        all.addAll(some(items.subList(from, Math.min(items.size(), from + TOGETHER))));
      }
      return all;
    }

    private List<Optional<Proposal>> some(List<AnnotatedItem> items) {
      int longest = model.shape().context();
      boolean tags = tells instanceof Output.Tags;
      List<List<Word>> words =
          items.stream().map(item -> tags ? Word.of(item.text()) : List.<Word>of()).toList();
      List<Question> questions = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        questions.add(
            tags
                ? Tagging.question(words.get(i), model.tokenizer(), longest)
                : TextTask.question(ItemTexts.read(items.get(i)), "", model.tokenizer(), longest));
      }
      List<float[][]> scores;
      try {
        scores =
            model.read(
                questions.stream().filter(q -> q.ids().length > 0).map(Question::input).toList());
      } catch (NotFiniteException e) {
        throw new InputException(String.valueOf(e.getMessage()), e);
      }
      var next = scores.iterator();
      List<Optional<Proposal>> all = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        Question question = questions.get(i);
        all.add(
            question.ids().length == 0
                ? Optional.empty()
                : tells instanceof Output.Classes classes
                    ? Optional.of(label(classes, next.next()[0]))
                    : spans(items.get(i), words.get(i), question, next.next()));
      }
      return all;
    }

    private Proposal label(Output.Classes classes, float[] scores) {
      Verdict verdict = Verdict.of(classes, scores, model.calibration());
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
