package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// A small model that guesses what a large one of the same vocabulary will say: its likeliest
/// token, again and again, for all answers of a step together. Of the engine's thread alone.
final class DraftModel implements AutoCloseable {
  private final LanguageModel model;
  private final CacheBlocks blocks;
  private final Map<ActiveSequence, Guesser> guessers = new IdentityHashMap<>();
  private boolean kept;

  /// What the draft model has read of one sequence.
  private static final class Guesser {
    final KeyValues cache;
    int[] read = new int[64];

    Guesser(KeyValues cache) {
      this.cache = cache;
    }

    void feed(int[] ids) {
      int length = cache.length();
      read = Arrays.copyOf(read, Math.max(read.length, length + ids.length + 32));
      System.arraycopy(ids, 0, read, length, ids.length);
    }

    /// Forgets guesses that were wrong; the last token known is read anew.
    void settle(int[] tokens, int count) {
      int length = Math.min(cache.length(), count - 1);
      int differ = Arrays.mismatch(read, 0, length, tokens, 0, length);
      cache.truncate(differ < 0 ? length : differ);
    }
  }

  /// @param model that guesses; it stays its opener's
  /// @throws IllegalArgumentException for one that cannot guess for the other
  DraftModel(LanguageModel model, LanguageModel large, CacheBlocks blocks) {
    this.model = model;
    this.blocks = blocks;
    if (model.config().decoderStart().isPresent() || model.config().stateWidth() > 0) {
      throw new IllegalArgumentException(
          "a %s cannot take a guess back, and is no draft model; take a decoder with attention"
              .formatted(model.config().architecture()));
    }
    model
        .tokenizer()
        .firstUnlike(large.tokenizer())
        .ifPresent(
            id -> {
              throw new IllegalArgumentException(
                  "token %d of the draft model is «%s», and the model has another there: a draft model has the same vocabulary"
                      .formatted(id, model.tokenizer().token(id)));
            });
    blocks.type().check(model.config().keyHeadWidth());
  }

  /// Bytes of keys and values that it may come to take for an answer.
  long cacheBytes(int tokens) {
    return model.cacheBytes(blocks.type(), tokens);
  }

  /// Guesses for each sequence as many tokens as it may.
  ///
  /// @param wanted how many, of each
  /// @param most tokens in the model's vocabulary
  Map<ActiveSequence, int[]> guess(Map<ActiveSequence, Integer> wanted, int most) {
    var ready = new ArrayList<ActiveSequence>();
    var pieces = new ArrayList<int[]>();
    int room = PromptPieces.MOST;
    kept = true;
    for (ActiveSequence s : wanted.keySet()) {
      Guesser guesser = guessers.computeIfAbsent(s, this::begin);
      if (s.length() + wanted.get(s) > guesser.cache.limit() || !guesser.cache.rewinds()) {
        continue;
      }
      guesser.settle(s.tokens(), s.length());
      int from = guesser.cache.length();
      int[] piece = Arrays.copyOfRange(s.tokens(), from, Math.min(s.length(), from + room));
      if (piece.length > 0) {
        ready.add(s);
        pieces.add(piece);
        room -= piece.length;
        kept &= piece.length <= 2; // the last guess, if all were right, and what came after it
      }
    }
    var guesses = new IdentityHashMap<ActiveSequence, int[]>();
    while (!ready.isEmpty()) {
      int[] next = step(ready, pieces);
      var going = new ArrayList<ActiveSequence>();
      pieces.clear();
      for (int i = 0; i < next.length; i++) {
        ActiveSequence s = ready.get(i);
        Guesser guesser = guessers.get(s);
        // What has not read all that is known has nothing to tell yet.
        if (guesser == null || guesser.cache.length() < s.length() || next[i] >= most) {
          continue;
        }
        int[] known = guesses.getOrDefault(s, new int[0]);
        int[] more = Arrays.copyOf(known, known.length + 1);
        more[known.length] = next[i];
        guesses.put(s, more);
        if (more.length < wanted.getOrDefault(s, 0)) {
          going.add(s);
          pieces.add(new int[] {next[i]});
        }
      }
      ready.clear();
      ready.addAll(going);
    }
    return guesses;
  }

  /// Whether all that was guessed for last had been read but for a step's own tokens: else the time
  /// that it took is that of a prompt, or of what was said in a pause.
  boolean kept() {
    return kept;
  }

  private Guesser begin(ActiveSequence s) {
    int limit = Math.min(s.cache().limit(), model.config().context());
    return new Guesser(model.cache(new int[0], limit, blocks));
  }

  /// The likeliest token after each piece.
  private int[] step(List<ActiveSequence> of, List<int[]> pieces) {
    int size = pieces.stream().mapToInt(p -> p.length).sum();
    int[] ids = new int[size];
    KeyValues[] sequences = new KeyValues[size];
    int[] rows = new int[of.size()];
    int at = 0;
    for (int i = 0; i < rows.length; i++) {
      Guesser guesser = guessers.computeIfAbsent(of.get(i), this::begin);
      guesser.feed(pieces.get(i));
      for (int id : pieces.get(i)) {
        ids[at] = id;
        sequences[at++] = guesser.cache;
      }
      rows[i] = at - 1;
    }
    CpuActivation scores = model.step(new ForwardBatch(ids, sequences), rows);
    int[] next = new int[rows.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = Sampler.likeliest(scores.row(i));
    }
    return next;
  }

  /// Forgets a sequence.
  void leave(ActiveSequence sequence) {
    Guesser guesser = guessers.remove(sequence);
    if (guesser != null) {
      guesser.cache.close();
    }
  }

  @Override
  public void close() {
    List.copyOf(guessers.keySet()).forEach(this::leave);
  }
}
