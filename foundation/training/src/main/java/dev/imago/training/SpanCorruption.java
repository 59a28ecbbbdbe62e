package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Batches of texts with spans cut out, a sentinel in the place of each, for an encoder; its
/// decoder tells each sentinel and the span behind it. The same for the same seed and step. Raffel
/// et al. 2019, arXiv:1910.10683.
///
/// @param source whose ids are taken; its targets are not
/// @param vocabulary what the ids are
public record SpanCorruption(Batches source, Denoising denoising, Vocabulary vocabulary, long seed)
    implements Batches {
  /// What ids stand for.
  ///
  /// @param sentinels in their order: the first span's first
  /// @param start what the decoder begins with
  /// @param end of what either reads
  public record Vocabulary(List<Integer> sentinels, int start, int end) {
    public Vocabulary {
      sentinels = List.copyOf(sentinels);
    }
  }

  /// One text's two sides, the decoder's without its beginning.
  private record Sides(int[] inputs, int[] targets) {}

  @Override
  public List<Batch> step(long step) {
    return new Corruption(seed, this::corrupted).step(step, source.step(step));
  }

  @Override
  public String describe(long step) {
    return source.describe(step);
  }

  /// Batches that are measured: corrupted once for all.
  public List<Batch> all(List<Batch> batches) {
    return new Corruption(seed, this::corrupted).measured(batches);
  }

  private Batch corrupted(Batch batch, Corruption.Rows by) {
    var rows = new ArrayList<Sides>();
    for (int s = 0; s < batch.sequences(); s++) {
      int from = s * batch.length();
      int[] text = Arrays.copyOfRange(batch.ids(), from, from + Corruption.length(batch, s));
      rows.add(sides(text, by.random(s)));
    }
    return batch(rows);
  }

  private Batch batch(List<Sides> rows) {
    int b = rows.size();
    int longest = rows.stream().mapToInt(r -> r.inputs.length).max().orElse(1);
    int length = rows.stream().mapToInt(r -> r.targets.length).max().orElse(1);
    int[] inputs = new int[b * longest];
    int[] lengths = new int[b];
    int[] ids = new int[b * length];
    int[] targets = new int[b * length];
    Arrays.fill(inputs, vocabulary.end);
    Arrays.fill(ids, vocabulary.start);
    Arrays.fill(targets, Batch.IGNORED);
    for (int r = 0; r < b; r++) {
      Sides row = rows.get(r);
      lengths[r] = row.inputs.length;
      System.arraycopy(row.inputs, 0, inputs, r * longest, row.inputs.length);
      System.arraycopy(row.targets, 0, ids, r * length + 1, row.targets.length - 1);
      System.arraycopy(row.targets, 0, targets, r * length, row.targets.length);
    }
    boolean full = Arrays.stream(lengths).allMatch(n -> n == longest);
    var read = new Batch.Source(longest, inputs, full ? new int[0] : lengths);
    return Batch.of(b, length, ids, targets).withSource(read);
  }

  private Sides sides(int[] text, SplittableRandom random) {
    Denoising.Lengths lengths = denoising.lengths(text.length);
    int spans = lengths.spans();
    if (spans > vocabulary.sentinels.size()) {
      throw new IllegalArgumentException(
          "%d spans of %d tokens are more than the %d sentinels"
              .formatted(spans, text.length, vocabulary.sentinels.size()));
    }
    int[] cut = parts(lengths.noise(), spans, random);
    int[] kept = parts(text.length - lengths.noise(), spans, random);
    int[] inputs = new int[lengths.inputs()];
    int[] targets = new int[lengths.targets()];
    int read = 0;
    int told = 0;
    int at = 0;
    for (int s = 0; s < spans; s++) {
      System.arraycopy(text, at, inputs, read, kept[s]);
      at += kept[s];
      read += kept[s];
      inputs[read++] = vocabulary.sentinels.get(s);
      targets[told++] = vocabulary.sentinels.get(s);
      System.arraycopy(text, at, targets, told, cut[s]);
      at += cut[s];
      told += cut[s];
    }
    System.arraycopy(text, at, inputs, read, text.length - at);
    inputs[inputs.length - 1] = vocabulary.end;
    targets[told] = vocabulary.end;
    return new Sides(inputs, targets);
  }

  /// A number as a sum of `count` numbers of at least 1, each such sum as likely as any other.
  static int[] parts(int sum, int count, SplittableRandom random) {
    int[] parts = new int[count];
    int left = count - 1; // ends that are still to be chosen among the places left
    int part = 0;
    for (int place = 1; place <= sum && count > 0; place++) {
      parts[part]++;
      if (place < sum && random.nextInt(sum - place) < left) {
        left--;
        part++;
      }
    }
    return parts;
  }
}
