package dev.imago.vectors;

import java.util.Arrays;

/// One thread's part of training word vectors: it reads chunks of the text, passes over frequent
/// words at random, and takes each that is left with the words around it.
final class VectorWork implements BlockTraining.ChunkWork {
  private static final int LONGEST_LINE = 1024;

  private final TrainingText text;
  private final VectorSettings settings;
  private final long seed;
  private final long[] chunks;
  private final SubwordRows rows;
  private final RowView input;
  private final OutputLayer layer;
  private final float[] kept;
  private final float[] hidden;
  private final float[] gradient;
  private final int[] line = new int[LONGEST_LINE];

  VectorWork(
      TrainingText text,
      VectorSettings settings,
      long seed,
      long[] chunks,
      SubwordRows rows,
      RowView input,
      OutputLayer layer) {
    this.text = text;
    this.settings = settings;
    this.seed = seed;
    this.chunks = chunks;
    this.rows = rows;
    this.input = input;
    this.layer = layer;
    int stride = VectorArithmetic.stride(settings.dimension());
    hidden = new float[stride];
    gradient = new float[stride];
    kept = new float[text.words().words()];
    for (int word = 0; word < kept.length; word++) {
      double share = settings.subsample() / text.words().count(word) * text.words().tokens();
      kept[word] = settings.subsample() == 0 ? 1 : (float) (Math.sqrt(share) + share);
    }
  }

  @Override
  public void train(long chunk) {
    long inPass = chunks.length - 1L;
    long pass = chunk / inPass;
    int number = (int) (chunk % inPass);
    var random = new RandomStream(seed, chunk);
    for (long at = chunks[number]; at < chunks[number + 1]; ) {
      double progress =
          ((double) pass * text.size() + at) / ((double) settings.epochs() * text.size());
      float rate = (float) (settings.learningRate() * (1 - progress));
      int size = 0;
      long end = Math.min(chunks[number + 1], at + LONGEST_LINE);
      while (at < end) {
        int word = text.id(at++);
        if (random.unit() <= kept[word]) {
          line[size++] = word;
        }
        if (word == text.endOfLine()) {
          break;
        }
      }
      switch (settings.kind()) {
        case SKIP_GRAM -> skipGram(size, rate, random);
        case CBOW -> cbow(size, rate, random);
        case GLOVE -> throw new IllegalStateException("GloVe is trained on counts");
      }
    }
  }

  private void skipGram(int size, float rate, RandomStream random) {
    for (int w = 0; w < size; w++) {
      int width = 1 + random.below(settings.window());
      int from = Math.max(0, w - width);
      int to = Math.min(size - 1, w + width);
      if (from == to) {
        continue;
      }
      Arrays.fill(hidden, 0);
      int rowsOfWord = addRows(line[w]);
      VectorArithmetic.scale(hidden, 1f / rowsOfWord, hidden.length);
      Arrays.fill(gradient, 0);
      for (int c = from; c <= to; c++) {
        if (c != w) {
          layer.step(hidden, gradient, line, c, rate, random);
        }
      }
      change(line[w]);
    }
  }

  private void cbow(int size, float rate, RandomStream random) {
    for (int w = 0; w < size; w++) {
      int width = 1 + random.below(settings.window());
      int from = Math.max(0, w - width);
      int to = Math.min(size - 1, w + width);
      Arrays.fill(hidden, 0);
      int added = 0;
      for (int c = from; c <= to; c++) {
        if (c != w) {
          added += addRows(line[c]);
        }
      }
      if (added == 0) {
        continue;
      }
      VectorArithmetic.scale(hidden, 1f / added, hidden.length);
      Arrays.fill(gradient, 0);
      layer.step(hidden, gradient, line, w, rate, random);
      for (int c = from; c <= to; c++) {
        if (c != w) {
          change(line[c]);
        }
      }
    }
  }

  private int addRows(int word) {
    for (int i = rows.start(word); i < rows.end(word); i++) {
      int at = input.locate(rows.row(i));
      VectorArithmetic.add(hidden, 0, 1, input.values(), at, hidden.length);
    }
    return rows.end(word) - rows.start(word);
  }

  private void change(int word) {
    for (int i = rows.start(word); i < rows.end(word); i++) {
      int at = input.locate(rows.row(i));
      VectorArithmetic.add(input.values(), at, 1, gradient, 0, hidden.length);
    }
  }
}
