package dev.imago.tokenizers;

import dev.imago.tokenizers.bytelevel.CasedSplitter;
import dev.imago.tokenizers.bytelevel.DeepSeekSplitter;
import dev.imago.tokenizers.bytelevel.Gpt2Splitter;
import dev.imago.tokenizers.bytelevel.Splitter;
import dev.imago.tokenizers.bytelevel.TiktokenSplitter;
import dev.imago.tokenizers.formats.LlamaCppPattern;
import java.util.List;
import java.util.Optional;

/// A pre-tokenizer's pattern: where text is cut before byte pairs are merged.
///
/// Each is scanned by a [Splitter], without a regex engine; the regexes are its definition, and a
/// test holds the two together on random text.
public enum SplitPattern {
  /// GPT-2's, which Hugging Face's `ByteLevel` applies by itself.
  GPT2(new Gpt2Splitter(0), List.of("gpt-2"), SplitPattern.GPT2_REGEX),
  /// GPT-2's after each digit has been cut out: StarCoder, SmolLM.
  GPT2_DIGITS(
      new Gpt2Splitter(1),
      List.of("starcoder", "smollm", "refact", "command-r"),
      "\\p{N}",
      SplitPattern.GPT2_REGEX),
  /// Qwen2's as its file has it: the contractions in any case, by Unicode's folding.
  QWEN2_FOLDED(
      new TiktokenSplitter(1, true, false),
      List.of("qwen2"),
      SplitPattern.FOLDED + SplitPattern.REST.formatted("\\p{N}")),
  /// Qwen2's as llama.cpp has it: the contractions in upper and lower ASCII. What we train with.
  QWEN2(
      new TiktokenSplitter(1, false, false),
      List.of("qwen2"),
      SplitPattern.ASCII_CASES + SplitPattern.REST.formatted("\\p{N}")),
  /// cl100k's as tiktoken has it today: blanks that end the text are one piece, which llama.cpp's
  /// nearest does not know.
  CL100K(
      new TiktokenSplitter(3, true, true),
      List.of("llama-bpe"),
      "'(?i:[sdmt]|ll|ve|re)|[^\\r"
          + "\\n"
          + "\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r"
          + "\\n"
          + "]*+|\\s++$|\\s*[\\r"
          + "\\n"
          + "]|\\s+(?!\\S)|\\s"),
  /// Llama 3's as its file has it; also that of cl100k in files of Hugging Face's kind.
  LLAMA3_FOLDED(
      new TiktokenSplitter(3, true, false),
      List.of("llama-bpe"),
      SplitPattern.FOLDED + SplitPattern.REST.formatted("\\p{N}{1,3}")),
  /// Llama 3's as llama.cpp has it.
  LLAMA3(
      new TiktokenSplitter(3, false, false),
      List.of("llama-bpe"),
      SplitPattern.ASCII_CASES + SplitPattern.REST.formatted("\\p{N}{1,3}")),
  /// o200k's: GPT-4o, gpt-oss.
  O200K(
      new CasedSplitter(3, true),
      List.of("gpt-4o"),
      SplitPattern.CASED.formatted(
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "\\p{N}{1,3}")),
  /// Mistral's Tekken.
  TEKKEN(
      new CasedSplitter(1, false),
      List.of("tekken"),
      SplitPattern.CASED.formatted("", "", "\\p{N}")),
  /// DeepSeek-V3's and R1's.
  DEEPSEEK3(
      new DeepSeekSplitter(),
      List.of("deepseek-v3"),
      "\\p{N}{1,3}",
      "[一-龥\u3040-ゟ゠-ヿ]+",
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r"
          + "\\n"
          + "\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r"
          + "\\n"
          + "]*|\\s*[\\r"
          + "\\n"
          + "]+|\\s+(?!\\S)|\\s+");

  private static final String GPT2_REGEX =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String FOLDED = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String ASCII_CASES =
      "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
  private static final String REST =
      "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
          + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String CASED =
      "[^\\r"
          + "\\n"
          + "\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+%s|[^\\r"
          + "\\n"
          + "\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*%s|%s|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r"
          + "\\n"
          + "/]*|\\s*[\\r"
          + "\\n"
          + "]+|\\s+(?!\\S)|\\s+";

  private final Splitter splitter;
  private final List<String> llamaCppNames;
  private final List<String> regexes;

  SplitPattern(Splitter splitter, List<String> llamaCppNames, String... regexes) {
    this.splitter = splitter;
    this.llamaCppNames = llamaCppNames;
    this.regexes = List.of(regexes);
  }

  /// Whether llama.cpp cuts a text just so under the [name][#llamaCppName]. Of o200k and Tekken it
  /// knows the case of ASCII letters only and takes no marks for parts of words; of others it folds
  /// no letters beyond ASCII, or ends texts otherwise.
  public boolean isLlamaCpps() {
    return switch (this) {
      case GPT2, GPT2_DIGITS, QWEN2, LLAMA3, DEEPSEEK3 -> true;
      case QWEN2_FOLDED, CL100K, LLAMA3_FOLDED, O200K, TEKKEN -> false;
    };
  }

  /// The name that llama.cpp has for it, in GGUF's `tokenizer.ggml.pre`; `default` when it has
  /// none.
  public String llamaCppName() {
    return llamaCppNames.getFirst();
  }

  /// The pattern of a name in GGUF's `tokenizer.ggml.pre`; of several, the one that is nearest to
  /// llama.cpp's own.
  public static Optional<SplitPattern> ofLlamaCppName(String name) {
    // Where two share a name, llama.cpp's own comes last.
    return List.of(values()).reversed().stream()
        .filter(p -> p.llamaCppNames.contains(name))
        .findFirst();
  }

  /// The definition, in the syntax of `tokenizer.json`: of several, each cuts the pieces that the
  /// one before left.
  public List<String> regexes() {
    return regexes;
  }

  /// The last of [#regexes], for most the only one.
  public String regex() {
    return regexes.getLast();
  }

  /// The pattern that a file spells so, in several steps.
  static Optional<SplitPattern> ofRegexes(List<String> regexes) {
    List<String> spelt = LlamaCppPattern.spelt(regexes);
    return List.of(values()).stream().filter(p -> p.regexes.equals(spelt)).findFirst();
  }

  Splitter splitter() {
    return splitter;
  }

  /// The ends of the pieces that start at `from`, as many as `ends` has room for.
  ///
  /// @param text valid UTF-8
  /// @param to where the text ends
  /// @return how many ends were found; the last is `to` when the text is done
  public int cut(byte[] text, int from, int to, int[] ends) {
    return splitter.cut(text, from, to, ends);
  }

  /// The end of the piece that starts at `from`. Every piece holds at least one character.
  ///
  /// @param text valid UTF-8
  /// @param to where the text ends
  public int end(byte[] text, int from, int to) {
    return splitter.end(text, from, to);
  }
}
