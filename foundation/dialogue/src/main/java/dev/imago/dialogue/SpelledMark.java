package dev.imago.dialogue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps a text from spelling a mark by tokens other than the mark's own. A state is how many bytes
/// of the mark the text ends with (Knuth, Morris, Pratt). Thread-safe.
final class SpelledMark {
  private final FormTokens tokens;
  private final byte[] mark;

  /// By state, the longest state below it that the text ends with, too.
  private final int[] below;

  /// The tokens that may end the mark: those with its last byte, but for its own.
  private final List<Ending> endings = new ArrayList<>();

  /// By state, those of the tokens that end the mark there, as bits.
  private final long[] @Nullable [] ending;

  private record Ending(int id, byte[] bytes) {}

  SpelledMark(FormTokens tokens, int own, String mark) {
    this.tokens = tokens;
    this.mark = mark.getBytes(StandardCharsets.UTF_8);
    this.ending = new long[this.mark.length][];
    this.below = new int[this.mark.length];
    for (int i = 1; i < below.length; i++) {
      below[i] = next(below[i - 1], this.mark[i]);
    }
    byte last = this.mark[this.mark.length - 1];
    for (int id = 0; id < tokens.size(); id++) {
      byte[] bytes = id == own ? new byte[0] : tokens.said(id);
      for (byte b : bytes) {
        if (b == last) {
          endings.add(new Ending(id, bytes));
          break;
        }
      }
    }
  }

  private int next(int state, byte b) {
    int at = state;
    while (at > 0 && mark[at] != b) {
      at = below[at - 1];
    }
    return mark[at] == b ? at + 1 : 0;
  }

  /// The state after some bytes; the mark's length where they have ended the mark.
  private int after(int state, byte[] said) {
    int at = state;
    for (int i = 0; i < said.length && at < mark.length; i++) {
      at = next(at, said[i]);
    }
    return at;
  }

  /// The state after a token that [#among] allows.
  int after(int state, int id) {
    int next = after(state, tokens.said(id));
    if (next == mark.length) {
      throw new IllegalArgumentException("token id %d may not come here".formatted(id));
    }
    return next;
  }

  /// What may come of some ids without ending the mark.
  long[] among(long[] ids, int state) {
    long[] barred = barred(state);
    long[] allowed = ids.clone();
    for (int i = 0; i < allowed.length; i++) {
      allowed[i] &= ~barred[i];
    }
    return allowed;
  }

  private synchronized long[] barred(int state) {
    long[] known = ending[state];
    if (known == null) {
      known = new long[(tokens.size() + 63) >>> 6];
      for (Ending one : endings) {
        if (after(state, one.bytes) == mark.length) {
          known[one.id >>> 6] |= 1L << one.id;
        }
      }
      ending[state] = known;
    }
    return known;
  }
}
