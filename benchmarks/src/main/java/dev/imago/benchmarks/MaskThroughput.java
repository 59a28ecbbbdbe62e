package dev.imago.benchmarks;

import dev.imago.masking.MaskAction;
import dev.imago.masking.MaskRules;
import dev.imago.masking.MaskStream;
import dev.imago.masking.Masker;
import dev.imago.masking.PersonalKind;
import dev.imago.masking.Replacements;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `benchmarks/masking FILE …`: megabytes of UTF-8 that are masked in a second of one core, whole
/// and as a stream of pieces of four characters, with all kinds and with those of prepare alone.
/// Processor time. Prints lines of «file rules whole stream found».
public final class MaskThroughput {
  private static final int DOCUMENT = 4_000;
  private static final int PIECE = 4;
  private static final long LEAST = 4_000_000;
  private static final int ROUNDS = 5;

  private MaskThroughput() {}

  private static List<String> documents(Path file) throws IOException {
    String text = Files.readString(file);
    var documents = new ArrayList<String>();
    for (int from = 0; from < text.length(); from += DOCUMENT) {
      documents.add(text.substring(from, Math.min(text.length(), from + DOCUMENT)));
    }
    // Small files several times, so that what is measured is compiled.
    int size = documents.size();
    while (documents.size() * (long) DOCUMENT < LEAST) {
      documents.addAll(List.copyOf(documents.subList(0, size)));
    }
    return documents;
  }

  private static long whole(Masker masker, List<String> documents) {
    long found = 0;
    for (String document : documents) {
      found += masker.mask(document, Replacements.placeholders()).total();
    }
    return found;
  }

  private static long stream(Masker masker, List<String> documents) {
    long characters = 0;
    for (String document : documents) {
      MaskStream stream = masker.stream(Replacements.placeholders());
      for (int i = 0; i < document.length(); i += PIECE) {
        characters +=
            stream.append(document.substring(i, Math.min(document.length(), i + PIECE))).length();
      }
      characters += stream.finish().length();
    }
    return characters;
  }

  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  public static void main(String[] args) throws IOException {
    for (String name : args) {
      List<String> documents = documents(Path.of(name));
      double megabytes = 0;
      for (String document : documents) {
        megabytes += document.getBytes(StandardCharsets.UTF_8).length / 1e6;
      }
      for (boolean all : new boolean[] {false, true}) {
        var kinds =
            all ? PersonalKind.detected() : Set.of(PersonalKind.EMAIL, PersonalKind.IP_ADDRESS);
        var masker = new Masker(MaskRules.of(kinds, MaskAction.MASK));
        double whole = 0;
        double stream = 0;
        long found = 0;
        for (int round = 0; round < ROUNDS; round++) {
          long from = now();
          found = whole(masker, documents);
          long middle = now();
          long out = stream(masker, documents);
          whole = Math.max(whole, megabytes * 1e9 / (middle - from));
          stream = Math.max(stream, megabytes * 1e9 / (now() - middle));
          if (out == 0) {
            throw new IllegalStateException("nothing came out");
          }
        }
        System.out.printf(
            Locale.ROOT,
            "%s, %s: whole %.0f MB/s, stream %.0f MB/s, %,d found in %.1f MB%n",
            Path.of(name).getFileName(),
            all ? "all kinds" : "e-mail and IP",
            whole,
            stream,
            found,
            megabytes);
      }
    }
  }
}
