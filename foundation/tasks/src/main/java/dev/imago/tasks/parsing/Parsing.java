package dev.imago.tasks.parsing;

import dev.imago.data.Sentence;
import dev.imago.data.Split;
import dev.imago.metrics.Attachments.Arc;
import dev.imago.model.Biaffine;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tasks.ByLabel;
import dev.imago.tasks.LabelIds;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelTask;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Probabilities;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tasks.tagging.Word;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Telling the dependency tree of a sentence: each word's head, and its relation to it. Dozat &
/// Manning 2017, arXiv:1611.01734, on an encoder whose tokens are parts of words. Measured by LAS
/// and UAS over all words, marks too, subtypes of relations (`nsubj:pass`) left out, as CoNLL 2018
/// has it.
///
/// Words are encoded as of [Tagging], and a word's first token stands for it. A label is a head and
/// a relation, `2 nsubj`. Words behind what the model reads hang on the word before them.
///
/// @param labels the relations, in the order of their ids
public record Parsing(List<String> labels) implements LabelTask<ParsedWords> {
  public static final String NAME = "parse";

  /// A word's numbers for arcs and for relations: half of the paper's, which differ little and fit
  /// small encoders better.
  private static final int ARC = 256;

  private static final int RELATION = 64;

  /// The relation of a word that was not read.
  private static final String UNREAD = "dep";

  /// What a line of labels is.
  private static final String FORM =
      "{\"id\":…,\"words\":[…],\"tags\":[…],\"heads\":[…],\"relations\":[…],\"source\":…}";

  private static final Words WORDS =
      new Words(
          "sentences",
          "heads and relations",
          "word",
          "give sentences with the heads of their words (annotate.labels, annotate.task = parse)");

