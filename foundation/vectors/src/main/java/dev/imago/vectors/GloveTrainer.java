package dev.imago.vectors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Learns vectors from how often words stand near each other: products of a word's and a context's
/// vector and their biases tell the logarithm of the count, by AdaGrad on weighed squares.
/// Pennington, Socher & Manning 2014. A word's vector is the sum of both of its vectors, as in
/// their program.
///
/// Pairs are parted into tiles by word and context; in each round every thread has a tile whose
/// words and contexts no other has (Gemulla et al. 2011), so nothing is locked and the same threads
/// make the same bits.
public final class GloveTrainer {
  private static final double MOST = 100;
  private static final double POWER = 0.75;

  private final TrainingText text;
  private final VectorSettings settings;
  private final int threads;
  private final int stride;
  private final long seed;

  /// Words, then contexts; the bias of each stands after its numbers.
  private final SharedRows rows;

  private final float[] squares;
  private final @Nullable TrainingCheckpoint checkpoint;
  private int done;

  /// One tile's pairs.
  private record Tile(int[] words, int[] contexts, float[] counts) {}

  /// @param scratch where an unfinished training lies, and goes on from; null for none
  public GloveTrainer(
      TrainingText text, VectorSettings settings, long seed, int threads, @Nullable Path scratch) {
    this.text = text;
    this.settings = settings;
    this.threads = threads;
    this.seed = seed;
    int words = text.words().words();
    VectorSettings.whole("words", 2L * words, 1, Integer.MAX_VALUE, "take a higher minimum count");
    rows = new SharedRows(2 * words, settings.dimension() + 1);
    stride = rows.stride();
    squares = new float[rows.values().length];
    checkpoint =
        scratch == null
            ? null
            : new TrainingCheckpoint(
                scratch.resolve("glove.checkpoint"),
                List.of(settings, seed, threads, text.size(), text.words().fingerprint()),
                List.of(rows.values(), squares));
    if (checkpoint != null && Files.exists(checkpoint.file())) {
      done = (int) checkpoint.restore();
    }
    if (done == 0) {
      rows.uniform(0.5f / (settings.dimension() + 1), seed);
      Arrays.fill(squares, 1);
    }
  }

  /// Trains to the end.
  ///
  /// @param watch is told of passes as if each had gone over the text
  public WordVectors train(VectorTrainer.Watch watch) throws InterruptedException {
    List<List<Tile>> tiles = tiles();
    try (var blocks = new BlockTraining(List.of(), threads, true)) {
      for (int pass = done; pass < settings.epochs(); pass++) {
        for (int round = 0; round < threads; round++) {
          int of = round;
          var work = new ArrayList<BlockTraining.ChunkWork>();
          for (int t = 0; t < threads; t++) {
            work.add(
                chunk -> {
                  int word = (int) chunk;
                  train(tiles.get(word).get((word + of) % threads));
                });
          }
          blocks.run(0, threads, work, _ -> {});
        }
        try {
          watch.after((pass + 1L) * text.size());
        } catch (InterruptedException e) {
          if (checkpoint != null) {
            checkpoint.save(pass + 1L);
          }
          throw e;
        }
        if (checkpoint != null && pass + 1 < settings.epochs()) {
          checkpoint.saveNowAndThen(pass + 1L);
        }
      }
    }
    if (checkpoint != null) {
      checkpoint.delete();
    }
    int words = text.words().words();
    var sums = new SharedRows(words, settings.dimension());
    for (int word = 0; word < words; word++) {
      for (int i = 0; i < settings.dimension(); i++) {
        sums.values()[word * sums.stride() + i] =
            rows.values()[word * stride + i] + rows.values()[(words + word) * stride + i];
      }
    }
    return new WordVectors(text.words().wordList(), sums, null);
  }

