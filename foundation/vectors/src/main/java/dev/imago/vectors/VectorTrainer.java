package dev.imago.vectors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Learns vectors of words from a text by skip-gram or CBOW, as fastText does it but for one thing:
/// a skip-gram's hidden vector stays as it is while the words around it are told, and changes by
/// their sum then (as Ji et al. 2016, arXiv:1604.04661), so that sub-words are added up once a
/// word.
///
/// The same text, settings, seed and threads make the same bits, with or without a kill between.
public final class VectorTrainer {
  /// Tokens of a block, of all threads: what one learns the others know after so many.
  private static final int TOKENS_OF_BLOCK = 8192;

  private static final int TOKENS_OF_CHUNK = 256;
  private static final double POWER = 0.5;

  /// What is told while it works.
  public interface Watch {
    /// @param tokens so far, of all passes
    void after(long tokens) throws InterruptedException;
  }

  private final TrainingText text;
  private final VectorSettings settings;
  private final long seed;
  private final int threads;
  private final SharedRows input;
  private final SharedRows output;
  private final long[] chunks;
  private final @Nullable TrainingCheckpoint checkpoint;
  private long done;

  /// @param scratch where an unfinished training lies, and goes on from; null for none
  public VectorTrainer(
      TrainingText text, VectorSettings settings, long seed, int threads, @Nullable Path scratch) {
    this.text = text;
    this.settings = settings;
    this.seed = seed;
    this.threads = threads;
    int words = text.words().words();
    int buckets = settings.subwords().buckets();
    VectorSettings.whole(
        "words and buckets", (long) words + buckets, 1, Integer.MAX_VALUE, "take fewer buckets");
    input = new SharedRows(words + buckets, settings.dimension());
    output = new SharedRows(words, settings.dimension());
    chunks = chunks(text, Math.max(TOKENS_OF_CHUNK, TOKENS_OF_BLOCK / threads));
    checkpoint =
        scratch == null
            ? null
            : new TrainingCheckpoint(
                scratch.resolve("vectors.checkpoint"),
                List.of(settings, seed, threads, text.size(), text.words().fingerprint()),
                List.of(input.values(), output.values()));
    if (checkpoint != null && Files.exists(checkpoint.file())) {
      done = checkpoint.restore();
    }
    if (done == 0) {
      input.uniform(1f / settings.dimension(), seed);
    }
  }

  /// Chunks that were done before, by a training that was killed.
  public long resumed() {
    return done;
  }

  /// Where each chunk begins, at the beginning of a line where lines are not endless; the last is
  /// the end.
  private static long[] chunks(TrainingText text, int size) {
    var starts = new ArrayList<Long>();
    long at = 0;
    while (at < text.size()) {
      starts.add(at);
      long end = Math.min(text.size(), at + size);
      long most = Math.min(text.size(), end + size);
      while (end < most && text.id(end - 1) != text.endOfLine()) {
        end++;
      }
      at = end;
    }
    starts.add(text.size());
    return starts.stream().mapToLong(Long::longValue).toArray();
  }

  /// Trains to the end.
  public FastTextModel train(Watch watch) throws InterruptedException {
    long inPass = chunks.length - 1L;
    long all = inPass * settings.epochs();
    var rows = new SubwordRows(text.words(), settings.subwords());
    var sampler = new NegativeSampler(text.words().wordCounts(), POWER);
    var sigmoid = new OutputLayer.Sigmoid();
    var tree =
        settings.loss() == OutputLoss.HIERARCHICAL
            ? new HuffmanTree(text.words().wordCounts())
            : null;
    try (var blocks = new BlockTraining(List.of(input, output), threads, settings.lockFree())) {
      var work = new ArrayList<VectorWork>();
      for (int t = 0; t < threads; t++) {
        RowView out = blocks.view(t, 1);
        OutputLayer layer =
            tree != null
                ? new OutputLayer.HierarchicalSoftmax(out, sigmoid, tree)
                : new OutputLayer.NegativeSampling(out, sigmoid, sampler, settings.negatives());
        work.add(new VectorWork(text, settings, seed, chunks, rows, blocks.view(t, 0), layer));
      }
      blocks.run(
          done,
          all,
          work,
          chunk -> {
            done = chunk;
            try {
              watch.after(chunk / inPass * text.size() + chunks[(int) (chunk % inPass)]);
            } catch (InterruptedException e) {
              if (checkpoint != null) {
                checkpoint.save(chunk);
              }
              throw e;
            }
            if (checkpoint != null && chunk < all) {
              checkpoint.saveNowAndThen(chunk);
            }
          });
    }
    if (checkpoint != null) {
      checkpoint.delete();
    }
    return new FastTextModel(
        FastTextHeader.of(settings),
        text.words(),
        null,
        DenseMatrix.of(input),
        DenseMatrix.of(output));
  }
}
