package dev.imago.text;

import java.util.List;
import java.util.Optional;

/// A pre-tokenizer's pattern: where text is cut before byte pairs are merged.
///
/// Each is scanned by hand, without a regex engine, in one pass over UTF-8; the regex is its
/// definition, and a test holds the two together on random text.
public enum SplitPattern {
  /// GPT-2's, which Hugging Face's `ByteLevel` applies by itself.
  GPT2(
      "gpt-2",
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      Integer.MAX_VALUE,
      false),
  /// Qwen2's as its file has it: the contractions in any case, by Unicode's folding.
  QWEN2_FOLDED(
      "qwen2", "(?i:'s|'t|'re|'ve|'m|'ll|'d)" + SplitPattern.REST.formatted("\\p{N}"), 1, true),
  /// Qwen2's as llama.cpp has it: the contractions in upper and lower ASCII. What we train with.
  QWEN2("qwen2", SplitPattern.ASCII_CASES + SplitPattern.REST.formatted("\\p{N}"), 1, false),
  /// Llama 3's as its file has it; cl100k differs in possessive quantifiers only.
  LLAMA3_FOLDED(
      "llama-bpe",
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)" + SplitPattern.REST.formatted("\\p{N}{1,3}"),
      3,
      true),
  /// Llama 3's as llama.cpp has it.
  LLAMA3(
      "llama-bpe", SplitPattern.ASCII_CASES + SplitPattern.REST.formatted("\\p{N}{1,3}"), 3, false);

  private static final String ASCII_CASES =
      "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
  private static final String REST =
      "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
          + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final String llamaCppName;
  private final String regex;
  private final int maxDigits;
  private final boolean folded;

  SplitPattern(String llamaCppName, String regex, int maxDigits, boolean folded) {
    this.llamaCppName = llamaCppName;
    this.regex = regex;
    this.maxDigits = maxDigits;
    this.folded = folded;
  }

  /// The name that llama.cpp has for it, in GGUF's `tokenizer.ggml.pre`.
  public String llamaCppName() {
    return llamaCppName;
  }

  /// The pattern of a name in GGUF's `tokenizer.ggml.pre`.
  public static Optional<SplitPattern> ofLlamaCppName(String name) {
    // Where two share a name, llama.cpp's own comes last.
    return List.of(values()).reversed().stream()
        .filter(p -> p.llamaCppName.equals(name))
        .findFirst();
  }

  /// The definition, in the syntax of `tokenizer.json`.
  public String regex() {
    return regex;
  }

  /// The pattern that a file spells so.
  static Optional<SplitPattern> ofRegex(String regex) {
    return List.of(values()).stream().filter(p -> p.regex.equals(regex)).findFirst();
  }

  /// The end of the piece that starts at `from`. Every piece holds at least one character.
  ///
  /// @param text valid UTF-8
  /// @param to where the text ends
  int end(byte[] text, int from, int to) {
    return this == GPT2 ? gpt2(text, from, to) : tiktoken(text, from, to);
  }

  private int tiktoken(byte[] text, int from, int to) {
    int first = text[from];
    if (first == '\'') {
      int end = anyCaseContraction(text, from, to);
      if (end > 0) {
        return end;
      }
    }
    int c = Utf8.classAt(text, from);
    int second = from + Utf8.length(text[from]);
    if (c == CharClass.LETTER) {
      return Utf8.run(text, second, to, CharClass.LETTER);
    }
    if (c == CharClass.NUMBER) {
      int end = second;
      for (int n = 1; n < maxDigits && end < to; n++) {
        if (Utf8.classAt(text, end) != CharClass.NUMBER) {
          break;
        }
        end += Utf8.length(text[end]);
      }
      return end;
    }
    if (c != CharClass.NEWLINE && second < to) {
      int next = Utf8.classAt(text, second);
      if (next == CharClass.LETTER) {
        return Utf8.run(text, second, to, CharClass.LETTER);
      }
      if (first == ' ' && next == CharClass.OTHER) {
        c = CharClass.OTHER;
      }
    }
    if (c == CharClass.OTHER) {
      int end = Utf8.run(text, second, to, CharClass.OTHER);
      while (end < to && (text[end] == '\r' || text[end] == '\n')) {
        end++;
      }
      return end;
    }
    int newlines = 0;
    int last = from;
    int end = from;
    while (end < to) {
      int s = Utf8.classAt(text, end);
      if (s == CharClass.NEWLINE) {
        newlines = end + 1;
      } else if (s != CharClass.SPACE) {
        break;
      }
      last = end;
      end += Utf8.length(text[end]);
    }
    if (newlines > 0) {
      return newlines;
    }
    return end < to && last > from ? last : end;
  }

  private static int gpt2(byte[] text, int from, int to) {
    int first = text[from];
    if (first == '\'' && from + 1 < to) {
      int end = contraction(text[from + 1], from + 2 < to ? text[from + 2] : 0, from);
      if (end > 0) {
        return end;
      }
    }
    int start = first == ' ' && from + 1 < to ? from + 1 : from;
    int c = Utf8.classAt(text, start);
    if (c == CharClass.SPACE || c == CharClass.NEWLINE) {
      int last = from;
      int end = from;
      while (end < to) {
        int s = Utf8.classAt(text, end);
        if (s != CharClass.SPACE && s != CharClass.NEWLINE) {
          break;
        }
        last = end;
        end += Utf8.length(text[end]);
      }
      return end < to && last > from ? last : end;
    }
    return Utf8.run(text, start, to, c);
  }

  private int anyCaseContraction(byte[] text, int from, int to) {
    if (from + 1 >= to) {
      return 0;
    }
    // U+017F ſ, which Unicode's folding takes for an s.
    if (folded && text[from + 1] == (byte) 0xc5 && text[from + 2] == (byte) 0xbf) {
      return from + 3;
    }
    return contraction(text[from + 1] | 0x20, from + 2 < to ? text[from + 2] | 0x20 : 0, from);
  }

  /// The end of the contraction whose letters are `a` and `b`, or 0. A byte of a longer character
  /// is negative, so that it is none of these letters.
  private static int contraction(int a, int b, int from) {
    return switch (a) {
      case 's', 't', 'm', 'd' -> from + 2;
      case 'r', 'v' -> b == 'e' ? from + 3 : 0;
      case 'l' -> b == 'l' ? from + 3 : 0;
      default -> 0;
    };
  }
}
