package dev.imago.tasks.tagging;

import dev.imago.data.Sentence;
import dev.imago.data.Split;
import dev.imago.metrics.Average;
import dev.imago.metrics.EntityScores;
import dev.imago.metrics.Span;
import dev.imago.metrics.SpanScheme;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tasks.ByLabel;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Probabilities;
import dev.imago.tokenizers.EncodeOptions;
import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Telling the tag of each word of a sentence, and so the spans of names, chunks or slots. Measured
/// by conlleval's F1 over spans.
///
/// Each word is encoded by itself, with the blank before it, so that no token is of two words; its
/// first token carries its tag. A sentence that is longer than the model's context loses its last
/// words, and they are counted.
///
/// @param labels the tags, in the order of their ids, `O` first; without `O` each word's tag is its
///   own class, as its part of speech
/// @param chained whether those of a sentence are told together, by a CRF
public record Tagging(List<String> labels, boolean chained) implements LabelTask<TaggedWords> {
  public static final String NAME = "tag";

  /// What a line of labels is.
  private static final String FORM = "{\"id\":…,\"words\":[…],\"tags\":[…],\"source\":…}";

  private static final EncodeOptions AROUND = EncodeOptions.ORDINARY.withAddedSpecialTokens(true);

  private static final Words WORDS =
      new Words(
          "sentences",
          "tags",
          "word",
          "give words with their tags (annotate.labels, annotate.task = tag)");

  public Tagging {
    labels = List.copyOf(labels);
    boolean plain = !labels.contains(Span.OUTSIDE);
    if (labels.size() < 2 || !plain && !labels.getFirst().equals(Span.OUTSIDE)) {
      throw new IllegalArgumentException(
          "tags = %s: there is no span to learn, as O and one B-… at least would be"
              .formatted(labels));
    }
  }

  /// Each tag by itself.
  public Tagging(List<String> labels) {
    this(labels, false);
  }

  /// The same with a CRF.
  public Tagging withChain() {
    return new Tagging(labels, true);
  }

  @Override
  public Loss loss() {
    return chained ? Loss.CHAIN : Loss.LIKELIHOOD;
  }

  /// A span as a model tells it.
  ///
  /// @param start its first character (UTF-16)
  /// @param end one past its last
  /// @param score the mean probability of its words' tags
  public record Entity(String type, int start, int end, double score) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String pipelineTag() {
    return "token-classification";
  }