  /// Counts each pair within the window of a line, by one over the distance, both ways.
  private List<List<Tile>> tiles() throws InterruptedException {
    var sums = new WordPairSums();
    int[] before = new int[settings.window()];
    int size = 0;
    for (long at = 0; at < text.size(); at++) {
      if ((at & 0xfffff) == 0 && Thread.interrupted()) {
        throw new InterruptedException();
      }
      int word = text.id(at);
      if (word == text.endOfLine()) {
        size = 0;
        continue;
      }
      for (int d = 1; d <= Math.min(size, before.length); d++) {
        int other = before[(size - d) % before.length];
        sums.add(Math.min(word, other), Math.max(word, other), 1.0 / d);
      }
      before[size++ % before.length] = word;
    }
    int[] sizes = new int[threads * threads];
    sums.each(
        (a, b, sum) -> {
          sizes[a % threads * threads + b % threads]++;
          sizes[b % threads * threads + a % threads] += a == b ? 0 : 1;
        });
    var tiles = new ArrayList<List<Tile>>();
    for (int i = 0; i < threads; i++) {
      var row = new ArrayList<Tile>();
      for (int j = 0; j < threads; j++) {
        int n = sizes[i * threads + j];
        row.add(new Tile(new int[n], new int[n], new float[n]));
      }
      tiles.add(row);
    }
    int[] filled = new int[threads * threads];
    sums.each(
        (a, b, sum) -> {
          put(tiles, filled, a, b, a == b ? 2 * sum : sum);
          if (a != b) {
            put(tiles, filled, b, a, sum);
          }
        });
    for (int i = 0; i < threads; i++) {
      for (int j = 0; j < threads; j++) {
        shuffle(tiles.get(i).get(j), new RandomStream(seed, i * 65_537L + j));
      }
    }
    return tiles;
  }

  private void put(List<List<Tile>> tiles, int[] filled, int word, int context, double sum) {
    Tile tile = tiles.get(word % threads).get(context % threads);
    int at = filled[word % threads * threads + context % threads]++;
    tile.words()[at] = word;
    tile.contexts()[at] = context;
    tile.counts()[at] = (float) sum;
  }

  private static void shuffle(Tile tile, RandomStream random) {
    for (int i = tile.words().length - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int word = tile.words()[i];
      tile.words()[i] = tile.words()[j];
      tile.words()[j] = word;
      int context = tile.contexts()[i];
      tile.contexts()[i] = tile.contexts()[j];
      tile.contexts()[j] = context;
      float count = tile.counts()[i];
      tile.counts()[i] = tile.counts()[j];
      tile.counts()[j] = count;
    }
  }

  private void train(Tile tile) {
    float[] w = rows.values();
    int words = text.words().words();
    int dimension = settings.dimension();
    float rate = (float) settings.learningRate();
    for (int p = 0; p < tile.words().length; p++) {
      int a = tile.words()[p] * stride;
      int b = (words + tile.contexts()[p]) * stride;
      float product = w[a + dimension] + w[b + dimension];
      for (int i = 0; i < dimension; i++) {
        product += w[a + i] * w[b + i];
      }
      float count = tile.counts()[p];
      float error = product - (float) Math.log(count);
      float weighed = (count > MOST ? error : (float) Math.pow(count / MOST, POWER) * error) * rate;
      for (int i = 0; i < dimension; i++) {
        float ofWord = weighed * w[b + i];
        float ofContext = weighed * w[a + i];
        w[a + i] -= ofWord / (float) Math.sqrt(squares[a + i]);
        w[b + i] -= ofContext / (float) Math.sqrt(squares[b + i]);
        squares[a + i] += ofWord * ofWord;
        squares[b + i] += ofContext * ofContext;
      }
      w[a + dimension] -= weighed / (float) Math.sqrt(squares[a + dimension]);
      w[b + dimension] -= weighed / (float) Math.sqrt(squares[b + dimension]);
      squares[a + dimension] += weighed * weighed;
      squares[b + dimension] += weighed * weighed;
    }
  }
}
