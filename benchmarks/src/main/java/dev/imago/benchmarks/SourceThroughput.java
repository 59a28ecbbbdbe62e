package dev.imago.benchmarks;

import dev.imago.data.NotTextException;
import dev.imago.data.TextReader;
import dev.imago.pages.MainText;
import dev.imago.sources.DocumentKind;
import dev.imago.sources.DocumentProcess;
import dev.imago.sources.GzipMembers;
import dev.imago.sources.WarcReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// `benchmarks/sources`: one act over files, warmed up, and the best of some rounds.
///
/// - `warc ROUNDS FILE`: megabytes of unpacked records a second of one thread's processor time,
///   packed records read, HTTP and its encodings taken off.
/// - `pages ROUNDS FOLDER`: main texts a second of one thread's processor time, of `.html.gz`.
/// - `pdf ROUNDS FILE`: seconds for a document's text, by the clock, and its text on standard
///   error.
/// - `encodings FOLDER`: a line for each file, its path below the folder and the encoding told.
public final class SourceThroughput {
  private static final int LARGEST = 1 << 26;

  private SourceThroughput() {}

  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long warc(Path file) throws IOException {
    long bytes = 0;
    try (var in = new GzipMembers(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      var reader = new WarcReader(in, in, LARGEST);
      for (WarcReader.Item item = reader.next(); item != null; item = reader.next()) {
        bytes += item instanceof WarcReader.Item.Found found ? found.record().body().length : 0;
      }
    }
    return bytes;
  }

  private static long unpacked(Path file) throws IOException {
    try (var in = new GzipMembers(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      return in.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }

  private static List<String> pages(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      var pages = new ArrayList<String>();
      for (Path file : files.filter(f -> f.toString().endsWith(".html.gz")).sorted().toList()) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          pages.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
      return pages;
    }
  }

  private static double childSeconds() {
    return ProcessHandle.current()
        .children()
        .mapToDouble(
            child -> child.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3)
        .sum();
  }

  private static void encodings(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        System.out.println(folder.relativize(file) + "\t" + encoding(file));
      }
    }
  }

  private static String encoding(Path file) throws IOException {
    try (var reader = new TextReader(Files.newInputStream(file), null)) {
      reader.transferTo(java.io.Writer.nullWriter());
      return reader.encoding().charset().name();
    } catch (NotTextException e) {
      return "none";
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args[0].equals("encodings")) {
      encodings(Path.of(args[1]));
      return;
    }
    int rounds = Integer.parseInt(args[1]);
    Path path = Path.of(args[2]);
    double best = 0;
    switch (args[0]) {
      case "warc" -> {
        long bytes = unpacked(path);
        for (int round = 0; round < rounds; round++) {
          long from = now();
          if (warc(path) == 0) {
            throw new IOException("no record in " + path);
          }
          best = Math.max(best, bytes * 1e3 / (now() - from));
        }
      }
      case "pages" -> {
        List<String> pages = pages(path);
        MainText text = MainText.load();
        for (int round = 0; round < rounds; round++) {
          long from = now();
          pages.forEach(page -> text.of(page, MainText.Form.TEXT));
          best = Math.max(best, pages.size() * 1e9 / (now() - from));
        }
      }
      case "pdf" -> {
        best = Double.MAX_VALUE;
        try (var process = new DocumentProcess(600, 1024)) {
          for (int round = 0; round < rounds; round++) {
            double from = childSeconds();
            String text = process.read(path, DocumentKind.PDF, LARGEST).text();
            // The first round is its reader's start.
            best = round == 0 ? best : Math.min(best, childSeconds() - from);
            if (round == 0) {
              System.err.write(text.getBytes(StandardCharsets.UTF_8));
            }
          }
        }
      }
      default -> throw new IllegalArgumentException(args[0] + " is none of warc, pages, pdf");
    }
    System.out.printf(Locale.ROOT, "%.4f%n", best);
  }
}
