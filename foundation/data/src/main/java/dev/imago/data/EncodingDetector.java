package dev.imago.data;

import dev.imago.data.TextEncoding.Certainty;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Tells the encoding of text that has no byte-order mark.
///
/// Every candidate reads the bytes, and each reading is judged by [Plausibility]: how much it looks
/// like writing of the language that uses this encoding. The best reading wins; one that is near
/// makes it doubtful.
final class EncodingDetector {
  /// Below this, the best reading is no writing: Greek, Hebrew, Thai … in encodings of their own.
  private static final double LEAST = 0.05;

  private static final double SURE = 0.25;

  /// How far ahead of the next the best must be: in all, and in the mean of a character.
  private static final double LEAD = 8;

  private static final double MEAN_LEAD = 0.02;

  /// Fewer characters beyond ASCII than this say little.
  private static final int FEW = 4;

  /// More control characters than this share are of no text.
  private static final double CONTROLS = 0.005;

  /// Fewer than one letter in so many is stray.
  private static final int STRAY = 10;

  /// A text whose beginning is clear is read no further: each reading costs.
  private static final int SAMPLE_BYTES = 1 << 15;

  /// Characters beyond ASCII that make a beginning clear.
  private static final int MANY = 4000;

  /// UTF-8 with one piece broken in so many is still UTF-8.
  private static final int WHOLE_PER_BROKEN = 5;

  /// @param alphabet whether its words are written in letters of another alphabet than ASCII's
  private record Candidate(Charset charset, boolean alphabet, ToDoubleFunction<String> judge) {}

  private record Judged(Charset charset, String text, double score) {}

  /// @param marked characters beyond ASCII in the best reading
  private record Verdict(Charset charset, double score, long marked, boolean doubtful) {}

  private final Plausibility look = new Plausibility();
  private final List<Candidate> candidates;

  EncodingDetector() {
    // In the order of preference where two are equal.
    candidates =
        List.of(
            candidate("windows-1252", look::western),
            candidate("windows-1250", look::central),
            candidate("ISO-8859-2", look::central),
            candidate("windows-1254", look::turkish),
            candidate("GB18030", text -> look.chinese(text, true)),
            candidate("Big5-HKSCS", text -> look.chinese(text, false)),
            candidate("windows-31j", look::japanese),
            candidate("EUC-JP", look::japanese),
            candidate("x-windows-949", look::korean),
            alphabet("windows-1251", look::cyrillic),
            alphabet("KOI8-R", look::cyrillic),
            alphabet("IBM866", look::cyrillic),
            alphabet("ISO-8859-5", look::cyrillic),
            alphabet("x-MacCyrillic", look::cyrillic),
            alphabet("IBM855", look::cyrillic),
            alphabet("windows-1253", look::greek),
            alphabet("ISO-8859-7", look::greek),
            alphabet("windows-1255", look::hebrew),
            alphabet("windows-1256", look::arabic),
            alphabet("ISO-8859-6", look::arabic),
            alphabet("TIS-620", look::thai));
  }

  private static Candidate candidate(String name, ToDoubleFunction<String> judge) {
    return new Candidate(Charset.forName(name), false, judge);
  }

  private static Candidate alphabet(String name, ToDoubleFunction<String> judge) {
    return new Candidate(Charset.forName(name), true, judge);
  }

  /// The encoding of bytes that are no valid UTF-8.
  ///
  /// @param end whether the text ends with them; else a character cut off there is no error
  TextEncoding detect(byte[] bytes, boolean end) throws NotTextException {
    int controls = 0;
    for (byte b : bytes) {
      controls += b >= 0 && b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' ? 1 : 0;
    }
    if (controls > 1 + CONTROLS * bytes.length) {
      throw new NotTextException(
          true, "%,d control characters in %,d bytes".formatted(controls, bytes.length));
    }
    if (mostlyUtf8(bytes)) {
      return TextEncoding.UTF_8;
    }
    Verdict verdict = judge(first(bytes), end && bytes.length <= SAMPLE_BYTES);
    if (bytes.length > SAMPLE_BYTES && (verdict.doubtful() || verdict.marked() < MANY)) {
      verdict = judge(bytes, end);
    }
    if (verdict.score() < LEAST) {
      throw new NotTextException(
          false, "its bytes are no UTF-8 and fit no encoding that is recognised");
    }
    return new TextEncoding(
        western(verdict.charset(), bytes),
        verdict.doubtful() ? Certainty.DOUBTFUL : Certainty.LIKELY);
  }

