package dev.imago.vocabularies.learning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;

/// Learns the pieces of a unigram language model: from many it keeps those without which the text
/// would become less likely. Kudo 2018, arXiv:1804.10959; the steps are SentencePiece's.
///
/// Expected frequencies by forward–backward over counted words; probabilities from them by the
/// digamma function, a sparse prior; then pieces are pruned by the loss of likelihood, until a
/// tenth more than are wanted is left. Sums are taken in one order, by parts of the words that are
/// the same whatever the number of threads.
public final class UnigramLearner {
  /// A piece that is expected less often is dropped.
  private static final double LEAST_EXPECTED = 0.5;

  /// How much the scores of characters that were pruned lie apart.
  private static final double PENALTY_STEP = 0.0001;

  private final Settings settings;
  private final CharacterWords words;
  private final Sums sums;
  private PieceTable pieces;
  private PieceTrie trie;
  private double scale = Math.exp(4);

  /// A piece and the logarithm of its probability.
  public record Piece(String text, double score) {}

  /// @param pieces how many pieces there shall be
  /// @param seedSize how many there are to begin with
  /// @param maxPieceLength the most characters of a piece
  /// @param shrinkingFactor which part of the pieces a round of pruning leaves
  /// @param subIterations how often probabilities are estimated between two prunings
  /// @param initialAlphabet characters that become pieces whether or not they occur
  /// @param threads how many threads estimate
  public record Settings(
      int pieces,
      int seedSize,
      int maxPieceLength,
      double shrinkingFactor,
      int subIterations,
      String initialAlphabet,
      int threads) {}

  private UnigramLearner(Settings settings, CharacterWords words, PieceTable seeds, Sums sums) {
    this.settings = settings;
    this.words = words;
    this.sums = sums;
    pieces = seeds;
    trie = new PieceTrie(seeds);
  }

  /// Learns the pieces of counted words, the most probable first.
  ///
  /// @param progress told how many pieces are left
  /// @throws IllegalArgumentException when there are more characters than pieces are wanted
  public static List<Piece> learn(CountedWords counted, Settings settings, IntConsumer progress)
      throws InterruptedException {
    var words = new CharacterWords(counted);
    int[] required = required(words, settings.initialAlphabet());
    if (required.length > settings.pieces()) {
      throw new IllegalArgumentException(
          "the texts have %d characters, more than the %d pieces beside special tokens; raise vocabularySize, or normalise the texts"
              .formatted(required.length, settings.pieces()));
    }
    if (required.length == 0) {
      return List.of();
    }
    PieceTable seeds = SeedPieces.of(words, settings.seedSize(), settings.maxPieceLength());
    progress.accept(seeds.size());
    ExecutorService pool =
        Executors.newFixedThreadPool(
            settings.threads(),
            work -> Thread.ofPlatform().daemon().name("unigram").unstarted(work));
    try {
      var learner =
          new UnigramLearner(settings, words, seeds, new Sums(words, pool, settings.threads()));
      learner.run(progress);
      return learner.chosen(required);
    } finally {
      pool.shutdownNow();
    }
  }

  /// The characters that must be pieces, by code point.
  private static int[] required(CharacterWords words, String initialAlphabet) {
    boolean[] seen = new boolean[Character.MAX_CODE_POINT + 1];
    for (int i = 0; i < words.size(); i++) {
      if (words.text()[i] != CharacterWords.END) {
        seen[words.text()[i]] = true;
      }
    }
    initialAlphabet.codePoints().forEach(c -> seen[c] = true);
    int[] found = new int[seen.length];
    int size = 0;
    for (int c = 0; c < seen.length; c++) {
      if (seen[c]) {
        found[size++] = c;
      }
    }
    return Arrays.copyOf(found, size);
  }

  private int wanted() {
    return (int) Math.min(Integer.MAX_VALUE, settings.pieces() * 11L / 10);
  }

  private void run(IntConsumer progress) throws InterruptedException {
    while (true) {
      for (int i = 0; i < settings.subIterations(); i++) {
        double[] expected = new double[pieces.size()];
        double logarithm = sums.expect(new Lattice(pieces, trie, scale), expected);
        scale *= Math.exp(-logarithm);
        maximise(expected);
        progress.accept(pieces.size());
      }
      if (pieces.size() <= wanted()) {
        return;
      }
      int before = pieces.size();
      pieces = new Pruning(pieces, new Lattice(pieces, trie, 1), sums).keep(keptPieces());
      trie = new PieceTrie(pieces);
      progress.accept(pieces.size());
      if (pieces.size() == before) {
        return; // Nothing has another spelling: no more will go.
      }
    }
  }

  private int keptPieces() {
    return Math.max(wanted(), (int) (pieces.size() * settings.shrinkingFactor()));
  }

  private void maximise(double[] expected) {
    var kept = new PieceTable();
    int[] numbers = new int[pieces.size()];
    double sum = 0;
    for (int piece = 1; piece < numbers.length; piece++) {
      if (expected[piece] < LEAST_EXPECTED) {
        numbers[piece] = -1;
      } else {
        numbers[piece] = kept.size();
        kept.add(pieces, piece, expected[piece]);
        sum += expected[piece];
      }
    }
    double logSum = Digamma.of(sum);
    for (int piece = 1; piece < kept.size(); piece++) {
      kept.score(piece, Digamma.of(kept.score(piece)) - logSum);
    }
    pieces = kept;
    trie.renumber(numbers);
  }

  /// The characters, and the most probable of the other pieces, as many as are wanted.
  private List<Piece> chosen(int[] required) {
    var scores = new java.util.HashMap<String, Double>();
    for (int piece = 1; piece < pieces.size(); piece++) {
      scores.put(pieces.spelling(piece), pieces.score(piece));
    }
    double lowest = pieces.lowestScore();
    double penalty = 0;
    var chosen = new ArrayList<Piece>();
    var taken = new HashSet<String>();
    for (int c : required) {
      String text = Character.toString(c);
      Double score = scores.get(text);
      if (score == null) {
        score = lowest + penalty;
        penalty += PENALTY_STEP;
      }
      taken.add(text);
      chosen.add(new Piece(text, score));
    }
    int[] order = new int[pieces.size() - 1];
    Arrays.setAll(order, i -> i + 1);
    IndexSort.sort(order, (one, other) -> Double.compare(pieces.score(other), pieces.score(one)));
    for (int i = 0; i < order.length && chosen.size() < settings.pieces(); i++) {
      String text = pieces.spelling(order[i]);
      if (taken.add(text)) {
        chosen.add(new Piece(text, pieces.score(order[i])));
      }
    }
    chosen.sort(Comparator.comparingDouble(Piece::score).reversed());
    return chosen;
  }
}
