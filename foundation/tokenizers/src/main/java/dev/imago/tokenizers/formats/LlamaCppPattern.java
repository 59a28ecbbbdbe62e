package dev.imago.tokenizers.formats;

import java.util.List;
import java.util.Optional;

/// What llama.cpp splits text by, under the names of GGUF's `tokenizer.ggml.pre`.
///
/// @param names that mean the same
/// @param patterns each splits what the one before it left, its matches and what is between them
/// @param ignoreMerges whether a piece that is a token is taken whole
/// @param addBos whether a text begins with the token for it where the file does not say
public record LlamaCppPattern(
    List<String> names, List<String> patterns, boolean ignoreMerges, boolean addBos) {
  private static final String CONTRACTIONS =
      "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
  private static final String BLANKS = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String SIGNS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";
  private static final String WORDS = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";
  private static final String LLAMA3 = CONTRACTIONS + WORDS + "|\\p{N}{1,3}" + SIGNS + BLANKS;
  private static final String QWEN2 = CONTRACTIONS + WORDS + "|\\p{N}" + SIGNS + BLANKS;
  private static final String CJK = "[一-龥\u3040-ゟ゠-ヿ]+";
  private static final String MARKED_WORDS =
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
          + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+";
  private static final String NO_SIGNS = " ?[^(\\s|.,!?…。，、।۔،)]+";

  /// Words that start in upper case, as o200k and Tekken have them but for this: only ASCII letters
  /// have a case.
  ///
  /// @param letters the categories of what words are made of
  private static String casedInAscii(String letters, String after) {
    String before = "[^\\r\\n\\p{L}\\p{N}]?";
    String upper = "((?=[" + letters + "])([^a-z]))";
    String lower = "((?=[" + letters + "])([^A-Z]))";
    return before + upper + "*" + lower + "+" + after + "|" + before + upper + "+" + lower + "*"
        + after;
  }

  private static LlamaCppPattern of(List<String> names, String... patterns) {
    return new LlamaCppPattern(names, List.of(patterns), false, false);
  }

  private static List<LlamaCppPattern> known() {
    return List.of(
        of(
            List.of(
                "gpt-2",
                "phi-2",
                "jina-es",
                "jina-de",
                "gigachat",
                "jina-v2-es",
                "jina-v2-de",
                "a.x-4.0",
                "mellum",
                "modern-bert",
                "jina-v1-en",
                "jina-v2-code",
                "roberta-bpe",
                "mpt",
                "olmo",
                "jais",
                "exaone4",
                "trillion",
                "granite-docling"),
            GPT2),
        new LlamaCppPattern(
            List.of(
                "llama-bpe",
                "llama3",
                "llama-v3",
                "falcon3",
                "falcon-h1",
                "pixtral",
                "midm-2.0",
                "lfm2",
                "jina-v5-nano"),
            List.of(LLAMA3),
            true,
            true),
        of(List.of("dbrx", "smaug-bpe", "glm4", "chatglm-bpe"), LLAMA3),
        of(
            List.of(
                "qwen2",
                "deepseek-r1-qwen",
                "kormo",
                "f2llmv2",
                "stablelm2",
                "hunyuan",
                "megrez",
                "grok-2",
                "solar-open"),
            QWEN2),
        of(
            List.of("qwen35"),
            CONTRACTIONS
                + "|[^\\r"
                + "\\n"
                + "\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r"
                + "\\n"
                + "]*"
                + BLANKS),
        of(
            List.of(
                "starcoder",
                "refact",
                "command-r",
                "smollm",
                "codeshell",
                "exaone",
                "minerva-7b",
                "mellum2"),
            "\\p{N}",
            GPT2),
        of(List.of("falcon"), "[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]"),
        of(
            List.of("deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"),
            "\\p{N}{1,3}",
            CJK,
            MARKED_WORDS + "| ?[\\p{P}\\p{S}]+[\\r\\n]*" + BLANKS),
        of(
            List.of("spark2_5"),
            "\\p{N}{1,3}",
            CJK,
            MARKED_WORDS + "| ?[\\p{P}\\p{S}]+|[\\r\\n]|\\s+(?!\\S)|\\s+",
            "\\p{N}"),
        of(
            List.of("deepseek-coder"),
            "[\r\n]",
            "\\s?\\p{L}+",
            "\\s?\\p{P}+",
            "[一-龥ࠀ-一가-퟿]+",
            "\\p{N}"),
        of(List.of("bloom", "poro-chat", "gpt3-finnish"), NO_SIGNS),
        of(List.of("viking"), NO_SIGNS, "\\p{N}"),
        of(List.of("ufakzeka"), WORDS.substring(1) + "|\\p{N}" + SIGNS + BLANKS),
        of(
            List.of("jais-2"),
            CONTRACTIONS
                + WORDS
                + "|\\p{N}{1,3}"
                + SIGNS
                + "|\\s*[\\r\\n]+"
                + "|\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)"
                + "|\\s{16}(?!\\S)|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}"),
        of(List.of("laguna"), "[^\\n]+|[\\n]+", QWEN2),
        of(
            List.of("exaone-moe"),
            CONTRACTIONS
                + "|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}"
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"),
        new LlamaCppPattern(
            List.of("minicpm5"),
            List.of("\\p{N}{1,3}", CONTRACTIONS + WORDS + "|\\p{N}+" + SIGNS + BLANKS),
            true,
            false),
        new LlamaCppPattern(
            List.of("granite-embed-multi-97m"),
            List.of(
                casedInAscii("\\p{L}\\p{M}", CONTRACTIONS + "?")
                    + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
                    + BLANKS),
            true,
            false),
        new LlamaCppPattern(
            List.of("chameleon"),
            List.of(
                "<sentinel:[0-9]+>",
                "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
                "([\\t\\n]|    |  )",
                "\\p{N}",
                "[\\p{P}!-/:-@\\[-`{-~]",
                GPT2),
            false,
            true),
        new LlamaCppPattern(
            List.of("tekken"),
            List.of(
                casedInAscii("\\p{L}", "") + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + BLANKS),
            true,
            true),
        of(
            List.of("gpt-4o", "llama4", "kanana2", "minimax-m2", "talkie"),
            casedInAscii("\\p{L}", CONTRACTIONS + "?")
                + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
                + BLANKS),
        of(
            List.of("bailingmoe", "bailingmoe2", "llada-moe"),
            "'(?i:[sdmt]|ll|ve|re)" + WORDS + "|\\p{N}" + SIGNS + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"),
        of(
            List.of("seed-coder"),
            CONTRACTIONS + WORDS + "|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+" + BLANKS),
        of(List.of("default"), "[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"));
  }

  /// One by its name.
  static Optional<LlamaCppPattern> named(String name) {
    return known().stream().filter(p -> p.names().contains(name)).findFirst();
  }

  /// Whether a piece that is a token is taken whole under a name.
  public static boolean ignoresMerges(String name) {
    return named(name).map(LlamaCppPattern::ignoreMerges).orElse(false);
  }

  /// The first name of what splits as these patterns do.
  ///
  /// @param patterns each splits what the one before left
  /// @param ignoreMerges whether a piece that is a token is taken whole
  public static Optional<String> nameOf(List<String> patterns, boolean ignoreMerges) {
    return known().stream()
        .filter(
            p -> spelt(p.patterns()).equals(spelt(patterns)) && p.ignoreMerges() == ignoreMerges)
        .map(p -> p.names().getFirst())
        .findFirst();
  }

  /// Patterns in one spelling, whether line ends stand in them as they are or as escapes.
  public static List<String> spelt(List<String> patterns) {
    return patterns.stream()
        .map(p -> p.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t"))
        .toList();
  }

  /// All names that are known.
  public static List<String> knownNames() {
    return known().stream().flatMap(p -> p.names().stream()).sorted().toList();
  }
}