  private static byte[] first(byte[] bytes) {
    return bytes.length <= SAMPLE_BYTES ? bytes : Arrays.copyOf(bytes, SAMPLE_BYTES);
  }

  private Verdict judge(byte[] bytes, boolean end) {
    int high = 0;
    int letters = 0;
    for (byte b : bytes) {
      letters += (b | 0x20) >= 'a' && (b | 0x20) <= 'z' ? 1 : 0;
      high += b < 0 ? 1 : 0;
    }
    var judged = new ArrayList<Judged>();
    for (Candidate candidate : candidates) {
      String text = decode(candidate.charset(), bytes, end);
      double score = candidate.judge().applyAsDouble(text);
      // A letter among many plain ones is one with an accent, not a word of another alphabet.
      boolean stray = candidate.alphabet() && high * (long) STRAY < letters;
      judged.add(new Judged(candidate.charset(), text, stray ? score - 1 : score));
    }
    judged.sort(Comparator.comparingDouble(Judged::score).reversed());
    Judged best = judged.getFirst();
    // Where two tables read the same, there is nothing to doubt.
    long marked = best.text().chars().filter(c -> c >= 0x80).count();
    double lead = Math.max(MEAN_LEAD, LEAD / marked);
    boolean rivalled =
        judged.stream()
            .anyMatch(j -> best.score() - j.score() < lead && !j.text().equals(best.text()));
    boolean doubtful =
        best.score() < SURE || rivalled || high < (multibyte(best.charset()) ? 2 * FEW : FEW);
    return new Verdict(best.charset(), best.score(), marked, doubtful);
  }

  private static boolean multibyte(Charset charset) {
    return charset.newEncoder().maxBytesPerChar() > 1;
  }

  /// ISO-8859-1 and windows-1252 differ in 0x80 … 0x9F only: without these it is the older one.
  private static Charset western(Charset charset, byte[] bytes) {
    if (!charset.name().equals("windows-1252")) {
      return charset;
    }
    for (byte b : bytes) {
      if (b < (byte) 0xa0) {
        return charset;
      }
    }
    return StandardCharsets.ISO_8859_1;
  }

  private static String decode(Charset charset, byte[] bytes, boolean end) {
    CharsetDecoder decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    CharBuffer text = CharBuffer.allocate(bytes.length + 1);
    decoder.decode(ByteBuffer.wrap(bytes), text, end);
    return text.flip().toString();
  }

  /// Whether bytes are valid UTF-8; without `end`, a character may be cut off there.
  static boolean isUtf8(byte[] bytes, boolean end) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer text = CharBuffer.allocate(bytes.length + 1);
    return !decoder.decode(ByteBuffer.wrap(bytes), text, end).isError();
  }

  /// Whether nearly all bytes beyond ASCII are whole characters of UTF-8. Chance does not do that:
  /// in other encodings most of them are not.
  private static boolean mostlyUtf8(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer text = CharBuffer.allocate(bytes.length + 1);
    int broken = 0;
    CoderResult result;
    while ((result = decoder.decode(in, text, false)).isError()) {
      broken++;
      in.position(in.position() + result.length());
    }
    long whole = text.flip().chars().filter(c -> c >= 0x80).count();
    return whole >= WHOLE_PER_BROKEN * Math.max(1L, broken);
  }

  static boolean hasNul(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0) {
        return true;
      }
    }
    return false;
  }

  /// The encoding of a text with NUL bytes: UTF-16 or UTF-32, in the order whose reading is
  /// writing.
  TextEncoding wide(byte[] bytes, int length) throws NotTextException {
    for (String name : List.of("UTF-32LE", "UTF-32BE", "UTF-16LE", "UTF-16BE")) {
      CharBuffer text = CharBuffer.allocate(length);
      // A pair may be cut by the end of what is known so far.
      CoderResult result =
          Charset.forName(name).newDecoder().decode(ByteBuffer.wrap(bytes, 0, length), text, false);
      boolean whole = length % (name.startsWith("UTF-32") ? 4 : 2) == 0;
      if (whole && !result.isError() && look.wide(text.flip().toString())) {
        return new TextEncoding(
            Charset.forName(name), text.length() < FEW ? Certainty.DOUBTFUL : Certainty.LIKELY);
      }
    }
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0) {
        throw new NotTextException(true, "a NUL at byte " + i);
      }
    }
    throw new AssertionError("called without a NUL");
  }
}
