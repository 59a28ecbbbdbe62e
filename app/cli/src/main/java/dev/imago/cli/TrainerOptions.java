package dev.imago.cli;

import static dev.imago.vocabularies.TokenizerKind.BPE;
import static dev.imago.vocabularies.TokenizerKind.CHARACTER;
import static dev.imago.vocabularies.TokenizerKind.UNIGRAM;
import static dev.imago.vocabularies.TokenizerKind.WORDLEVEL;
import static dev.imago.vocabularies.TokenizerKind.WORDPIECE;

import dev.imago.core.ConfigException;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TokenizerKind;
import dev.imago.vocabularies.TrainerSettings;
import dev.imago.vocabularies.UnigramTrainer;
import dev.imago.vocabularies.WordLevelTrainer;
import dev.imago.vocabularies.WordPieceTrainer;
import dev.imago.vocabularies.WordSplit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/// What the trainers of tokenizers can be told beside the vocabulary's size; what is not said is
/// the kind's usual.
final class TrainerOptions {
  /// Which kinds take an option; one that is not here is for all.
  private static final Map<String, Set<TokenizerKind>> TAKEN_BY =
      Map.ofEntries(
          Map.entry("--pattern", Set.of(BPE)),
          Map.entry("--digits", Set.of(BPE)),
          Map.entry("--chinese-words", Set.of(WORDPIECE, UNIGRAM, WORDLEVEL)),
          Map.entry("--minimum-frequency", Set.of(BPE, WORDPIECE, WORDLEVEL, CHARACTER)),
          Map.entry("--limit-alphabet", Set.of(BPE, WORDPIECE)),
          Map.entry("--initial-alphabet", Set.of(BPE, WORDPIECE, UNIGRAM)),
          Map.entry("--max-token-length", Set.of(BPE)),
          Map.entry("--continuing-subword-prefix", Set.of(BPE, WORDPIECE)),
          Map.entry("--end-of-word-suffix", Set.of(BPE)),
          Map.entry("--unk-token", Set.of(WORDPIECE, UNIGRAM, WORDLEVEL, CHARACTER)),
          Map.entry("--seed-size", Set.of(UNIGRAM)),
          Map.entry("--max-piece-length", Set.of(UNIGRAM)),
          Map.entry("--shrinking-factor", Set.of(UNIGRAM)),
          Map.entry("--sub-iterations", Set.of(UNIGRAM)));

  @Option(
      names = "--special",
      paramLabel = "TOKEN",
      description = "A special token; repeatable, they get the first ids (default: the kind's).")
  private List<String> special = List.of();

  @Option(
      names = "--unk-token",
      paramLabel = "TOKEN",
      description = "What the unknown becomes (default: [UNK] for wordpiece, else <unk>). Not bpe.")
  private @Nullable String unkToken;

  @Option(
      names = "--minimum-frequency",
      paramLabel = "N",
      description =
          "A pair or word that occurs less often is left out (default: 0; wordpiece: 2). Not"
              + " unigram.")
  private @Nullable Long minimumFrequency;

  @Option(
      names = "--limit-alphabet",
      paramLabel = "N",
      description =
          "The most characters to begin with; for bpe over characters (default: all) and wordpiece"
              + " (1000).")
  private @Nullable Integer limitAlphabet;

  @Option(
      names = "--initial-alphabet",
      paramLabel = "CHARACTERS",
      description =
          "Characters that are tokens whether or not they occur; for bpe over characters, wordpiece"
              + " and unigram.")
  private @Nullable String initialAlphabet;

  @Option(
      names = "--max-token-length",
      paramLabel = "N",
      description =
          "Tokens of three characters and more are shorter than this, as Hugging Face counts; bpe.")
  private @Nullable Integer maxTokenLength;

  @Option(
      names = "--continuing-subword-prefix",
      paramLabel = "PREFIX",
      description =
          "What tokens inside a word start with; for bpe over characters (default: nothing) and"
              + " wordpiece (##).")
  private @Nullable String continuingSubwordPrefix;

  @Option(
      names = "--end-of-word-suffix",
      paramLabel = "SUFFIX",
      description = "What tokens at a word's end end with; for bpe over characters.")
  private @Nullable String endOfWordSuffix;

  @Option(
      names = "--seed-size",
      paramLabel = "N",
      description = "Pieces to begin with (default: 1000000); unigram.")
  private @Nullable Integer seedSize;

  @Option(
      names = "--max-piece-length",
      paramLabel = "N",
      description = "The most characters of a piece (default: 16); unigram.")
  private @Nullable Integer maxPieceLength;

  @Option(
      names = "--shrinking-factor",
      paramLabel = "PART",
      description = "Which part of the pieces a pruning leaves (default: 0.75); unigram.")
  private @Nullable Double shrinkingFactor;

  @Option(
      names = "--sub-iterations",
      paramLabel = "N",
      description = "Estimations between two prunings (default: 2); unigram.")
  private @Nullable Integer subIterations;

