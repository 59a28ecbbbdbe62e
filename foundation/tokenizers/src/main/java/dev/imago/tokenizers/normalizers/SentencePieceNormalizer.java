package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import dev.imago.tokenizers.models.CharTrie;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What SentencePiece itself does before its model sees a text, where the normalizers of a
/// `tokenizer.json` only come near: it replaces the longest key of its table at any place, leaves
/// the user's symbols as they are, and looks at blanks after it replaced.
///
/// For a vocabulary inside a GGUF it treats blanks as llama.cpp does, which SentencePiece does not
/// in every case.
///
/// Written as the normalizers that come nearest.
public final class SentencePieceNormalizer implements Normalizer {
  /// SentencePiece's space.
  private static final char BLOCK = '▁';

  /// The settings, under the names of SentencePiece's own.
  ///
  /// @param precompiledCharsmap the table, empty for none
  /// @param addDummyPrefix whether a blank is put before a text
  /// @param removeExtraWhitespaces whether blanks at the ends, and all but one of a run, go
  /// @param escapeWhitespaces whether blanks become `▁`
  /// @param treatWhitespaceAsSuffix whether the blank is put after the text instead
  /// @param userDefined what stays as it is
  /// @param asLlamaCpp whether blanks are treated as llama.cpp does: only real ones go at the ends,
  ///   a dummy prefix stands before the first word, and there is one before each word where
  ///   `removeExtraWhitespaces` is set
  public record Settings(
      byte[] precompiledCharsmap,
      boolean addDummyPrefix,
      boolean removeExtraWhitespaces,
      boolean escapeWhitespaces,
      boolean treatWhitespaceAsSuffix,
      List<String> userDefined,
      boolean asLlamaCpp) {
    public Settings {
      precompiledCharsmap = precompiledCharsmap.clone();
      userDefined = List.copyOf(userDefined);
    }

    @Override
    public byte[] precompiledCharsmap() {
      return precompiledCharsmap.clone();
    }
  }

  private final Settings settings;
  private final @Nullable CharsMap map;
  private final CharTrie symbols;
  private final boolean hasSymbols;

  /// @throws IllegalArgumentException saying what is wrong with the table
  public SentencePieceNormalizer(Settings settings) {
    this.settings = settings;
    byte[] table = settings.precompiledCharsmap();
    this.map = table.length == 0 ? null : CharsMap.read(table);
    var builder = new CharTrie.Builder();
    settings.userDefined().forEach(s -> builder.add(s, 0));
    this.symbols = builder.build();
    this.hasSymbols = !settings.userDefined().isEmpty();
  }

  public Settings settings() {
    return settings;
  }

  /// A text in the making: units, and of each the unit of the old text that it comes from.
  private static final class Made {
    private char[] units;
    private int[] origins;
    private int size;

    Made(int length) {
      units = new char[length + 16];
      origins = new int[length + 16];
    }

    void add(char unit, int origin) {
      if (size == units.length) {
        units = Arrays.copyOf(units, 2 * size);
        origins = Arrays.copyOf(origins, 2 * size);
      }
      units[size] = unit;
      origins[size++] = origin;
    }
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return settings.asLlamaCpp() ? applyAsLlamaCpp(text) : applyAsSentencePiece(text);
  }

  private AlignedText applyAsLlamaCpp(AlignedText text) {
    String old = text.text();
    var made = new Made(old.length());
    char space = settings.escapeWhitespaces() ? BLOCK : ' ';
    boolean merges = settings.removeExtraWhitespaces();
    boolean atStart = settings.addDummyPrefix();
    boolean inWord = false;
    int blank = AlignedText.START;
    for (int at = 0; at < old.length(); ) {
      long found = prefix(old, at);
      int length = (int) (found >>> 32);
      String now = (int) found < 0 || map == null ? null : map.replacement((int) found);
      int size = now == null ? length : now.length();
      for (int i = 0; i < size; i++) {
        char unit = unit(old, at, now, i);
        int origin = now == null ? at + i : at;
        if (unit == ' ') {
          if (!merges) {
            made.add(space, origin);
          } else if (inWord) {
            blank = origin;
          }
          inWord = false;
        } else {
          if (!inWord && (atStart || merges)) {
            made.add(space, made.size == 0 ? AlignedText.START : merges ? blank : origin);
            atStart = false;
          }
          inWord = true;
          made.add(unit, origin);
        }
      }
      at += length;
    }
    return done(text, made);
  }

