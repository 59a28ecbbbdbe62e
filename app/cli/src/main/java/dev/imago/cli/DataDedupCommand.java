package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.data.InOrder;
import dev.imago.duplicates.Deduplication;
import dev.imago.duplicates.DuplicateRules;
import dev.imago.duplicates.Outcome;
import dev.imago.duplicates.Outcomes;
import dev.imago.duplicates.PartRules;
import dev.imago.duplicates.RepeatedText;
import dev.imago.duplicates.SignatureFile;
import dev.imago.duplicates.Signer;
import dev.imago.duplicates.Traits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Rows without those that repeat others.
@Command(
    name = "dedup",
    mixinStandardHelpOptions = true,
    description = {
      "Leave out rows whose text repeats another's: the same, nearly the same (at least as similar",
      "as asked to one that stays, counted on all shingles), on request of the same address; cut",
      "lines, paragraphs and substrings that stand in many. What stays is the same whatever the",
      "order of rows, the threads and the memory. Rows that others repeat get their number: group."
    },
    footer = {
      "",
      "Examples:",
      "  imago data read crawl/ | imago data dedup > clean.jsonl",
      "  imago data dedup a.jsonl.zst b.jsonl.gz --url --substrings 200 --rejects gone.jsonl",
      "  imago data dedup old.jsonl --write-index old.sig > /dev/null",
      "  imago data dedup new.jsonl --against old.sig"
    })
final class DataDedupCommand implements Callable<Integer> {
  @ParentCommand private DataCommand parent = new DataCommand();

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Rows: .jsonl, .json, .csv, .tsv, compressed or not, or a folder of them (default: -,"
              + " JSONL from standard input).")
  private List<Path> files = List.of();

  @Option(
      names = "--text-field",
      paramLabel = "NAME",
      description = "The field of the text (default: ${DEFAULT-VALUE}).")
  private String textField = "text";

  @Option(
      names = "--id-field",
      paramLabel = "NAME",
      description = "The field of the id (default: ${DEFAULT-VALUE}; else file and line).")
  private String idField = "id";

  @Option(
      names = "--url-field",
      paramLabel = "NAME",
      description =
          "The field of the address, of the row or its tags (default: ${DEFAULT-VALUE}, else"
              + " source).")
  private String addressField = "url";