  /// Refuses what the kind's trainer does not take.
  static void refuseOthers(ParseResult given, TokenizerKind kind) {
    TAKEN_BY.forEach(
        (option, kinds) -> {
          if (given.hasMatchedOption(option) && !kinds.contains(kind)) {
            throw new ConfigException(
                "%s does not go with --model %s; take --model %s, or leave it out"
                    .formatted(
                        option,
                        word(kind),
                        kinds.stream()
                            .sorted()
                            .map(TrainerOptions::word)
                            .collect(Collectors.joining(" or "))));
          }
        });
  }

  /// Refuses what marks characters where words are bytes: it would come out in decoded text, or be
  /// of no use.
  static void refuseMarks(ParseResult given, WordSplit split) {
    for (String option :
        List.of("--initial-alphabet", "--continuing-subword-prefix", "--end-of-word-suffix")) {
      if (given.hasMatchedOption(option) && split instanceof WordSplit.Bytes) {
        throw new ConfigException(
            "%s is for words of characters, and here they are bytes; cut them by --split, or leave it out"
                .formatted(option));
      }
    }
  }

  /// A message of the library, which names settings, in the words of the command line.
  static String named(String message, CommandSpec spec) {
    String said = message;
    for (String option : spec.optionsMap().keySet()) {
      var setting = new StringBuilder();
      for (String part : option.substring(option.startsWith("--") ? 2 : 1).split("-", -1)) {
        setting.append(
            setting.isEmpty() || part.isEmpty()
                ? part
                : Character.toUpperCase(part.charAt(0)) + part.substring(1));
      }
      said = said.replaceAll("\\b" + setting + " = ", option + " ");
      if (setting.chars().anyMatch(Character::isUpperCase)) {
        said = said.replaceAll("\\b" + setting + "\\b", option);
      }
    }
    return said;
  }

  private static String word(TokenizerKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /// @throws IllegalArgumentException when the trainer refuses a value
  TrainerSettings settings(TokenizerKind kind, int vocabularySize, int threads) {
    return switch (kind.usualSettings(vocabularySize)) {
      case BpeTrainer.Settings usual -> {
        BpeTrainer.Settings s = special.isEmpty() ? usual : usual.specialTokens(special);
        s = with(s, minimumFrequency, BpeTrainer.Settings::minimumFrequency);
        s = with(s, limitAlphabet, BpeTrainer.Settings::limitAlphabet);
        s = with(s, initialAlphabet, BpeTrainer.Settings::initialAlphabet);
        s = with(s, maxTokenLength, BpeTrainer.Settings::maxTokenLength);
        s = with(s, continuingSubwordPrefix, BpeTrainer.Settings::continuingSubwordPrefix);
        yield with(s, endOfWordSuffix, BpeTrainer.Settings::endOfWordSuffix);
      }
      case WordPieceTrainer.Settings usual -> {
        WordPieceTrainer.Settings s = with(usual, unkToken, WordPieceTrainer.Settings::unkToken);
        s = s.specialTokens(special(usual.specialTokens(), usual.unkToken(), s.unkToken()));
        s = with(s, minimumFrequency, WordPieceTrainer.Settings::minimumFrequency);
        s = with(s, limitAlphabet, WordPieceTrainer.Settings::limitAlphabet);
        s = with(s, initialAlphabet, WordPieceTrainer.Settings::initialAlphabet);
        yield with(s, continuingSubwordPrefix, WordPieceTrainer.Settings::continuingSubwordPrefix);
      }
      case UnigramTrainer.Settings usual -> {
        UnigramTrainer.Settings s = usual.specialTokens(special).threads(threads);
        s = with(s, unkToken, UnigramTrainer.Settings::unkToken);
        s = with(s, initialAlphabet, UnigramTrainer.Settings::initialAlphabet);
        s = with(s, seedSize, UnigramTrainer.Settings::seedSize);
        s = with(s, maxPieceLength, UnigramTrainer.Settings::maxPieceLength);
        s = with(s, shrinkingFactor, UnigramTrainer.Settings::shrinkingFactor);
        yield with(s, subIterations, UnigramTrainer.Settings::subIterations);
      }
      case WordLevelTrainer.Settings usual -> {
        WordLevelTrainer.Settings s = with(usual, unkToken, WordLevelTrainer.Settings::unkToken);
        s = s.specialTokens(special(usual.specialTokens(), usual.unkToken(), s.unkToken()));
        yield with(s, minimumFrequency, WordLevelTrainer.Settings::minimumFrequency);
      }
    };
  }

  private static <S, V> S with(S settings, @Nullable V value, BiFunction<S, V, S> set) {
    return value == null ? settings : set.apply(settings, value);
  }

  /// The special tokens, of which the token of the unknown must be one: without it, no text with an
  /// unknown word can be encoded.
  private List<String> special(List<String> usual, String usualUnknown, String unknown) {
    if (special.isEmpty()) {
      return usual.stream().map(t -> t.equals(usualUnknown) ? unknown : t).toList();
    }
    if (!special.contains(unknown)) {
      throw new ConfigException(
          "the special tokens %s lack the token of the unknown: add --special \"%s\", or say with --unk-token which of them it is"
              .formatted(special, unknown));
    }
    return special;
  }
}
