package dev.imago.masking;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/// Masks a text as it flows. What comes out, put together, is what [Masker#mask] makes of the whole
/// text, wherever it was cut; no more is held back than may still become a part of what is masked.
///
/// For one thread at a time. After anything was thrown nothing more comes out.
public final class MaskStream {
  private static final int ROOM = 512;

  private final Masker masker;
  private final Replacements replacements;
  private final Map<PersonalKind, Integer> counts = new EnumMap<>(PersonalKind.class);
  private char[] buffer = new char[ROOM];
  private final Sight sight = new Sight(buffer, 0, false);
  private final DetectionScan scan;
  private int end;
  private int emitted;
  private boolean failed;

  MaskStream(Masker masker, Replacements replacements) {
    this.masker = masker;
    this.replacements = replacements;
    this.scan = masker.scan(sight);
  }

  /// Takes a piece; gives what is decided by it.
  ///
  /// @throws BlockedTextException where the text holds what must not pass
  public String append(CharSequence piece) {
    int length = piece.length();
    room(length);
    for (int i = 0; i < length; i++) {
      buffer[end + i] = piece.charAt(i);
    }
    end += length;
    return decided(false);
  }

  /// The rest: nothing comes any more.
  public String finish() {
    return decided(true);
  }

  /// How many of each kind were found so far.
  public Map<PersonalKind, Integer> counts() {
    return Map.copyOf(counts);
  }

  /// How many characters are held back.
  public int held() {
    return end - emitted;
  }

  private void room(int length) {
    int past = emitted - Sight.LEFT;
    if (past > ROOM || past > 0 && end + length > buffer.length) {
      System.arraycopy(buffer, past, buffer, 0, end - past);
      end -= past;
      emitted -= past;
      scan.shift(past);
    }
    if (end + length > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, end + length));
    }
  }

  private String decided(boolean complete) {
    if (failed) {
      throw new IllegalStateException("the masking of this text failed before");
    }
    failed = true;
    sight.become(buffer, end, complete);
    var out = new StringBuilder();
    for (Detection next = scan.next(); next != null; next = scan.next()) {
      counts.merge(next.kind(), 1, Integer::sum);
      MaskAction action = masker.action(next.kind());
      if (action != MaskAction.NOTE) {
        String value = sight.text(next.start(), next.end());
        emit(out, next.start());
        out.append(replacements.of(next.kind(), action, value));
        emitted = next.end();
      }
    }
    int open = scan.open();
    boolean pair = !complete && open > 0 && Character.isHighSurrogate(buffer[open - 1]);
    emit(out, pair ? open - 1 : open);
    failed = false;
    return out.toString();
  }

  private void emit(StringBuilder out, int to) {
    if (to > emitted) {
      out.append(buffer, emitted, to - emitted);
      emitted = to;
    }
  }
}
