package dev.imago.tokenizers;

import dev.imago.tokenizers.bytelevel.ByteLevel;
import dev.imago.tokenizers.bytelevel.ByteLevelBpe;
import dev.imago.tokenizers.bytelevel.ByteLevelEncoder;
import dev.imago.tokenizers.bytelevel.IntList;
import dev.imago.tokenizers.models.BpeModel;
import dev.imago.tokenizers.models.TokenModel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Byte-level BPE with a pattern that has a scanner: text as UTF-8 straight to ids, without pieces
/// as objects. The ids are those of the chain that it stands for. Thread-safe.
final class FastPath {
  private final ByteLevelBpe all;
  private final ByteLevelBpe ordinary;

  /// Encoders at rest: one a thread that ever encoded at the same time as others.
  private final Queue<ByteLevelEncoder> encoders = new ConcurrentLinkedQueue<>();

  private final Queue<ByteLevelEncoder> ordinaryEncoders;

  private FastPath(ByteLevelBpe all, ByteLevelBpe ordinary) {
    this.all = all;
    this.ordinary = ordinary;
    this.ordinaryEncoders = all == ordinary ? encoders : new ConcurrentLinkedQueue<>();
  }

  /// The fast path of a tokenizer, or null where it has none.
  ///
  /// @param special by id, what ordinary text may not give
  static @Nullable FastPath of(TokenModel kind, Optional<SplitPattern> pattern, boolean[] special) {
    if (pattern.isEmpty() || !(kind instanceof BpeModel model) || !plain(model.options())) {
      return null;
    }
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = model.id(String.valueOf(ByteLevel.spell(b))).orElse(-1);
    }
    List<ByteLevelBpe.Merge> merges =
        model.merges().stream()
            .map(m -> new ByteLevelBpe.Merge(m.left(), m.right(), m.merged()))
            .toList();
    boolean whole = model.options().ignoreMerges();
    var all =
        new ByteLevelBpe(
            pattern.get().splitter(), byteIds, merges, whole ? pieces(model) : new byte[0][]);
    boolean reachable = whole || merges.stream().anyMatch(m -> special[m.merged()]);
    return new FastPath(all, reachable ? all.without(id -> special[id]) : all);
  }

  private static boolean plain(BpeModel.Options options) {
    return options.dropout() == 0
        && options.unkToken() == null
        && empty(options.continuingSubwordPrefix())
        && empty(options.endOfWordSuffix())
        && !options.byteFallback();
  }

  private static boolean empty(@Nullable String text) {
    return text == null || text.isEmpty();
  }

  /// By id: the bytes of what the vocabulary spells in byte level.
  private static byte[][] pieces(BpeModel model) {
    byte[][] pieces = new byte[model.bound()][];
    Arrays.setAll(
        pieces,
        id -> {
          String token = model.token(id);
          byte[] spelt = token == null ? null : ByteLevel.bytesOrNull(token);
          return spelt == null ? new byte[0] : spelt;
        });
    return pieces;
  }

  /// Ids of text, segment by segment, on one thread.
  final class Run implements AutoCloseable {
    private final ByteLevelEncoder encoder;
    private final boolean ofOrdinary;
    private final IntList out;

    private Run(boolean ofOrdinary, IntList out) {
      ByteLevelEncoder resting = (ofOrdinary ? ordinaryEncoders : encoders).poll();
      this.encoder = resting == null ? (ofOrdinary ? ordinary : all).encoder() : resting;
      this.ofOrdinary = ofOrdinary;
      this.out = out;
    }

    void encode(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      encoder.encode(utf8, 0, utf8.length, out);
    }

    /// Puts the encoder back; not called after a failure, so that a broken one is let go.
    @Override
    public void close() {
      (ofOrdinary ? ordinaryEncoders : encoders).add(encoder);
    }
  }

  /// @param ofOrdinary whether special tokens may not come out
  Run run(boolean ofOrdinary, IntList out) {
    return new Run(ofOrdinary, out);
  }
}
