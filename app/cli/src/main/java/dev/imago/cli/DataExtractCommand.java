package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.Hashing;
import dev.imago.data.Document;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.ObjectWriter;

/// The main text of pages.
@Command(
    name = "extract",
    mixinStandardHelpOptions = true,
    description = {
      "Print the main text of pages of HTML, without navigation, advertising and notices: of a"
          + " page",
      "from a pipe, of files, folders and web archives. Other documents give all of their text. A",
      "page without main text is told on standard error and passed over."
    },
    footer = {
      "",
      "Examples:",
      "  curl -s https://example.org/article | imago data extract --format markdown",
      "  imago data extract news.html --body",
      "  imago data extract crawl.warc.gz --format json | imago data dedup",
      "  imago data extract pages/ --out texts"
    })
final class DataExtractCommand implements Callable<Integer> {
  /// How the text is written.
  enum Format {
    TEXT(".txt"),
    MARKDOWN(".md"),
    JSON(".json");

    private final String ending;

    Format(String ending) {
      this.ending = ending;
    }
  }

  /// Most file systems take names of 255 bytes; an ending and a number come behind.
  private static final int NAME_BYTES = 230;

  /// Of four bytes at most.
  private static final int NAME_POINTS = 50;

  @ParentCommand private DataCommand parent = new DataCommand();

  @Mixin private DocumentPaths paths = new DocumentPaths();

  @Option(
      names = "--format",
      description =
          "TEXT; MARKDOWN, which keeps headings, lists, code and tables; or JSON, a line each with"
              + " id, text, source and tags (title, date, author …) (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  @Option(
      names = "--body",
      description =
          "Of an article its body alone: without title, captions, names and dates, and what else"
              + " there is to read.")
  private boolean body;

  @Option(names = "--limit", paramLabel = "N", description = "Stop after N pages (0: all).")
  private long limit;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write a file for each page below this folder, in place of printing them all.")
  private @Nullable Path out;

  /// Of each file 64 bits of its path: a million of them take some 50 MB.
  private final Set<Long> written = new HashSet<>();

  private long pages;

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--limit", limit, 0, Long.MAX_VALUE);
    ObjectWriter json = DataReadCommand.json();
    boolean markdown = format == Format.MARKDOWN;
    String form = markdown ? "markdown" : "text";
    if (body) {
      form = markdown ? "body-markdown" : "body";
    }
    try (var lines = new LineOutput(System.out)) {
      paths.read(
          Map.of("cut", "never", "mainText", form),
          "",
          document -> {
            String text =
                format == Format.JSON ? json.writeValueAsString(document) : document.text();
            if (out != null) {
              AtomicFile.write(file(out, document), text + "\n");
            } else {
              if (pages > 0 && format != Format.JSON) {
                lines.line("---");
              }
              lines.line(text);
            }
            pages++;
            return pages != limit;
          });
    }
    return 0;
  }

  /// A document's id as a path below the folder: names in archives are data, and lead nowhere else.
  private Path file(Path folder, Document document) {
    Path path = folder;
    for (String name : document.id().split("[/!]+")) {
      String safe = name.replaceAll("[^\\p{L}\\p{N}._ +#-]", "_");
      if (!safe.isEmpty()) {
        path = path.resolve(brief(safe.startsWith(".") ? "_" + safe : safe));
      }
    }
    Path file = path.resolveSibling(path.getFileName() + format.ending);
    for (int times = 2; !written.add(fingerprint(file.toString())); times++) {
      file = path.resolveSibling(path.getFileName() + "-" + times + format.ending);
    }
    return file;
  }

  /// A name that file systems take, with an ending behind it: of a longer one the beginning, and a
  /// fingerprint of all.
  private static String brief(String name) {
    if (name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES) {
      return name;
    }
    int chars =
        name.offsetByCodePoints(0, Math.min(NAME_POINTS, name.codePointCount(0, name.length())));
    return "%s-%016x".formatted(name.substring(0, chars), fingerprint(name));
  }

  /// The first 64 bits of a SHA-256.
  private static long fingerprint(String text) {
    return Long.parseUnsignedLong(Hashing.of(text).substring(0, 16), 16);
  }
}