  private AlignedText applyAsSentencePiece(AlignedText text) {
    String old = text.text();
    int at = settings.removeExtraWhitespaces() ? afterBlanks(old) : 0;
    if (at == old.length()) {
      return text.rewrite().done();
    }
    var made = new Made(old.length());
    char space = settings.escapeWhitespaces() ? BLOCK : ' ';
    boolean dummy = settings.addDummyPrefix();
    if (dummy && !settings.treatWhitespaceAsSuffix()) {
      made.add(space, AlignedText.START);
    }
    boolean afterSpace = settings.removeExtraWhitespaces();
    while (at < old.length()) {
      long found = prefix(old, at);
      int length = (int) (found >>> 32);
      String now = (int) found < 0 || map == null ? null : map.replacement((int) found);
      int size = now == null ? length : now.length();
      int from = 0;
      while (afterSpace && from < size && unit(old, at, now, from) == ' ') {
        from++;
      }
      for (int i = from; i < size; i++) {
        char unit = unit(old, at, now, i);
        made.add(unit == ' ' ? space : unit, now == null ? at + i : at);
      }
      if (from < size) {
        afterSpace = unit(old, at, now, size - 1) == ' ';
      }
      afterSpace &= settings.removeExtraWhitespaces();
      at += length;
    }
    if (settings.removeExtraWhitespaces()) {
      while (made.size > 0 && made.units[made.size - 1] == space) {
        made.size--;
      }
    }
    if (dummy && settings.treatWhitespaceAsSuffix()) {
      made.add(space, old.length() - 1);
    }
    return done(text, made);
  }

  private static char unit(String old, int at, @Nullable String now, int index) {
    return now == null ? old.charAt(at + index) : now.charAt(index);
  }

  /// How many units at a position are taken together, in the upper half; in the lower where in the
  /// table what replaces them stands, or −1.
  private long prefix(String text, int at) {
    if (hasSymbols) {
      int end = symbols.longest(text, at);
      if (end > at) {
        return (long) (end - at) << 32 | 0xffffffffL;
      }
    }
    long found = map == null ? -1 : map.longest(text, at);
    return found >= 0
        ? found
        : (long) Character.charCount(text.codePointAt(at)) << 32 | 0xffffffffL;
  }

  private int afterBlanks(String text) {
    int at = 0;
    while (at < text.length()) {
      long found = prefix(text, at);
      int length = (int) (found >>> 32);
      boolean blank =
          (int) found < 0 || map == null
              ? length == 1 && text.charAt(at) == ' '
              : map.replacement((int) found).equals(" ");
      if (!blank) {
        break;
      }
      at += length;
    }
    return at;
  }

  private static AlignedText done(AlignedText text, Made made) {
    if (!text.isTracked()) {
      return text.untracked(new String(made.units, 0, made.size));
    }
    String old = text.text();
    var rewriting = text.rewrite();
    for (int i = 0; i < made.size; ) {
      int origin = made.origins[i];
      int end = i;
      // What stays is kept in one go.
      while (end < made.size
          && origin >= 0
          && made.origins[end] == origin + end - i
          && old.charAt(origin + end - i) == made.units[end]) {
        end++;
      }
      if (end > i) {
        rewriting.keep(origin, origin + end - i);
        i = end;
      } else {
        while (end < made.size && made.origins[end] == origin) {
          end++;
        }
        rewriting.put(new String(made.units, i, end - i), origin);
        i = end;
      }
    }
    return rewriting.done();
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Sequence");
    out.writeArrayPropertyStart("normalizers");
    byte[] table = settings.precompiledCharsmap();
    if (table.length > 0) {
      out.writeStartObject();
      out.writeStringProperty("type", "Precompiled");
      out.writeStringProperty("precompiled_charsmap", Base64.getEncoder().encodeToString(table));
      out.writeEndObject();
    }
    if (settings.removeExtraWhitespaces()) {
      writeReplace(out, "Regex", "^ +| +$", "");
      writeReplace(out, "Regex", " {2,}", " ");
    }
    if (settings.addDummyPrefix() && settings.treatWhitespaceAsSuffix()) {
      writeReplace(out, "Regex", "(?<=.)\\z", " ");
    } else if (settings.addDummyPrefix()) {
      out.writeStartObject();
      out.writeStringProperty("type", "Prepend");
      out.writeStringProperty("prepend", " ");
      out.writeEndObject();
    }
    if (settings.escapeWhitespaces()) {
      writeReplace(out, "String", " ", String.valueOf(BLOCK));
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void writeReplace(JsonGenerator out, String kind, String pattern, String content) {
    out.writeStartObject();
    out.writeStringProperty("type", "Replace");
    out.writeObjectPropertyStart("pattern");
    out.writeStringProperty(kind, pattern);
    out.writeEndObject();
    out.writeStringProperty("content", content);
    out.writeEndObject();
  }
}
