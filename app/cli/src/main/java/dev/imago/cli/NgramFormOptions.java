package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.ngram.ArpaWriter;
import dev.imago.ngram.NgramFile;
import dev.imago.ngram.NgramForm;
import dev.imago.ngram.NgramModel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a model is written, and in which form.
final class NgramFormOptions {
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "A model to ask, or ARPA where the name ends in .arpa or .arpa.gz.")
  private @Nullable Path out;

  @Option(
      names = "--structure",
      paramLabel = "KIND",
      description =
          "How a model finds n-grams: trie (smaller, default) or hash (faster; to be asked alone).")
  private NgramForm.@Nullable Structure structure;

  @Option(
      names = "--quantize",
      paramLabel = "BITS",
      description =
          "Of a trie: keep log10 p in so many bits, 2 to 16 (8 is usual; default: exact).")
  private @Nullable Integer bits;

  @Option(
      names = "--quantize-backoff",
      paramLabel = "BITS",
      description = "Back-offs in other bits than --quantize says.")
  private @Nullable Integer weightBits;

  /// @throws ConfigException where the options do not agree; before any work
  void check() {
    form();
  }

  /// Puts a model where it is wanted: standard output where that is nowhere.
  void write(NgramModel model) {
    NgramForm form = form();
    if (out == null) {
      checked(() -> ArpaWriter.write(model, System.out));
    } else if (NgramFile.isArpa(out)) {
      boolean packed = out.toString().endsWith(".gz");
      AtomicFile.replace(out, to -> checked(() -> NgramFile.writeArpa(model, to, packed)));
    } else {
      AtomicFile.replace(out, to -> checked(() -> model.writeTo(to, form)));
    }
  }

  private static void checked(Runnable work) {
    NgramCommand.checked(
        () -> {
          work.run();
          return true;
        });
  }

  private NgramForm form() {
    boolean given = structure != null || bits != null || weightBits != null;
    if (given && (out == null || NgramFile.isArpa(out))) {
      throw new ConfigException(
          "--structure and --quantize are of a model's file, and ARPA is text; give --out"
              + " MODEL.ngram, or leave them out");
    }
    if (weightBits != null && bits == null) {
      throw new ConfigException("--quantize-backoff is of --quantize; give that as well");
    }
    try {
      return new NgramForm(
          structure == null ? NgramForm.Structure.TRIE : structure,
          bits == null ? 0 : bits,
          weightBits == null ? bits == null ? 0 : bits : weightBits);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--quantize: " + e.getMessage(), e);
    }
  }
}
