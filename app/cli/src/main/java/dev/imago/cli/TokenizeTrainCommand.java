package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.Counting;
import dev.imago.vocabularies.TokenizerKind;
import dev.imago.vocabularies.TrainerSettings;
import dev.imago.vocabularies.TrainingProgress;
import dev.imago.vocabularies.WordCounts;
import dev.imago.vocabularies.WordSplit;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Trains a tokenizer on text files.
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a tokenizer on text, every line with its end a text.",
      "Stopped, it goes on where it was when it is started again with the same words."
    },
    footer = {
      "",
      "Example:  imago tokenize train corpus.txt --vocabulary-size 32768 --out tokenizer"
    })
final class TokenizeTrainCommand implements Callable<Integer> {
  /// How byte-level BPE cuts digits.
  enum Digits {
    ONE(SplitPattern.QWEN2),
    THREE(SplitPattern.LLAMA3),
    TOGETHER(SplitPattern.GPT2);

    private final SplitPattern pattern;

    Digits(SplitPattern pattern) {
      this.pattern = pattern;
    }
  }

  /// About half a minute's counting: what a kill may cost.
  private static final long CHECKPOINT_BYTES = 1_000_000_000;

  private static final Path STANDARD = Path.of("-");

  @ParentCommand private TokenizeCommand parent = new TokenizeCommand();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Text files, UTF-8 (default: -, standard input).")
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
      description = "bpe (default), wordpiece, unigram, wordlevel or character.")
  private TokenizerKind kind = TokenizerKind.BPE;

  @Option(
      names = "--vocabulary-size",
      paramLabel = "N",
      description = "Tokens in all, special ones too (default: 32768).")
  private int vocabularySize = 32_768;

  @Mixin private TrainerOptions trainer = new TrainerOptions();

  @Option(
      names = "--pattern",
      paramLabel = "NAME",
      description =
          "Where byte-level BPE cuts text: qwen2 (default), qwen2_folded, llama3, llama3_folded,"
              + " cl100k, gpt2, gpt2_digits, o200k, tekken, deepseek3.")
  private @Nullable SplitPattern pattern;

  @Option(
      names = "--digits",
      paramLabel = "HOW",
      description =
          "How byte-level BPE cuts digits: one by one (default; the pattern qwen2), by three"
              + " (llama3), or together, as they come (gpt2).")
  private @Nullable Digits digits;

  @Option(
      names = "--chinese-words",
      description =
          "Cut between the words of Chinese, too, here and wherever the tokenizer is used; other"
              + " software refuses its file. Not bpe nor character.")
  private boolean chineseWords;

  @Option(
      names = "--split",
      paramLabel = "JSON",
      description =
          "Cut text by the normalizer and pre_tokenizer of this JSON object, in words of"
              + " characters.")
  private @Nullable String split;

  @Option(
      names = "--like",
      paramLabel = "TOKENIZER",
      description = "Cut text as this tokenizer does.")
  private @Nullable String like;

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

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    TrainerOptions.refuseOthers(spec.commandLine().getParseResult(), kind);
    boolean piped = files.isEmpty() || files.contains(STANDARD);
    if (piped && files.size() > 1) {
      throw new ConfigException("- is standard input, which goes with no other file; name either");
    }
    for (Path file : piped ? List.<Path>of() : files) {
      if (!Files.isRegularFile(file)) {
        throw new InputException(
            file + (Files.exists(file) ? " is no file" : " does not exist") + "; name text files");
      }
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new ConfigException("--out " + out + " is a file; name a folder");
    }
    Tokenizer tokenizer;
    try {
      Files.createDirectories(out);
      tokenizer = train(piped);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(TrainerOptions.named(String.valueOf(e.getMessage()), spec), e);
    } catch (UncheckedIOException e) {
      IOException why = e.getCause();
      if (why instanceof CharConversionException) {
        // Mended, it is another text, for which these counts are none.
        deleteScratch();
        throw new InputException(String.valueOf(why.getMessage()), e);
      }
      throw new EnvironmentException("cannot train: " + why, e);
    } catch (IOException e) {
      throw new EnvironmentException("cannot write to %s: %s".formatted(out, e), e);
    }
    AtomicFile.write(out.resolve("tokenizer.json"), o -> o.write(tokenizer.toJson()));
    OptionalInt end = tokenizer.id(BpeTrainer.END_OF_TEXT);
    byte[] config =
        end.isPresent() && tokenizer.special(end.getAsInt())
            ? tokenizer.toConfigJson(ChatTemplate.CHATML, BpeTrainer.END_OF_TEXT, 1_000_000)
            : tokenizer.toConfigJson();
    AtomicFile.write(out.resolve("tokenizer_config.json"), o -> o.write(config));
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

  private Tokenizer train(boolean piped) throws InterruptedException, IOException {
    long total = 0;
    for (Path file : piped ? List.<Path>of() : files) {
      total += Files.size(file);
    }
    if (total == 0 && !piped) {
      throw new InputException(files + " hold no text; name text files");
    }
    TrainerSettings settings = trainer.settings(kind, vocabularySize, threads);
    WordSplit cut = split();
    TrainerOptions.refuseMarks(spec.commandLine().getParseResult(), cut);
    Counting counting = Counting.in(scratch()).threads(threads).checkpointBytes(CHECKPOINT_BYTES);
    if (memory != null) {
      Bounds.whole("--memory", memory, 1, Integer.MAX_VALUE, "megabytes; 256 suits most");
      counting = counting.memoryBytes((long) memory << 20);
    }
    Console console = Console.of(parent.imago);
    try (Progress words = console.progress("tokenize", "count words", total, "bytes");
        Progress tokens = console.progress("tokenize", "learn", vocabularySize, "tokens")) {
      var progress = new Report(words, tokens);
      try (WordCounts counts =
          piped
              ? WordCounts.ofLines(System.in, "standard input", cut, counting, progress)
              : WordCounts.ofLines(files, cut, counting, progress)) {
        if (counts.bytes() == 0) {
          deleteScratch();
          throw new InputException("standard input holds no text; pipe some in, or name files");
        }
        return settings.train(counts, progress).tokenizer();
      }
    }
  }

  private WordSplit split() {
    @Nullable Boolean chinese = chineseWords ? true : null;
    if (Stream.of(pattern, digits, chinese, split, like).filter(Objects::nonNull).count() > 1) {
      throw new ConfigException(
          "--pattern, --digits, --chinese-words, --split and --like exclude each other: give one");
    }
    if (chineseWords) {
      return kind.splitOfChineseWords();
    }
    if (like != null) {
      return WordSplit.like(TokenizerFile.open(like, parent.imago));
    }
    if (split != null) {
      return WordSplit.json(split);
    }
    if (digits != null) {
      return WordSplit.bytes(digits.pattern);
    }
    return pattern == null ? kind.usualSplit() : WordSplit.bytes(pattern);
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
