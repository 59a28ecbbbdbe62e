package dev.imago.tune;

import dev.imago.data.Example;
import dev.imago.templates.ChatMessage;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Batch;
import dev.imago.training.Batches;
import dev.imago.training.Shuffle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Labelled pairs as batches: the prompt in the chat template, exactly as the server renders it,
/// then the completion and the id that ends an answer. The loss is on the completion and that id
/// alone.
final class Conversations implements Batches {
  /// Steps whose examples are sorted by length together, so that a batch pads little.
  private static final int BUCKET_STEPS = 16;

  private final List<Sequence> sequences;
  private final int perStep;
  private final long seed;
  private final int padding;

  /// @param ids prompt, completion, end
  /// @param promptLength ids that are given, not learned
  record Sequence(int[] ids, int promptLength) {}

  /// @param perStep examples in a step
  /// @param padding the id that fills a batch's shorter rows; no loss falls on it
  Conversations(List<Sequence> sequences, int perStep, long seed, int padding) {
    this.sequences = List.copyOf(sequences);
    this.perStep = perStep;
    this.seed = seed;
    this.padding = padding;
  }

  /// One pair, or nothing where it is longer than the bound: half an answer teaches to stop
  /// nowhere.
  static List<Sequence> encode(
      Example example, ChatTemplate template, Tokenizer tokenizer, int stop, int longest) {
    int[] prompt =
        template.encodeChat(tokenizer, List.of(new ChatMessage("user", example.prompt())), true);
    int[] completion = tokenizer.encodeOrdinary(example.completion());
    int length = prompt.length + completion.length + 1;
    if (length > longest || completion.length == 0) {
      return List.of();
    }
    int[] ids = java.util.Arrays.copyOf(prompt, length);
    System.arraycopy(completion, 0, ids, prompt.length, completion.length);
    ids[length - 1] = stop;
    return List.of(new Sequence(ids, prompt.length));
  }

  @Override
  public List<Batch> step(long step) {
    long bucket = (step - 1) / BUCKET_STEPS;
    int inBucket = (int) ((step - 1) % BUCKET_STEPS);
    var members = new ArrayList<Sequence>();
    for (long i = 0; i < (long) BUCKET_STEPS * perStep; i++) {
      long at = bucket * BUCKET_STEPS * perStep + i;
      long epoch = at / sequences.size();
      long place =
          new Shuffle(sequences.size(), seed * 1_000_003 + epoch).at(at % sequences.size());
      members.add(sequences.get((int) place));
    }
    members.sort(Comparator.comparingInt(s -> s.ids().length));
    // The bucket's steps are taken in a seeded order, or every bucket would go from short to long.
    int chosen = (int) new Shuffle(BUCKET_STEPS, seed + bucket).at(inBucket);
    return List.of(batch(members.subList(chosen * perStep, (chosen + 1) * perStep), padding));
  }

  /// All pairs in order, for a held-out loss.
  List<Batch> all() {
    var sorted = new ArrayList<>(sequences);
    sorted.sort(Comparator.comparingInt(s -> s.ids().length));
    var batches = new ArrayList<Batch>();
    for (int from = 0; from < sorted.size(); from += perStep) {
      batches.add(batch(sorted.subList(from, Math.min(sorted.size(), from + perStep)), padding));
    }
    return batches;
  }

  static Batch batch(List<Sequence> rows, int padding) {
    int length = rows.stream().mapToInt(r -> r.ids().length - 1).max().orElse(1);
    int[] ids = new int[rows.size() * length];
    int[] targets = new int[ids.length];
    java.util.Arrays.fill(ids, padding);
    java.util.Arrays.fill(targets, Batch.IGNORED);
    for (int r = 0; r < rows.size(); r++) {
      Sequence row = rows.get(r);
      for (int i = 0; i + 1 < row.ids().length; i++) {
        ids[r * length + i] = row.ids()[i];
        if (i + 1 >= row.promptLength()) {
          targets[r * length + i] = row.ids()[i + 1];
        }
      }
    }
    return new Batch(rows.size(), length, ids, targets);
  }
}
