package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.text.BpeTrainer;
import dev.imago.text.ChatTemplate;
import dev.imago.text.Counting;
import dev.imago.text.SplitPattern;
import dev.imago.text.Tokenizer;
import dev.imago.text.TrainedVocabulary;
import dev.imago.text.TrainingProgress;
import dev.imago.text.UnigramTrainer;
import dev.imago.text.WordCounts;
import dev.imago.text.WordLevelTrainer;
import dev.imago.text.WordPieceTrainer;
import dev.imago.text.WordSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Trains a tokenizer on text files.
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a tokenizer on text files, every line with its end a text.",
      "Stopped, it goes on where it was when it is started again with the same words."
    })
final class TokenizeTrainCommand implements Callable<Integer> {
  /// What is learned.
  enum Kind {
    BPE,
    WORDPIECE,
    UNIGRAM,
    WORDLEVEL
  }

  private static final String BERT =
      "{\"normalizer\": {\"type\": \"BertNormalizer\", \"clean_text\": true,"
          + " \"handle_chinese_chars\": true, \"strip_accents\": null, \"lowercase\": true},"
          + " \"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"}}";
  private static final String METASPACE =
      "{\"normalizer\": {\"type\": \"NFKC\"}, \"pre_tokenizer\": {\"type\": \"Metaspace\","
          + " \"replacement\": \"▁\", \"prepend_scheme\": \"always\", \"split\": true}}";
  private static final String WORDS =
      "{\"normalizer\": {\"type\": \"NFC\"}, \"pre_tokenizer\": {\"type\": \"Whitespace\"}}";

  /// About half a minute's counting: what a kill may cost.
  private static final long CHECKPOINT_BYTES = 1_000_000_000;

  @ParentCommand private TokenizeCommand parent = new TokenizeCommand();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Text files, UTF-8.")
  private List<Path> files = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where tokenizer.json and tokenizer_config.json go.")
  private Path out = Path.of("tokenizer");

  @Option(
      names = "--model",
      paramLabel = "KIND",
      description = "bpe (default), wordpiece, unigram or wordlevel.")
  private Kind kind = Kind.BPE;

  @Option(
      names = "--vocabulary-size",
      paramLabel = "N",
      description = "Tokens in all, special ones too (default: 32768).")
  private int vocabularySize = 32_768;

  @Option(
      names = "--minimum-frequency",
      paramLabel = "N",
      description = "A pair or word that occurs less often is left out (default: 0; wordpiece: 2).")
  private @Nullable Long minimumFrequency;

  @Option(
      names = "--special",
      paramLabel = "TOKEN",
      description = "A special token; repeatable, they get the first ids (default: the kind's).")
  private List<String> special = List.of();

  @Option(
      names = "--pattern",
      paramLabel = "NAME",
      description =
          "Where byte-level BPE cuts text: qwen2 (default; digits one by one), llama3 (by threes),"
              + " gpt2 (as they come), o200k, tekken, deepseek3.")
  private @Nullable SplitPattern pattern;

  @Option(
      names = "--split",
      paramLabel = "JSON",
      description =
          "Cut text by the normalizer and pre_tokenizer of this JSON object, in words of characters.")
  private @Nullable String split;

  @Option(
      names = "--like",
      paramLabel = "TOKENIZER",
      description = "Cut text as this tokenizer does.")
  private @Nullable String like;

  @Option(
      names = "--limit-alphabet",
      paramLabel = "N",
      description = "The most characters to begin with, for bpe over characters and wordpiece.")
  private @Nullable Integer limitAlphabet;

  @Option(
      names = "--memory",
      paramLabel = "MB",
      description = "Distinct words beyond this go to disk (default: a quarter of the heap).")
  private @Nullable Integer memory;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that count words (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws Exception {
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new InputException(
            file + (Files.exists(file) ? " is no file" : " does not exist") + "; name text files");
      }
    }
    Tokenizer tokenizer;
    try {
      Files.createDirectories(out);
      tokenizer = train();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new EnvironmentException("cannot write to %s: %s".formatted(out, e), e);
    }
    AtomicFile.write(out.resolve("tokenizer.json"), o -> o.write(tokenizer.toJson()));
    OptionalInt end = tokenizer.id(BpeTrainer.END_OF_TEXT);
    if (end.isPresent() && tokenizer.special(end.getAsInt())) {
      AtomicFile.write(
          out.resolve("tokenizer_config.json"),
          o ->
              o.write(
                  tokenizer.toConfigJson(ChatTemplate.CHATML, BpeTrainer.END_OF_TEXT, 1_000_000)));
    }
    deleteScratch();
    System.out.printf(
        Locale.ROOT,
        "%s: %s, %,d tokens%n",
        out.resolve("tokenizer.json"),
        tokenizer.kind(),
        tokenizer.vocabularySize());
    return 0;
  }

  private Path scratch() {
    return out.resolve(".training");
  }

  private void deleteScratch() throws IOException {
    if (Files.isDirectory(scratch())) {
      try (var walk = Files.walk(scratch())) {
        for (Path path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  private Tokenizer train() throws InterruptedException, IOException {
    long total = 0;
    for (Path file : files) {
      total += Files.size(file);
    }
    Counting counting = Counting.in(scratch()).threads(threads).checkpointBytes(CHECKPOINT_BYTES);
    if (memory != null) {
      counting = counting.memoryBytes((long) memory << 20);
    }
    Console console = Console.of(parent.imago);
    try (Progress words = console.progress("tokenize", "count words", total, "bytes");
        Progress tokens = console.progress("tokenize", "learn", vocabularySize, "tokens")) {
      var progress = new Report(words, tokens);
      try (WordCounts counts = WordCounts.ofLines(files, split(), counting, progress)) {
        return learn(counts, progress).tokenizer();
      }
    }
  }

  private WordSplit split() {
    if ((pattern == null ? 0 : 1) + (split == null ? 0 : 1) + (like == null ? 0 : 1) > 1) {
      throw new ConfigException("--pattern, --split and --like exclude each other: give one");
    }
    if (like != null) {
      return WordSplit.like(TokenizerFile.open(like, parent.imago));
    }
    if (split != null) {
      return WordSplit.json(split);
    }
    return switch (kind) {
      case BPE -> WordSplit.bytes(pattern == null ? SplitPattern.QWEN2 : pattern);
      case WORDPIECE -> WordSplit.json(BERT);
      case UNIGRAM -> WordSplit.json(METASPACE);
      case WORDLEVEL -> WordSplit.json(WORDS);
    };
  }

  private TrainedVocabulary learn(WordCounts counts, TrainingProgress progress)
      throws InterruptedException {
    return switch (kind) {
      case BPE -> {
        var settings = BpeTrainer.Settings.of(vocabularySize);
        settings = special.isEmpty() ? settings : settings.specialTokens(special);
        settings =
            minimumFrequency == null ? settings : settings.minimumFrequency(minimumFrequency);
        settings = limitAlphabet == null ? settings : settings.limitAlphabet(limitAlphabet);
        yield BpeTrainer.train(settings, counts, progress);
      }
      case WORDPIECE -> {
        var usual = WordPieceTrainer.Settings.of(vocabularySize);
        yield WordPieceTrainer.train(
            new WordPieceTrainer.Settings(
                vocabularySize,
                minimumFrequency == null ? usual.minimumFrequency() : minimumFrequency,
                special.isEmpty() ? usual.specialTokens() : special,
                limitAlphabet == null ? usual.limitAlphabet() : OptionalInt.of(limitAlphabet),
                usual.initialAlphabet(),
                usual.continuingSubwordPrefix(),
                usual.unkToken()),
            counts,
            progress);
      }
      case UNIGRAM ->
          UnigramTrainer.train(
              UnigramTrainer.Settings.of(vocabularySize).specialTokens(special).threads(threads),
              counts,
              progress);
      case WORDLEVEL -> {
        var usual = WordLevelTrainer.Settings.of(vocabularySize);
        yield WordLevelTrainer.train(
            new WordLevelTrainer.Settings(
                vocabularySize,
                minimumFrequency == null ? usual.minimumFrequency() : minimumFrequency,
                special.isEmpty() ? usual.specialTokens() : special,
                usual.unkToken()),
            counts,
            progress);
      }
    };
  }

  /// Passes on how far training is: the number of tokens as what it grew by.
  private static final class Report implements TrainingProgress {
    private final Progress words;
    private final Progress tokens;
    private int last;

    Report(Progress words, Progress tokens) {
      this.words = words;
      this.tokens = tokens;
    }

    @Override
    public void counted(long bytes) {
      words.add(bytes);
    }

    @Override
    public void learned(int now) {
      if (now > last) {
        tokens.add(now - last);
        last = now;
      }
      tokens.remark(String.format(Locale.ROOT, "%,d tokens", now));
    }
  }
}