  @Override
  public Output output() {
    return new Output.Tags(labels, chained);
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public List<TaggedWords> examples(Path folder, Split split) {
    return LabelLines.read(folder, split, TaggedWords.class, FORM);
  }

  @Override
  public String id(TaggedWords example) {
    return example.id();
  }

  @Override
  public String text(TaggedWords example) {
    return Sentence.text(example.words());
  }

  @Override
  public List<String> gold(TaggedWords example) {
    return example.tags();
  }

  @Override
  public String otherwise() {
    return labels.getFirst();
  }

  private boolean isPlain() {
    return !labels.contains(Span.OUTSIDE);
  }

  /// Spans are counted, by their beginnings; or words.
  @Override
  public String counted(String label) {
    if (isPlain()) {
      return label;
    }
    return label.startsWith("B-") ? Span.type(label) : "";
  }

  @Override
  public List<Question> questions(TaggedWords example, Tokenizer tokenizer, int longest) {
    return List.of(question(Word.joined(example.words()), tokenizer, longest));
  }

  @Override
  public List<String> predict(
      TaggedWords example, List<Question> questions, List<float[][]> scores, Readout by) {
    return told(questions.getFirst(), scores.getFirst(), labels, by).stream()
        .map(Told::tag)
        .toList();
  }

  /// The tag of a word, and its probability.
  private record Told(String tag, double share) {}

  /// Of each word; `O` of those behind the end of what was read.
  private static List<Told> told(
      Question question, float[][] scores, List<String> labels, Readout by) {
    float[][] read =
        Arrays.stream(question.rows())
            .filter(r -> r >= 0)
            .mapToObj(r -> scores[r])
            .toArray(float[][]::new);
    int[] likeliest = new int[read.length];
    double[][] shares = new double[read.length][];
    if (by.transitions().isPresent() && read.length > 0) {
      likeliest = by.transitions().get().likeliest(read);
      shares = by.transitions().get().shares(read);
    } else {
      for (int i = 0; i < read.length; i++) {
        likeliest[i] = Probabilities.likeliest(read[i]);
        shares[i] = Probabilities.of(read[i], by.calibration().temperature());
      }
    }
    var told = new ArrayList<Told>();
    int next = 0;
    for (int row : question.rows()) {
      if (row < 0) {
        told.add(new Told(labels.getFirst(), 0));
      } else {
        told.add(new Told(labels.get(likeliest[next]), shares[next][likeliest[next]]));
        next++;
      }
    }
    return told;
  }

  /// Words as a model reads them, between what the post-processor puts around a text.
  ///
  /// @param longest ids at most
  public static Question question(List<Word> words, Tokenizer tokenizer, int longest) {
    Encoding around = tokenizer.encoding("a", AROUND);
    int before = 0;
    while (before < around.size() && around.special(before)) {
      before++;
    }
    int after = around.size();
    while (after > before && around.special(after - 1)) {
      after--;
    }
    int room = longest - (around.size() - after);
    int[] ids = new int[Math.max(longest, 0)];
    int length = 0;
    for (; length < before; length++) {
      ids[length] = around.id(length);
    }
    int[] rows = new int[words.size()];
    Arrays.fill(rows, -1);
    int end = 0;
    boolean shortened = false;
    for (int w = 0; w < words.size(); w++) {
      Word word = words.get(w);
      boolean blank = w > 0 && word.start() > end;
      int[] pieces = tokenizer.encodeOrdinary(blank ? " " + word.text() : word.text());
      if (length + pieces.length > room) {
        shortened = true;
        break; // a half word would be read as another
      }
      if (pieces.length > 0) {
        rows[w] = length;
      }
      System.arraycopy(pieces, 0, ids, length, pieces.length);
      length += pieces.length;
      end = word.end();
    }
    for (int i = after; i < around.size() && length > before; i++) {
      ids[length++] = around.id(i);
    }
    return new Question(Arrays.copyOf(ids, length > before ? length : 0), rows, shortened);
  }

  @Override
  public List<String> notes(Split split, int longest, Shortened shortened) {
    return shortened.cut() == 0
        ? List.of()
        : List.of(
            "%s: %,d of %,d sentences are longer than %d tokens: their last words, %,d in all, are not read, nor their tags; a larger pretrain.context and tune.longest keep them"
                .formatted(
                    split.fileName(),
                    shortened.cut(),
                    shortened.examples(),
                    longest,
                    shortened.labels()));
  }

  /// The spans of a text, from the scores of its words.
  ///
  /// @param words of the text, as the question was made of
  /// @param scores of the question's ids, before the softmax
  /// @param labels the tags in the order of their ids
  /// @param by how scores become what is told
  public static List<Entity> entities(
      List<Word> words, Question question, float[][] scores, List<String> labels, Readout by) {
    List<Told> told = told(question, scores, labels, by);
    var entities = new ArrayList<Entity>();
    if (!labels.contains(Span.OUTSIDE)) {
      for (int w = 0; w < words.size(); w++) {
        Word word = words.get(w);
        entities.add(new Entity(told.get(w).tag(), word.start(), word.end(), told.get(w).share()));
      }
      return entities;
    }
    for (Span span : SpanScheme.CONLLEVAL.spans(told.stream().map(Told::tag).toList())) {
      double mean =
          told.subList(span.from(), span.to()).stream()
              .mapToDouble(Told::share)
              .average()
              .orElse(0);
      entities.add(
          new Entity(
              span.type(), words.get(span.from()).start(), words.get(span.to() - 1).end(), mean));
    }
    return entities;
  }

  @Override
  public List<Measure> measures(List<List<String>> gold, List<List<String>> predicted) {
    if (isPlain()) {
      return new WordScores(gold, predicted).measures();
    }
    EntityScores scores = EntityScores.of(SpanScheme.CONLLEVAL, gold, predicted);
    return List.of(
        new Measure("entity-f1", false, units -> scores.drawn(units).f1(Average.MICRO)),
        new Measure(
            "entity-precision", false, units -> scores.drawn(units).precision(Average.MICRO)),
        new Measure("entity-recall", false, units -> scores.drawn(units).recall(Average.MICRO)),
        new Measure("tag-accuracy", false, units -> scores.drawn(units).tagAccuracy()));
  }

  @Override
  public List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted) {
    return ByLabel.rows(
        isPlain()
            ? new WordScores(gold, predicted).byTag()
            : EntityScores.of(SpanScheme.CONLLEVAL, gold, predicted).byType());
  }

  @Override
  public List<Baseline<TaggedWords>> baselines(List<TaggedWords> train) {
    return List.of(new CommonestTag(train, isPlain()), new CrfBaseline(train));
  }
}