  @Option(
      names = "--exact",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether same texts go (default: they do).")
  private boolean exact = true;

  @Option(
      names = "--near",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether near ones go (default: they do).")
  private boolean near = true;

  @Option(names = "--url", description = "Of several rows of one address one stays.")
  private boolean addresses;

  @Option(
      names = "--similarity",
      paramLabel = "SHARE",
      description = "Shared shingles in all, from which on texts are near (${DEFAULT-VALUE}).")
  private double similarity = 0.75;

  @Option(
      names = "--bands",
      paramLabel = "N",
      description = "In how many ways near texts may meet (${DEFAULT-VALUE}).")
  private int bands = 14;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Equal rows that make them meet (${DEFAULT-VALUE}).")
  private int rows = 8;

  @Option(
      names = "--lines",
      paramLabel = "N",
      description = "Cut lines that stand in more than N texts (0: none).")
  private long lines;

  @Option(
      names = "--paragraphs",
      paramLabel = "N",
      description = "Cut paragraphs that stand in more than N texts (0: none).")
  private long paragraphs;

  @Option(
      names = "--substrings",
      paramLabel = "CHARACTERS",
      description = "Cut substrings of at least so many characters that stand elsewhere (0: none).")
  private int substrings;

  @Option(
      names = "--keep",
      paramLabel = "one|none",
      description = "Copies of a substring that stay (default: ${DEFAULT-VALUE}).")
  private Keep keep = Keep.one;

  /// How many copies of a substring stay, as an option spells it.
  @SuppressWarnings("checkstyle:ConstantName")
  enum Keep {
    one(PartRules.Copies.ONE),
    none(PartRules.Copies.NONE);

    private final PartRules.Copies copies;

    Keep(PartRules.Copies copies) {
      this.copies = copies;
    }
  }

  @Option(
      names = "--against",
      paramLabel = "INDEX",
      description = "What repeats a text of this index goes. Repeatable.")
  private List<Path> against = List.of();

  @Option(
      names = "--write-index",
      paramLabel = "INDEX",
      description = "Write what the texts that stay are recognised by.")
  private @Nullable Path index;

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description = "Write the rows that go, with rule, measured and of.")
  private @Nullable Path rejects;

  @Option(
      names = "--memory",
      paramLabel = "MB",
      description = "What the work may hold in memory (default: an eighth of the heap).")
  private int memoryMegabytes;

  @Option(names = "--threads", paramLabel = "N", description = "Threads (default: all).")
  private int threads;

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--lines", lines, 0, Long.MAX_VALUE);
    Bounds.whole("--paragraphs", paragraphs, 0, Long.MAX_VALUE);
    if (substrings != 0) {
      Bounds.whole("--substrings", substrings, 2, 1 << 16, "200 is usual, 0 cuts none");
    }
    Bounds.whole("--memory", memoryMegabytes, 0, 1 << 20);
    Bounds.whole("--threads", threads, 0, 1024);
    var rules = new DuplicateRules(exact, addresses, near, similarity, bands, rows);
    Path work = temporary();
    String told;
    try (var input = DataRows.laid(files, textField, idField, addressField)) {
      input.refuseAsOutput("--rejects", rejects);
      input.refuseAsOutput("--write-index", index);
      if (index != null && against.contains(index)) {
        throw new ConfigException(
            "--write-index = %s is compared with, too, and would be lost; name another file, and give both later"
                .formatted(index));
      }
      told = work(input, rules, work);
    } catch (LineOutput.Gone e) {
      return 0;
    } finally {
      Scratch.remove(work);
    }
    Console.of(parent.imago).note(told);
    return 0;
  }

  private long memory() {
    return memoryMegabytes > 0
        ? (long) memoryMegabytes << 20
        : Math.clamp(Runtime.getRuntime().maxMemory() / 8, 1L << 23, 1L << 30);
  }

  private int threads() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("imago-dedup-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Signed(DataRows.DataRow row, Traits traits) {}

  /// @return what came of it, in words
  private String work(DataRows input, DuplicateRules rules, Path work) throws InterruptedException {
    var signer = new Signer(rules);
    try (var deduplication = new Deduplication(rules, work.resolve("near"), memory())) {
      against.forEach(file -> SignatureFile.read(file, rules, deduplication::addEarlier));
      try (DataRows.RowReader reader = input.read()) {
        InOrder.map(
            reader,
            threads(),
            row -> row.text().length(),
            row -> new Signed(row, signer.sign(row.text(), row.address())),
            signed -> deduplication.add(signed.row().place(), signed.row().id(), signed.traits()));
      }
      try (Outcomes outcomes = deduplication.decide()) {
        return part(input, rules, work, outcomes);
      }
    }
  }

  /// Cuts what repeats out of what stays.
  private String part(DataRows input, DuplicateRules rules, Path work, Outcomes outcomes)
      throws InterruptedException {
    var parts = new PartRules(lines, paragraphs, substrings, keep.copies);
    try (var repeated =
        RepeatedText.of(parts, to -> stay(input, outcomes, to), work.resolve("parts"), memory())) {
      return written(input, rules, outcomes, repeated);
    }
  }

  private static void stay(DataRows input, Outcomes outcomes, RepeatedText.EachText to) {
    try (DataRows.RowReader reader = input.read()) {
      reader.forEachRemaining(
          row -> {
            if (!(outcomes.of(row.place()) instanceof Outcome.Repeats)) {
              to.text(row.place(), row.text());
            }
          });
    }
  }

  private String written(
      DataRows input, DuplicateRules rules, Outcomes outcomes, RepeatedText repeated)
      throws InterruptedException {
    var output = new DedupOutput(outcomes, repeated, textField);
    output.write(input, threads(), rejects, index, rules);
    return output.told();
  }
}
