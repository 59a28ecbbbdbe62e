package dev.imago.vectors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/// Learns a classifier of texts as fastText's `supervised` does. Joulin et al. 2016,
/// arXiv:1607.01759. The rows of every text are made once and kept in memory.
///
/// The same texts, settings, seed and threads make the same bits.
public final class LabellerTrainer {
  private static final int ROWS_OF_BLOCK = 16_384;
  private static final int ROWS_OF_CHUNK = 512;

  private final LabellerSettings settings;
  private final long seed;
  private final int threads;
  private final FastTextModel empty;
  private final SharedRows input;
  private final SharedRows output;
  private final int[][] rows;
  private final int[][] labels;

  /// @throws IllegalArgumentException where no text has a label
  public LabellerTrainer(
      List<LabelledLine> texts, LabellerSettings settings, long seed, int threads) {
    this.settings = settings;
    this.seed = seed;
    this.threads = threads;
    VectorVocabulary vocabulary = vocabulary(texts, settings);
    FastTextHeader header = settings.header();
    VectorSettings.whole(
        "words and buckets",
        (long) vocabulary.words() + header.buckets(),
        1,
        Integer.MAX_VALUE,
        "take fewer buckets");
    input = new SharedRows(vocabulary.words() + header.buckets(), settings.dimension());
    input.uniform(1f / settings.dimension(), seed);
    output = new SharedRows(vocabulary.labels(), settings.dimension());
    empty =
        new FastTextModel(header, vocabulary, null, DenseMatrix.of(input), DenseMatrix.of(output));
    rows =
        texts.parallelStream()
            .map(t -> new LineRows(empty).read(t.text()).toArray())
            .toArray(int[][]::new);
    labels =
        texts.stream()
            .map(
                t ->
                    t.labels().stream()
                        .mapToInt(l -> vocabulary.labelId(TextLabeller.PREFIX + l))
                        .filter(id -> id >= 0)
                        .toArray())
            .toArray(int[][]::new);
  }

  /// Words, then labels, each the frequent ones first; equal ones in the order in which they came.
  private static VectorVocabulary vocabulary(List<LabelledLine> texts, LabellerSettings settings) {
    Map<String, long[]> words = new LinkedHashMap<>();
    Map<String, long[]> labels = new LinkedHashMap<>();
    long tokens = 0;
    for (LabelledLine text : texts) {
      for (String label : text.labels()) {
        if (label.isEmpty() || label.chars().anyMatch(c -> FastTextModel.BLANKS.indexOf(c) >= 0)) {
          throw new IllegalArgumentException(
              "the label «%s» is empty or has a blank, which ends a label in fastText's files; rename it"
                  .formatted(label));
        }
        labels.computeIfAbsent(TextLabeller.PREFIX + label, _ -> new long[1])[0]++;
        tokens++;
      }
      StringTokenizer each = FastTextModel.words(text.text());
      while (each.hasMoreTokens()) {
        String word = each.nextToken();
        if (!word.startsWith(TextLabeller.PREFIX)) {
          words.computeIfAbsent(word, _ -> new long[1])[0]++;
          tokens++;
        }
      }
      words.computeIfAbsent(Subwords.END_OF_LINE, _ -> new long[1])[0]++;
      tokens++;
    }
    var names = new ArrayList<String>();
    var counts = new ArrayList<Long>();
    int kept = 0;
    for (Map<String, long[]> of : List.of(words, labels)) {
      int least = of == words ? settings.minimumCount() : settings.minimumLabelCount();
      of.entrySet().stream()
          .filter(e -> e.getValue()[0] >= least)
          .sorted((a, b) -> Long.compare(b.getValue()[0], a.getValue()[0]))
          .forEach(
              e -> {
                names.add(e.getKey());
                counts.add(e.getValue()[0]);
              });
      kept = of == words ? names.size() : kept;
    }
    if (names.size() == kept) {
      throw new IllegalArgumentException(
          "of %d texts none has a label that stands there %d times; give texts with labels"
              .formatted(texts.size(), settings.minimumLabelCount()));
    }
    return new VectorVocabulary(
        names, counts.stream().mapToLong(Long::longValue).toArray(), kept, tokens);
  }

  /// Trains to the end.
  public TextLabeller train(VectorTrainer.Watch watch) throws InterruptedException {
    int[] chunks = chunks(Math.max(ROWS_OF_CHUNK, ROWS_OF_BLOCK / threads));
    long inPass = chunks.length - 1L;
    var sigmoid = new OutputLayer.Sigmoid();
    long[] counts = empty.vocabulary().labelCounts();
    try (var blocks = new BlockTraining(List.of(input, output), threads, false)) {
      var work = new ArrayList<BlockTraining.ChunkWork>();
      for (int t = 0; t < threads; t++) {
        RowView out = blocks.view(t, 1);
        OutputLayer layer =
            switch (settings.loss()) {
              case SOFTMAX -> new OutputLayer.Softmax(out, new float[output.rows()]);
              case ONE_AGAINST_ALL -> new OutputLayer.OneAgainstAll(out, sigmoid, output.rows());
              case HIERARCHICAL ->
                  new OutputLayer.HierarchicalSoftmax(out, sigmoid, new HuffmanTree(counts));
              case NEGATIVE_SAMPLING ->
                  new OutputLayer.NegativeSampling(
                      out, sigmoid, new NegativeSampler(counts, 0.5), settings.negatives());
            };
        RowView in = blocks.view(t, 0);
        float[] hidden = new float[input.stride()];
        float[] gradient = new float[input.stride()];
        work.add(chunk -> train(chunk, chunks, in, layer, hidden, gradient));
      }
      blocks.run(
          0,
          inPass * settings.epochs(),
          work,
          chunk -> watch.after(chunk / inPass * rows.length + chunks[(int) (chunk % inPass)]));
    }
    return new TextLabeller(empty);
  }

  private int[] chunks(int size) {
    int[] starts = new int[rows.length + 1];
    int chunks = 0;
    int held = size;
    for (int i = 0; i < rows.length; i++) {
      if (held >= size) {
        starts[chunks++] = i;
        held = 0;
      }
      held += rows[i].length;
    }
    starts[chunks] = rows.length;
    return Arrays.copyOf(starts, chunks + 1);
  }

  private void train(
      long chunk, int[] chunks, RowView in, OutputLayer layer, float[] hidden, float[] gradient) {
    int inPass = chunks.length - 1;
    int number = (int) (chunk % inPass);
    var random = new RandomStream(seed, chunk);
    for (int i = chunks[number]; i < chunks[number + 1]; i++) {
      int[] of = rows[i];
      if (of.length == 0 || labels[i].length == 0) {
        continue;
      }
      double progress =
          ((double) (chunk / inPass) * rows.length + i)
              / ((double) settings.epochs() * rows.length);
      float rate = (float) (settings.learningRate() * (1 - progress));
      Arrays.fill(hidden, 0);
      Arrays.fill(gradient, 0);
      for (int row : of) {
        int at = in.locate(row);
        VectorArithmetic.add(hidden, 0, 1, in.values(), at, hidden.length);
      }
      VectorArithmetic.scale(hidden, 1f / of.length, hidden.length);
      layer.step(hidden, gradient, labels[i], random.below(labels[i].length), rate, random);
      for (int row : of) {
        int at = in.locate(row);
        VectorArithmetic.add(in.values(), at, 1f / of.length, gradient, 0, hidden.length);
      }
    }
  }
}