  public Parsing {
    labels = List.copyOf(labels);
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("relations = []: there is none to learn");
    }
  }

  /// A word's place in a tree.
  ///
  /// @param word where it stands
  /// @param head the place of another word, from 1; 0 of the root
  /// @param score the probability of head and relation
  public record Dependency(Word word, int head, String relation, double score) {}

  @Override
  public String name() {
    return NAME;
  }

  /// The hub has no name of its own for it, and lists parsers with tagging.
  @Override
  public String pipelineTag() {
    return "token-classification";
  }

  @Override
  public Output output() {
    return new Output.Dependencies(labels, ARC, RELATION);
  }

  @Override
  public Loss loss() {
    return Loss.ARCS;
  }

  @Override
  public Words words() {
    return WORDS;
  }

  @Override
  public List<ParsedWords> examples(Path folder, Split split) {
    return LabelLines.read(folder, split, ParsedWords.class, FORM);
  }

  @Override
  public String id(ParsedWords example) {
    return example.id();
  }

  @Override
  public String text(ParsedWords example) {
    return Sentence.text(example.words());
  }

  @Override
  public List<String> gold(ParsedWords example) {
    var gold = new ArrayList<String>();
    for (int i = 0; i < example.words().size(); i++) {
      gold.add(label(example.heads().get(i), example.relations().get(i)));
    }
    return gold;
  }

  static String label(int head, String relation) {
    return head + " " + relation;
  }

  /// Relations are counted.
  @Override
  public String counted(String label) {
    return label.substring(label.indexOf(' ') + 1);
  }

  static Arc arc(String label) {
    int blank = label.indexOf(' ');
    return new Arc(Integer.parseInt(label.substring(0, blank)), label.substring(blank + 1));
  }

  @Override
  public String otherwise() {
    return "a dependent of the word before";
  }

  @Override
  public List<Question> questions(ParsedWords example, Tokenizer tokenizer, int longest) {
    return List.of(Tagging.question(Word.joined(example.words()), tokenizer, longest));
  }

  /// A word whose head was cut away stands as a head alone.
  @Override
  public Sequence sequence(ParsedWords example, Question question, LabelIds places, Path rows) {
    int[] targets = new int[question.ids().length];
    Arrays.fill(targets, Sequence.IGNORED);
    for (int w = 0; w < question.rows().length; w++) {
      if (question.rows()[w] >= 0) {
        int relation = places.of(example.relations().get(w), example.id(), rows);
        int head = example.heads().get(w);
        int row = head == 0 ? -1 : question.rows()[head - 1] < 0 ? -2 : question.rows()[head - 1];
        targets[question.rows()[w]] = Biaffine.target(row, relation, labels.size());
      }
    }
    return new Sequence(question.ids(), targets, question.input().segments());
  }

  @Override
  public List<String> notes(Split split, int longest, Shortened shortened) {
    return shortened.cut() == 0
        ? List.of()
        : List.of(
            "%s: %,d of %,d sentences are longer than %d tokens: their last words, %,d in all, are not read; a larger pretrain.context and tune.longest keep them"
                .formatted(
                    split.fileName(),
                    shortened.cut(),
                    shortened.examples(),
                    longest,
                    shortened.labels()));
  }

  @Override
  public List<String> predict(
      ParsedWords example, List<Question> questions, List<float[][]> scores, Readout by) {
    return dependencies(Word.joined(example.words()), questions.getFirst(), scores.getFirst(), by)
        .stream()
        .map(d -> label(d.head(), d.relation()))
        .toList();
  }

  /// The tree of a text.
  ///
  /// @param words of the text, as the question was made of
  /// @param scores of the question's ids
  /// @param by with the model's scorers
  public static List<Dependency> dependencies(
      List<Word> words, Question question, float[][] scores, Readout by) {
    Biaffine biaffine =
        by.biaffine()
            .orElseThrow(() -> new IllegalArgumentException("the model has no scorers of heads"));
    int[] read = new int[words.size()];
    int n = 0;
    for (int w = 0; w < read.length; w++) {
      if (question.rows()[w] >= 0) {
        read[n++] = w;
      }
    }
    float[][] rows = new float[n][];
    for (int i = 0; i < n; i++) {
      rows[i] = scores[question.rows()[read[i]]];
    }
    float[][] arcs = biaffine.heads(rows);
    int[] heads = n == 0 ? new int[0] : SpanningTree.heads(logs(arcs));
    var tree = new ArrayList<Dependency>();
    int next = 0;
    for (int w = 0; w < words.size(); w++) {
      if (next == n || read[next] != w) {
        tree.add(new Dependency(words.get(w), w, w == 0 ? "root" : UNREAD, 0));
        continue;
      }
      int head = heads[next];
      float[] relations =
          biaffine.relations(
              rows[next], head == 0 ? Optional.empty() : Optional.of(rows[head - 1]));
      int likeliest = Probabilities.likeliest(relations);
      double score =
          Probabilities.of(arcs[next], by.calibration().temperature())[head]
              * Probabilities.of(relations)[likeliest];
      tree.add(
          new Dependency(
              words.get(w),
              head == 0 ? 0 : read[head - 1] + 1,
              biaffine.output().relations().get(likeliest),
              score));
      next++;
    }
    return tree;
  }

  private static double[][] logs(float[][] scores) {
    return Arrays.stream(scores)
        .map(row -> Arrays.stream(Probabilities.of(row)).map(p -> Math.log(p + 1e-300)).toArray())
        .toArray(double[][]::new);
  }

  @Override
  public List<Measure> measures(List<List<String>> gold, List<List<String>> predicted) {
    var scores = new AttachmentScores(gold, predicted);
    return List.of(
        new Measure("las", false, scores::labelled), new Measure("uas", false, scores::heads));
  }

  @Override
  public List<List<String>> byLabel(List<List<String>> gold, List<List<String>> predicted) {
    return ByLabel.rows(new AttachmentScores(gold, predicted).byRelation());
  }

  @Override
  public List<Baseline<ParsedWords>> baselines(List<ParsedWords> train) {
    boolean tagged = !train.isEmpty() && train.stream().noneMatch(p -> p.tags().isEmpty());
    return tagged
        ? List.of(new LeftNeighbour(train), new PartOfSpeechHeads(train))
        : List.of(new LeftNeighbour(train));
  }
}
